#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using StreamCommandsTest = CommandTest;

TEST_F(StreamCommandsTest, XAddMakesIdsFromTheClockAndNeverGoesBack) {
  const std::string now = std::to_string(NowMs());
  EXPECT_EQ(Run("XADD", "s", "*", "f", "v"), Bulk(now + "-0"));
  EXPECT_EQ(Run("XADD", "s", "*", "f", "v"), Bulk(now + "-1"));
  EXPECT_EQ(Run("XADD", "s", now + "-*", "f", "v"), Bulk(now + "-2"));
  EXPECT_EQ(
      Run("XADD", "s", "5-1", "f", "v"),
      Error("ERR The ID specified in XADD is equal or smaller than the target stream top item"));
  EXPECT_EQ(Run("XADD", "s", "0-0", "f", "v"),
            Error("ERR The ID specified in XADD must be greater than 0-0"));
  EXPECT_EQ(Run("XADD", "t", "0-*", "f", "v"), Bulk("0-1"));
  EXPECT_EQ(Run("XADD", "t", "*", "f"), Error("ERR wrong number of arguments for 'xadd' command"));
  EXPECT_EQ(Run("XADD", "u", "NOMKSTREAM", "*", "f", "v"), Nil());
  EXPECT_EQ(Run("EXISTS", "u"), Int(0));
  EXPECT_EQ(Run("TYPE", "s"), RespValue::Simple("stream"));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "s"), Bulk("stream"));
}

TEST_F(StreamCommandsTest, EffectsNameTheIdAndTheExactTrim) {
  Run("XADD", "s", "*", "f", "v");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "XADD s " + std::to_string(NowMs()) + "-0 f v"));
  Run("XADD", "t", "MAXLEN", "~", "10", "1-1", "f", "v");
  EXPECT_THAT(Effects(), ElementsAre("XADD t MAXLEN = 1 1-1 f v"));
  EXPECT_EQ(Run("XTRIM", "t", "MINID", "9"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("XTRIM t MINID 9"));
  EXPECT_EQ(Run("XTRIM", "t", "MAXLEN", "0"), Int(0));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(StreamCommandsTest, RangesTakeOpenAndClosedEnds) {
  for (const char* id : {"1-0", "2-0", "2-5", "3-0"}) Run("XADD", "s", id, "f", id);
  EXPECT_EQ(RunRaw({"XRANGE", "s", "2", "2"}),
            "*2\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$3\r\n2-0\r\n*2\r\n$3\r\n2-5\r\n*2\r\n$"
            "1\r\nf\r\n$3\r\n2-5\r\n");
  EXPECT_EQ(Run("XRANGE", "s", "(2-0", "+").size(), 2u);
  EXPECT_EQ(Run("XRANGE", "s", "-", "(3-0").size(), 3u);
  EXPECT_EQ(RunRaw({"XREVRANGE", "s", "+", "-", "COUNT", "1"}),
            "*1\r\n*2\r\n$3\r\n3-0\r\n*2\r\n$1\r\nf\r\n$3\r\n3-0\r\n");
  EXPECT_EQ(RunRaw({"XRANGE", "s", "-", "+", "COUNT", "0"}), "*-1\r\n");
  EXPECT_EQ(RunRaw({"XRANGE", "none", "-", "+"}), "*0\r\n");
  EXPECT_EQ(Run("XRANGE", "s", "x", "+"),
            Error("ERR Invalid stream ID specified as stream command argument"));
  EXPECT_EQ(Run("XRANGE", "s", "(18446744073709551615-18446744073709551615", "+"),
            Error("ERR invalid start ID for the interval"));
}

TEST_F(StreamCommandsTest, AStreamStaysWhenItsLastEntryGoes) {
  Run("XADD", "s", "1-1", "f", "v");
  EXPECT_EQ(Run("XDEL", "s", "1-1", "2-2"), Int(1));
  EXPECT_EQ(Run("EXISTS", "s"), Int(1));
  EXPECT_EQ(Run("XLEN", "s"), Int(0));
}

TEST_F(StreamCommandsTest, XReadAnswersWithWhatIsBeyondAnId) {
  Run("XADD", "s", "1-1", "f", "v");
  EXPECT_EQ(RunRaw({"XREAD", "STREAMS", "s", "none", "0", "0"}),
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
  EXPECT_EQ(RunRaw({"XREAD", "STREAMS", "s", "1-1"}), "*-1\r\n");
  EXPECT_EQ(Run("XREAD", "STREAMS", "s"),
            Error("ERR wrong number of arguments for 'xread' command"));
  EXPECT_EQ(
      Run("XREAD", "STREAMS", "s", "t", "0"),
      Error("ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be "
            "specified."));
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"XREAD", "STREAMS", "s", "0"}),
            "%1\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
}

TEST_F(StreamCommandsTest, XReadWaitsForWhatComesAfterTheLastEntry) {
  Run("XADD", "s", "1-1", "f", "v");
  const auto first = NewClient();
  const auto second = NewClient();
  EXPECT_EQ(first->RunRaw({"XREAD", "BLOCK", "0", "STREAMS", "s", "$"}), "");
  EXPECT_EQ(second->RunRaw({"XREAD", "BLOCK", "0", "STREAMS", "t", "s", "0", "1-1"}), "");
  Run("XADD", "s", "2-0", "f", "new");
  const std::string expected =
      "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$3\r\nnew\r\n";
  EXPECT_EQ(first->ResumeRaw(), expected);
  EXPECT_EQ(second->ResumeRaw(), expected);
  EXPECT_EQ(first->RunRaw({"XREAD", "BLOCK", "10", "STREAMS", "s", "$"}), "");
  Advance(10);
  EXPECT_EQ(first->ResumeRaw(), "*-1\r\n");
}

TEST_F(StreamCommandsTest, AGroupDeliversEveryEntryOnce) {
  EXPECT_TRUE(Run("XGROUP", "CREATE", "s", "g", "$").IsError());
  EXPECT_EQ(Run("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"), Ok());
  EXPECT_EQ(Run("XGROUP", "CREATE", "s", "g", "$"),
            Error("BUSYGROUP Consumer Group name already exists"));
  Run("XADD", "s", "1-0", "f", "a");
  Run("XADD", "s", "2-0", "f", "b");
  Effects();
  EXPECT_EQ(RunRaw({"XREADGROUP", "GROUP", "g", "c1", "COUNT", "1", "STREAMS", "s", ">"}),
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\nf\r\n$1\r\na\r\n");
  EXPECT_THAT(Effects(), ElementsAre("XCLAIM s g c1 0 1-0 TIME " + std::to_string(NowMs()) +
                                     " RETRYCOUNT 1 FORCE JUSTID LASTID 1-0"));
  EXPECT_EQ(RunRaw({"XREADGROUP", "GROUP", "g", "c2", "NOACK", "STREAMS", "s", ">"}),
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nf\r\n$1\r\nb\r\n");
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "XGROUP CREATECONSUMER s g c2",
                                     "XGROUP SETID s g 2-0 ENTRIESREAD 2", "EXEC"));
  EXPECT_EQ(RunRaw({"XREADGROUP", "GROUP", "g", "c1", "STREAMS", "s", ">"}), "*-1\r\n");
  EXPECT_EQ(RunRaw({"XPENDING", "s", "g"}),
            "*4\r\n:1\r\n$3\r\n1-0\r\n$3\r\n1-0\r\n*1\r\n*2\r\n$2\r\nc1\r\n$1\r\n1\r\n");
  EXPECT_EQ(Run("XACK", "s", "g", "1-0", "2-0"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("XACK s g 1-0 2-0"));
}

TEST_F(StreamCommandsTest, TheHistoryShowsDeletedEntriesWithoutTheirFields) {
  Run("XADD", "s", "1-0", "f", "a");
  Run("XGROUP", "CREATE", "s", "g", "0");
  Run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">");
  Run("XDEL", "s", "1-0");
  EXPECT_EQ(RunRaw({"XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", "0"}),
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-0\r\n*-1\r\n");
}

TEST_F(StreamCommandsTest, WaitingConsumersAreServedInTurnAndHearOfTheEndOfTheirGroup) {
  Run("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  std::vector<std::unique_ptr<TestClient>> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.push_back(NewClient());
    EXPECT_EQ(consumers[i]->RunRaw({"XREADGROUP", "GROUP", "g", "c" + std::to_string(i), "BLOCK",
                                    "0", "STREAMS", "s", ">"}),
              "");
  }
  Run("XADD", "s", "1-0", "f", "a");
  EXPECT_NE(consumers[0]->ResumeRaw(), "");
  EXPECT_EQ(consumers[1]->ResumeRaw(), "");
  Run("XGROUP", "DESTROY", "s", "g");
  const std::string gone =
      "-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option\r\n";
  EXPECT_EQ(consumers[1]->ResumeRaw(), gone);
  EXPECT_EQ(consumers[2]->ResumeRaw(), gone);
}

TEST_F(StreamCommandsTest, WhoeverWaitsInAGroupHearsThatTheKeyIsGoneOrSomethingElse) {
  const std::vector<std::vector<std::string>> ends = {
      {"DEL", "s"}, {"FLUSHALL"}, {"SET", "s", "text"}, {"RENAME", "s", "t"}};
  for (const auto& end : ends) {
    Run("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
    const auto consumer = NewClient();
    consumer->RunRaw({"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "s", ">"});
    RunRaw(end);
    const std::string reply = consumer->ResumeRaw();
    EXPECT_EQ(reply.substr(0, 5), end[0] == "SET" ? "-WRON" : "-NOGR") << end[0] << reply;
    Run("FLUSHALL");
  }
}

TEST_F(StreamCommandsTest, ClaimsTakeOverWhatHasBeenPendingLongEnough) {
  for (const char* id : {"1-0", "2-0", "3-0"}) Run("XADD", "s", id, "f", "v");
  Run("XGROUP", "CREATE", "s", "g", "0");
  Run("XREADGROUP", "GROUP", "g", "a", "STREAMS", "s", ">");
  Advance(100);
  EXPECT_EQ(RunRaw({"XCLAIM", "s", "g", "b", "1000", "1-0"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"XCLAIM", "s", "g", "b", "50", "1-0", "JUSTID"}), "*1\r\n$3\r\n1-0\r\n");
  Run("XDEL", "s", "2-0");
  EXPECT_EQ(RunRaw({"XAUTOCLAIM", "s", "g", "b", "50", "0", "COUNT", "1", "JUSTID"}),
            "*3\r\n$3\r\n3-0\r\n*0\r\n*1\r\n$3\r\n2-0\r\n")
      << "1-0 has just been delivered; what is gone counts as one";
}

TEST_F(StreamCommandsTest, XInfoKnowsStreamGroupsAndConsumers) {
  Run("XADD", "s", "1-0", "f", "v");
  Run("XGROUP", "CREATE", "s", "g", "0");
  Run("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">");
  Advance(7);
  EXPECT_EQ(RunRaw({"XINFO", "CONSUMERS", "s", "g"}),
            "*1\r\n*8\r\n$4\r\nname\r\n$1\r\nc\r\n$7\r\npending\r\n:1\r\n$4\r\nidle\r\n:7\r\n"
            "$8\r\ninactive\r\n:7\r\n");
  EXPECT_EQ(
      RunRaw({"XINFO", "GROUPS", "s"}),
      "*1\r\n*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:1\r\n$7\r\npending\r\n:1\r\n"
      "$17\r\nlast-delivered-id\r\n$3\r\n1-0\r\n$12\r\nentries-read\r\n:1\r\n$3\r\nlag\r\n:0\r\n");
  EXPECT_EQ(Run("XINFO", "STREAM", "s").size(), 20u);
  EXPECT_EQ(Run("XINFO", "STREAM", "s", "FULL").size(), 18u);
  EXPECT_EQ(Run("XINFO", "STREAM", "none"), Error("ERR no such key"));
}

}  // namespace
}  // namespace redstart
