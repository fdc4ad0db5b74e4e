#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"
#include "tests/server/commands/foreign_entry.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StringCommandsTest : public CommandTest {
 protected:
  // The effects without the SELECT at their beginning.
  std::vector<std::string> Changes() {
    std::vector<std::string> effects = Effects();
    std::erase(effects, "SELECT 0");
    return effects;
  }
  std::string In(uint64_t milliseconds) const { return std::to_string(NowMs() + milliseconds); }

  const RespValue wrong_type_ =
      Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  const RespValue syntax_ = Error("ERR syntax error");
};

TEST_F(StringCommandsTest, GetAnswersWhatSetStored) {
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_EQ(Run("SET", "k", "v"), Ok());
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_THAT(Changes(), ElementsAre("SET k v"));
}

TEST_F(StringCommandsTest, LongValuesSurviveTheirReplacementInTheSameBatch) {
  const std::string before(100'000, 'b');
  Run("SET", "k", before);
  const std::vector<std::vector<std::string>> requests = {
      {"GET", "k"}, {"APPEND", "k", "!"}, {"GETDEL", "k"}};
  RequestBatch batch;
  for (const std::vector<std::string>& request : requests) {
    for (const std::string& arg : request) batch.AddArg(arg);
    batch.FinishRequest();
  }
  ReplyBuffer replies;
  ReplyBuilder reply(&replies);
  dispatcher_.Execute(client_.session(), batch, reply);
  EXPECT_EQ(replies.segments().size(), 2u);  // Neither value was copied into the reply.
  std::string bytes;
  replies.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
  EXPECT_EQ(bytes, "$100000\r\n" + before + "\r\n:100001\r\n$100001\r\n" + before + "!\r\n");
}

TEST_F(StringCommandsTest, SetWithNxAndXxAsksWhetherTheKeyIsThere) {
  EXPECT_EQ(Run("SET", "k", "1", "XX"), Nil());
  EXPECT_EQ(Run("SET", "k", "2", "nx"), Ok());
  EXPECT_EQ(Run("SET", "k", "3", "NX"), Nil());
  EXPECT_EQ(Run("SET", "k", "4", "XX"), Ok());
  EXPECT_EQ(Run("GET", "k"), Bulk("4"));
  EXPECT_THAT(Changes(), ElementsAre("SET k 2 nx", "SET k 4 XX"));
}

TEST_F(StringCommandsTest, SetWithGetAnswersTheValueBeforeWhetherItSetsOrNot) {
  EXPECT_EQ(Run("SET", "k", "1", "GET"), Nil());
  EXPECT_EQ(Run("SET", "k", "2", "GET", "NX"), Bulk("1"));
  EXPECT_EQ(Run("SET", "k", "3", "XX", "get", "GET"), Bulk("1"));
  EXPECT_EQ(Run("SET", "other", "3", "XX", "GET"), Nil());
  EXPECT_EQ(Run("GET", "k"), Bulk("3"));
  EXPECT_THAT(Changes(), ElementsAre("SET k 1", "SET k 3 XX"));
  EXPECT_EQ(stats_.Sum(&ThreadStats::keyspace_hits), 3u);
  EXPECT_EQ(stats_.Sum(&ThreadStats::keyspace_misses), 2u);
}

TEST_F(StringCommandsTest, SetReplacesOtherTypesButSetWithGetRefusesThem) {
  AddForeignEntry(&keyspace_, "list");
  EXPECT_EQ(Run("GET", "list"), wrong_type_);
  EXPECT_EQ(Run("SET", "list", "v", "GET"), wrong_type_);
  EXPECT_EQ(Run("GETSET", "list", "v"), wrong_type_);
  EXPECT_EQ(Run("GETDEL", "list"), wrong_type_);
  EXPECT_EQ(Run("GETEX", "list", "EX", "0"), wrong_type_);
  EXPECT_EQ(RunRaw({"MGET", "list", "none"}), "*2\r\n$-1\r\n$-1\r\n");
  EXPECT_THAT(Changes(), IsEmpty());
  EXPECT_EQ(Run("SET", "list", "v"), Ok());
  EXPECT_EQ(Run("GET", "list"), Bulk("v"));
}

TEST_F(StringCommandsTest, DeadlinesAreRecordedAsAbsoluteMilliseconds) {
  Run("SET", "k", "v", "EX", "10");
  Run("SET", "k", "v", "NX", "PX", "10");
  Run("SET", "k", "v", "GET", "px", "10");
  Run("SET", "k", "v", "EXAT", "4000000000");
  Run("SET", "k", "v", "XX", "PXAT", "4000000000000");
  Run("SET", "k", "v", "GET", "PXAT", "4000000000000");
  Run("SETEX", "k", "10", "w");
  Run("PSETEX", "k", "10", "w");
  EXPECT_THAT(Changes(), ElementsAre("SET k v PXAT " + In(10'000), "SET k v PXAT " + In(10),
                                     "SET k v PXAT 4000000000000", "SET k v XX PXAT 4000000000000",
                                     "SET k v GET PXAT 4000000000000", "SET k w PXAT " + In(10'000),
                                     "SET k w PXAT " + In(10)));
}

TEST_F(StringCommandsTest, AKeyIsGoneOnceItsDeadlineIsOver) {
  Run("SET", "k", "v", "PX", "1000");
  Advance(1000);
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  Advance(1);
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_EQ(Run("SET", "past", "v", "PXAT", "1"), Ok());
  EXPECT_EQ(Run("GET", "past"), Nil());
}

TEST_F(StringCommandsTest, SetDropsTheDeadlineUnlessToldToKeepIt) {
  Run("SET", "kept", "v", "PX", "1000");
  Run("SET", "dropped", "v", "PX", "1000");
  Run("SET", "kept", "w", "KEEPTTL");
  Run("SET", "dropped", "w");
  Advance(1001);
  EXPECT_EQ(Run("GET", "kept"), Nil());
  EXPECT_EQ(Run("GET", "dropped"), Bulk("w"));
}

TEST_F(StringCommandsTest, ConflictingOptionsOfSetAreSyntaxErrors) {
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"NX", "XX"},
                                             {"EX"},
                                             {"EX", "1", "PX", "1"},
                                             {"PXAT", "1", "EXAT", "1"},
                                             {"KEEPTTL", "EX", "1"},
                                             {"EX", "1", "KEEPTTL"},
                                             {"PERSIST"},
                                             {"FOO"},
                                             {""}}) {
    std::vector<std::string> args = {"SET", "k", "v"};
    args.insert(args.end(), options.begin(), options.end());
    EXPECT_EQ(client_.RunArgs(args), syntax_) << options[0];
  }
  EXPECT_EQ(Run("SET", "k", "v", "NX", "NX", "EX", "x", "EX", "5"), Ok());  // The last one counts.
}

TEST_F(StringCommandsTest, AmountsOfTimeMustBePositiveAndFitTheClock) {
  const RespValue invalid = Error("ERR invalid expire time in 'set' command");
  for (const std::string amount : {"0", "-1", "9223372036854776", "9223372036854775807"}) {
    EXPECT_EQ(Run("SET", "k", "v", "EX", amount), invalid) << amount;
    EXPECT_EQ(Run("SETEX", "k", amount, "v"), Error("ERR invalid expire time in 'setex' command"));
  }
  EXPECT_EQ(Run("SET", "k", "v", "PX", "9223372036854775807"), invalid);
  EXPECT_EQ(Run("PSETEX", "k", "0", "v"), Error("ERR invalid expire time in 'psetex' command"));
  EXPECT_EQ(Run("SET", "k", "v", "EX", "ten"),
            Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("SET", "k", "v", "PXAT", "9223372036854775807"), Ok());
  EXPECT_EQ(Run("SET", "k", "v", "EXAT", "9223372036854775"), Ok());
}

TEST_F(StringCommandsTest, GetSetDropsTheDeadlineAndIsRecordedAsSet) {
  Run("SET", "k", "1", "PX", "1000");
  Changes();
  EXPECT_EQ(Run("GETSET", "k", "2"), Bulk("1"));
  EXPECT_EQ(Run("GETSET", "new", "3"), Nil());
  EXPECT_THAT(Changes(), ElementsAre("SET k 2", "SET new 3"));
  Advance(1000);
  EXPECT_EQ(Run("GET", "k"), Bulk("2"));
}

TEST_F(StringCommandsTest, GetDelIsRecordedAsDel) {
  Run("SET", "k", "v");
  Changes();
  EXPECT_EQ(Run("GETDEL", "k"), Bulk("v"));
  EXPECT_EQ(Run("GETDEL", "k"), Nil());
  EXPECT_THAT(Changes(), ElementsAre("DEL k"));
}

TEST_F(StringCommandsTest, GetExChangesOnlyTheDeadline) {
  Run("SET", "k", "v");
  Changes();
  EXPECT_EQ(Run("GETEX", "k"), Bulk("v"));
  EXPECT_EQ(Run("GETEX", "k", "PERSIST"), Bulk("v"));
  EXPECT_THAT(Changes(), IsEmpty());
  EXPECT_EQ(Run("GETEX", "k", "EX", "10"), Bulk("v"));
  EXPECT_EQ(Run("GETEX", "k", "PERSIST"), Bulk("v"));
  EXPECT_EQ(Run("GETEX", "k", "PXAT", In(500)), Bulk("v"));
  EXPECT_THAT(Changes(),
              ElementsAre("PEXPIREAT k " + In(10'000), "PERSIST k", "PEXPIREAT k " + In(500)));
  Advance(501);
  EXPECT_EQ(Run("GETEX", "k"), Nil());
}

TEST_F(StringCommandsTest, GetExWithATimeInThePastDeletesTheKey) {
  Run("SET", "a", "v");
  Run("SET", "b", "v");
  Changes();
  EXPECT_EQ(Run("GETEX", "a", "EXAT", "1"), Bulk("v"));
  ASSERT_TRUE(config_.Set({{"lazyfree-lazy-expire", "yes"}}, {}).ok());
  EXPECT_EQ(Run("GETEX", "b", "PXAT", In(0)), Bulk("v"));
  EXPECT_THAT(Changes(), ElementsAre("DEL a", "UNLINK b"));
  EXPECT_EQ(Run("GET", "a"), Nil());
}

TEST_F(StringCommandsTest, GetExLooksAtTheTimeOnlyIfTheKeyIsThere) {
  EXPECT_EQ(Run("GETEX", "k", "EX", "0"), Nil());
  EXPECT_EQ(Run("GETEX", "k", "NX"), syntax_);
  EXPECT_EQ(Run("GETEX", "k", "PERSIST", "EX", "1"), syntax_);
  EXPECT_EQ(Run("GETEX", "k", "KEEPTTL"), syntax_);
  Run("SET", "k", "v");
  EXPECT_EQ(Run("GETEX", "k", "EX", "0"), Error("ERR invalid expire time in 'getex' command"));
  EXPECT_EQ(Run("GETEX", "k", "EX", "x"), Error("ERR value is not an integer or out of range"));
}

TEST_F(StringCommandsTest, MSetAndMSetNxSetAllOrNothing) {
  EXPECT_EQ(Run("MSET", "a", "1", "b", "2", "a", "3"), Ok());
  EXPECT_EQ(Run("MSETNX", "c", "1", "a", "2"), Int(0));
  EXPECT_EQ(Run("MSETNX", "c", "1", "c", "2"), Int(1));
  EXPECT_EQ(RunRaw({"MGET", "a", "b", "c", "d"}), "*4\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n2\r\n$-1\r\n");
  EXPECT_THAT(Changes(), ElementsAre("MSET a 1 b 2 a 3", "MSETNX c 1 c 2"));
  EXPECT_EQ(Run("MSET", "a", "1", "b"), Error("ERR wrong number of arguments for 'mset' command"));
  EXPECT_EQ(Run("MSETNX", "a", "1", "b"),
            Error("ERR wrong number of arguments for 'msetnx' command"));
}

TEST_F(StringCommandsTest, SetNxSetsOnlyNewKeys) {
  EXPECT_EQ(Run("SETNX", "k", "1"), Int(1));
  EXPECT_EQ(Run("SETNX", "k", "2"), Int(0));
  EXPECT_THAT(Changes(), ElementsAre("SETNX k 1"));
}

}  // namespace
}  // namespace redstart
