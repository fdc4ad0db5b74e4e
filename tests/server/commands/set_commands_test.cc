#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

class SetCommandsTest : public CommandTest {
 protected:
  RespValue Encoding(std::string_view key) { return Run("OBJECT", "ENCODING", key); }
  std::set<std::string> MembersOf(const RespValue& reply) {
    std::set<std::string> members;
    for (size_t i = 0; i < reply.size(); ++i) members.emplace(reply[i].text());
    EXPECT_EQ(members.size(), reply.size());
    return members;
  }
  static RespValue WrongType() {
    return Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  }
};

TEST_F(SetCommandsTest, SAddAndSRemCountWhatChanged) {
  EXPECT_EQ(Run("SADD", "s", "a", "b", "a"), Int(2));
  EXPECT_EQ(Run("SADD", "s", "a"), Int(0));
  EXPECT_EQ(Run("SREM", "s", "a", "x"), Int(1));
  EXPECT_EQ(Run("SREM", "s", "x"), Int(0));
  EXPECT_EQ(Run("SREM", "nowhere", "x"), Int(0));
  EXPECT_EQ(Run("SREM", "s", "b", "b"), Int(1));
  EXPECT_EQ(Run("EXISTS", "s"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"SELECT 0", "SADD s a b a", "SREM s a x", "SREM s b b"}));
}

TEST_F(SetCommandsTest, Membership) {
  Run("SADD", "s", "1", "2");
  EXPECT_EQ(Run("SISMEMBER", "s", "1"), Int(1));
  EXPECT_EQ(Run("SISMEMBER", "s", "01"), Int(0));
  EXPECT_EQ(Run("SISMEMBER", "nowhere", "1"), Int(0));
  EXPECT_EQ(RunRaw({"SMISMEMBER", "s", "1", "3", "2"}), "*3\r\n:1\r\n:0\r\n:1\r\n");
  EXPECT_EQ(RunRaw({"SMISMEMBER", "nowhere", "1"}), "*1\r\n:0\r\n");
  EXPECT_EQ(Run("SCARD", "s"), Int(2));
  EXPECT_EQ(Run("SCARD", "nowhere"), Int(0));
  EXPECT_EQ(RunRaw({"SMEMBERS", "s"}), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
}

TEST_F(SetCommandsTest, Resp3HasSets) {
  Run("SADD", "s", "1");
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"SMEMBERS", "s"}), "~1\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"SMEMBERS", "nowhere"}), "~0\r\n");
  EXPECT_EQ(RunRaw({"SINTER", "s", "nowhere"}), "~0\r\n");
  EXPECT_EQ(RunRaw({"SUNION", "s", "nowhere"}), "~1\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"SDIFF", "s", "s"}), "~0\r\n");
  EXPECT_EQ(RunRaw({"SRANDMEMBER", "s", "1"}), "*1\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"SPOP", "s", "0"}), "~0\r\n");
  EXPECT_EQ(RunRaw({"SPOP", "s", "5"}), "~1\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"SPOP", "s"}), "_\r\n");
  EXPECT_EQ(RunRaw({"SPOP", "s", "5"}), "~0\r\n");
}

TEST_F(SetCommandsTest, OtherTypesAreRefused) {
  Run("SET", "k", "v");
  Run("SADD", "s", "a");
  const std::vector<Lines> commands = {
      {"SADD", "k", "a"},
      {"SREM", "k", "a"},
      {"SISMEMBER", "k", "a"},
      {"SMISMEMBER", "k", "a"},
      {"SCARD", "k"},
      {"SMEMBERS", "k"},
      {"SPOP", "k"},
      {"SPOP", "k", "1"},
      {"SRANDMEMBER", "k"},
      {"SRANDMEMBER", "k", "1"},
      {"SSCAN", "k", "0"},
      {"SMOVE", "k", "s", "a"},
      {"SMOVE", "s", "k", "a"},
      {"SINTER", "s", "k"},
      {"SINTER", "nowhere", "k"},
      {"SUNION", "s", "k"},
      {"SDIFF", "s", "k"},
      {"SINTERCARD", "2", "s", "k"},
      {"SINTERSTORE", "d", "k"},
      {"SUNIONSTORE", "d", "k"},
      {"SDIFFSTORE", "d", "k"},
  };
  for (const Lines& command : commands) {
    EXPECT_EQ(client_.RunArgs(command), WrongType()) << command[0];
  }
  EXPECT_EQ(Run("SMOVE", "nowhere", "k", "a"), Int(0));
}

TEST_F(SetCommandsTest, SMoveMovesOneMember) {
  Run("SADD", "a", "1", "x");
  Run("SADD", "b", "x");
  Effects();
  EXPECT_EQ(Run("SMOVE", "a", "b", "nobody"), Int(0));
  EXPECT_EQ(Run("SMOVE", "a", "a", "x"), Int(1));
  EXPECT_EQ(Run("SMOVE", "a", "a", "y"), Int(0));
  EXPECT_TRUE(Effects().empty());
  EXPECT_EQ(Run("SMOVE", "a", "b", "x"), Int(1));
  EXPECT_EQ(Run("SMOVE", "a", "c", "1"), Int(1));
  EXPECT_EQ(Run("EXISTS", "a"), Int(0));
  EXPECT_EQ(Encoding("c"), Bulk("intset"));
  EXPECT_EQ(MembersOf(Run("SMEMBERS", "b")), (std::set<std::string>{"x"}));
  EXPECT_EQ(Effects(), (Lines{"SMOVE a b x", "SMOVE a c 1"}));
}

TEST_F(SetCommandsTest, SPopIsRepeatedAsItsRemovals) {
  Run("SADD", "s", "only");
  Effects();
  EXPECT_EQ(Run("SPOP", "s"), Bulk("only"));
  EXPECT_EQ(Effects(), (Lines{"SREM s only"}));
  Run("SADD", "s", "1", "2");
  Effects();
  const std::string popped(Run("SPOP", "s", "1")[0].text());
  EXPECT_EQ(Effects(), (Lines{"SREM s " + popped}));
  EXPECT_EQ(Run("SPOP", "s", "7").size(), 1u);
  EXPECT_EQ(Effects(), (Lines{"DEL s"}));
  EXPECT_EQ(Run("EXISTS", "s"), Int(0));
  EXPECT_EQ(Run("SPOP", "s"), Nil());
  Run("CONFIG", "SET", "lazyfree-lazy-server-del", "yes");
  Run("SADD", "s", "1");
  Effects();
  Run("SPOP", "s", "1");
  EXPECT_EQ(Effects(), (Lines{"UNLINK s"}));
}

TEST_F(SetCommandsTest, SPopOfManyIsRepeatedInPortions) {
  std::vector<std::string> add = {"SADD", "s"};
  for (int i = 0; i < 3000; ++i) add.push_back("m" + std::to_string(i));
  client_.RunArgs(add);
  Effects();
  const auto popped = MembersOf(Run("SPOP", "s", "2500"));
  EXPECT_EQ(popped.size(), 2500u);
  EXPECT_EQ(Run("SCARD", "s"), Int(500));
  const Lines effects = Effects();
  ASSERT_EQ(effects.size(), 5u);
  EXPECT_EQ(effects[0], "MULTI");
  EXPECT_EQ(std::count(effects[1].begin(), effects[1].end(), ' '), 1025);
  EXPECT_EQ(std::count(effects[3].begin(), effects[3].end(), ' '), 1 + 2500 - 2048);
}

TEST_F(SetCommandsTest, CountsOutOfRange) {
  Run("SADD", "s", "a");
  EXPECT_EQ(Run("SPOP", "s", "-1"), Error("ERR value is out of range, must be positive"));
  EXPECT_EQ(Run("SPOP", "s", "x"), Error("ERR value is out of range, must be positive"));
  EXPECT_EQ(Run("SPOP", "s", "1", "2"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SRANDMEMBER", "s", "1", "2"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SRANDMEMBER", "s", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("SRANDMEMBER", "s", "-9223372036854775808"),
            Error("ERR value is out of range, value must between -9223372036854775807 and "
                  "9223372036854775807"));
}

TEST_F(SetCommandsTest, SRandMemberPicks) {
  Run("SADD", "s", "a", "b", "c");
  EXPECT_EQ(Run("SRANDMEMBER", "nowhere"), Nil());
  EXPECT_EQ(RunRaw({"SRANDMEMBER", "nowhere", "5"}), "*0\r\n");
  EXPECT_EQ(Run("SRANDMEMBER", "s").text().size(), 1u);
  EXPECT_EQ(Run("SRANDMEMBER", "s", "-7").size(), 7u);
  EXPECT_EQ(MembersOf(Run("SRANDMEMBER", "s", "2")).size(), 2u);
  EXPECT_EQ(MembersOf(Run("SRANDMEMBER", "s", "20")).size(), 3u);
}

TEST_F(SetCommandsTest, Algebra) {
  Run("SADD", "a", "1", "2", "3", "x");
  Run("SADD", "b", "2", "3", "4");
  EXPECT_EQ(RunRaw({"SINTER", "a", "b"}), "*2\r\n$1\r\n2\r\n$1\r\n3\r\n");
  EXPECT_EQ(Run("SINTERCARD", "2", "a", "b"), Int(2));
  EXPECT_EQ(Run("SINTERCARD", "2", "a", "b", "LIMIT", "1"), Int(1));
  EXPECT_EQ(Run("SINTERCARD", "2", "a", "b", "limit", "0"), Int(2));
  EXPECT_EQ(MembersOf(Run("SUNION", "a", "b", "nowhere")).size(), 5u);
  EXPECT_EQ(RunRaw({"SDIFF", "b", "a"}), "*1\r\n$1\r\n4\r\n");
  EXPECT_EQ(MembersOf(Run("SDIFF", "a", "b")), (std::set<std::string>{"1", "x"}));
  EXPECT_EQ(RunRaw({"SDIFF", "nowhere", "a"}), "*0\r\n");
}

TEST_F(SetCommandsTest, SInterCardErrors) {
  const auto positive = Error("ERR numkeys should be greater than 0");
  EXPECT_EQ(Run("SINTERCARD", "0", "a"), positive);
  EXPECT_EQ(Run("SINTERCARD", "x", "a"), positive);
  EXPECT_EQ(Run("SINTERCARD", "2", "a"),
            Error("ERR Number of keys can't be greater than number of args"));
  EXPECT_EQ(Run("SINTERCARD", "1", "a", "b"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SINTERCARD", "1", "a", "LIMIT"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SINTERCARD", "1", "a", "LIMIT", "-1"), Error("ERR LIMIT can't be negative"));
  EXPECT_EQ(Run("SINTERCARD", "1", "a", "LIMIT", "x"), Error("ERR LIMIT can't be negative"));
}

TEST_F(SetCommandsTest, AlgebraIsStored) {
  Run("SADD", "a", "1", "2", "x");
  Run("SADD", "b", "2", "3");
  Run("SET", "d", "anything", "EX", "100");
  EXPECT_EQ(Run("SUNIONSTORE", "d", "a", "b"), Int(4));
  EXPECT_EQ(Run("TTL", "d"), Int(-1));
  EXPECT_EQ(Run("SINTERSTORE", "d", "a", "b"), Int(1));
  EXPECT_EQ(Encoding("d"), Bulk("intset"));
  EXPECT_EQ(Run("SDIFFSTORE", "a", "a", "b"), Int(2));
  EXPECT_EQ(MembersOf(Run("SMEMBERS", "a")), (std::set<std::string>{"1", "x"}));
  Effects();
  EXPECT_EQ(Run("SINTERSTORE", "d", "a", "nowhere"), Int(0));
  EXPECT_EQ(Run("EXISTS", "d"), Int(0));
  EXPECT_EQ(Run("SDIFFSTORE", "d", "nowhere"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"SINTERSTORE d a nowhere"})) << "the second one changed nothing";
}

TEST_F(SetCommandsTest, LargeSetsGiveTheSameAsAModel) {
  std::set<std::string> a;
  std::set<std::string> b;
  for (int i = 0; i < 1500; ++i) {
    (i % 2 == 0 ? a : b).insert("m" + std::to_string(i % 900));
  }
  for (const auto& member : a) Run("SADD", "a", member);
  for (const auto& member : b) Run("SADD", "b", member);
  std::set<std::string> both = a;
  both.insert(b.begin(), b.end());
  std::set<std::string> only_a;
  for (const auto& member : a) {
    if (!b.contains(member)) only_a.insert(member);
  }
  EXPECT_EQ(Encoding("a"), Bulk("hashtable"));
  EXPECT_EQ(MembersOf(Run("SUNION", "a", "b")), both);
  EXPECT_EQ(MembersOf(Run("SDIFF", "a", "b")), only_a);
  EXPECT_EQ(Run("SINTERCARD", "2", "a", "b"), Int(static_cast<int64_t>(a.size() - only_a.size())));
  EXPECT_EQ(MembersOf(Run("SINTER", "a", "a")), a);
  EXPECT_EQ(RunRaw({"SDIFF", "a", "b", "a"}), "*0\r\n");
  Run("SDIFFSTORE", "d", "a", "b");
  EXPECT_EQ(MembersOf(Run("SMEMBERS", "d")), only_a);
}

TEST_F(SetCommandsTest, SScanVisitsEverything) {
  EXPECT_EQ(RunRaw({"SSCAN", "nowhere", "0", "NOPE"}), "*2\r\n$1\r\n0\r\n*0\r\n");
  Run("SADD", "s", "1", "2", "12");
  EXPECT_EQ(RunRaw({"SSCAN", "s", "0", "MATCH", "1*"}),
            "*2\r\n$1\r\n0\r\n*2\r\n$1\r\n1\r\n$2\r\n12\r\n");
  EXPECT_EQ(Run("SSCAN", "s", "0", "NOPE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SSCAN", "s", "x"), Error("ERR invalid cursor"));
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) all.insert("m" + std::to_string(i));
  for (const auto& member : all) Run("SADD", "large", member);
  std::set<std::string> seen;
  std::string cursor = "0";
  do {
    const RespValue step = Run("SSCAN", "large", cursor);
    for (size_t i = 0; i < step[1].size(); ++i) seen.emplace(step[1][i].text());
    cursor = step[0].text();
  } while (cursor != "0");
  EXPECT_EQ(seen, all);
}

TEST_F(SetCommandsTest, DigestsDoNotDependOnTheForm) {
  Run("SADD", "a", "1", "2");
  Run("SADD", "b", "1", "2", "x");
  Run("SREM", "b", "x");
  EXPECT_EQ(Encoding("b"), Bulk("listpack"));
  EXPECT_EQ(Run("DEBUG", "DIGEST-VALUE", "a"), Run("DEBUG", "DIGEST-VALUE", "b"));
}

}  // namespace
}  // namespace redstart
