#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What DUMP of redis-server 7.0.15 answers for "hello".
const std::string kHello(
    "\x00\x05hello\n\x00"
    "cr\xdfve4 \n",
    17);

class DumpCommandsTest : public CommandTest {
 protected:
  const RespValue bad_payload_ = Error("ERR DUMP payload version or checksum are wrong");
  const RespValue no_integer_ = Error("ERR value is not an integer or out of range");
};

TEST_F(DumpCommandsTest, DumpAnswersThePayloadOfRedis) {
  EXPECT_EQ(Run("DUMP", "k"), Nil());
  Run("SET", "k", "hello");
  EXPECT_EQ(Run("DUMP", "k"), Bulk(kHello));
}

TEST_F(DumpCommandsTest, DumpCompressesUnlessRdbCompressionIsOff) {
  Run("SET", "k", std::string(1000, 'a'));
  EXPECT_LT(Run("DUMP", "k").text().size(), 100u);
  ASSERT_TRUE(config_.Set({{"rdbcompression", "no"}}, {}).ok());
  EXPECT_GT(Run("DUMP", "k").text().size(), 1000u);
}

TEST_F(DumpCommandsTest, RestoreMakesTheSameValueAgain) {
  for (const std::string& text :
       {std::string("hello"), std::string("-129"), std::string(3000, 'x'), std::string()}) {
    Run("SET", "k", text);
    EXPECT_EQ(Run("RESTORE", "copy", "0", Run("DUMP", "k").text(), "REPLACE"), Ok());
    EXPECT_EQ(Run("GET", "copy"), Bulk(text));
    EXPECT_EQ(Run("OBJECT", "ENCODING", "copy"), Run("OBJECT", "ENCODING", "k"));
  }
}

TEST_F(DumpCommandsTest, RestoreIsRecordedWithItsDeadline) {
  EXPECT_EQ(Run("RESTORE", "a", "0", kHello), Ok());
  EXPECT_EQ(Run("RESTORE", "a", "5000", kHello, "replace"), Ok());
  const std::string later = std::to_string(NowMs() + 9000);
  EXPECT_EQ(Run("RESTORE", "a", later, kHello, "ABSTTL", "REPLACE"), Ok());
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "RESTORE a 0 " + kHello,
                                     "RESTORE a " + std::to_string(NowMs() + 5000) + " " + kHello +
                                         " replace ABSTTL",
                                     "RESTORE a " + later + " " + kHello + " ABSTTL REPLACE"));
  Advance(9000);
  EXPECT_EQ(Run("GET", "a"), Bulk("hello"));
  Advance(1);
  EXPECT_EQ(Run("GET", "a"), Nil());
}

TEST_F(DumpCommandsTest, RestoringWhatHasExpiredOnlyDeletes) {
  EXPECT_EQ(Run("RESTORE", "k", "1", kHello, "ABSTTL"), Ok());
  EXPECT_THAT(Effects(), IsEmpty());
  Run("SET", "k", "old");
  EXPECT_EQ(Run("RESTORE", "k", "9223372036854775807", kHello, "REPLACE"), Ok());
  EXPECT_EQ(Run("GET", "k"), Nil());
  Run("SET", "k", "old");
  ASSERT_TRUE(config_.Set({{"lazyfree-lazy-server-del", "yes"}}, {}).ok());
  EXPECT_EQ(Run("RESTORE", "k", "1", kHello, "ABSTTL", "REPLACE"), Ok());
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "SET k old", "DEL k", "SET k old", "UNLINK k"));
}

TEST_F(DumpCommandsTest, RestoreChecksOptionsThenKeyThenTimeThenPayload) {
  Run("SET", "k", "v");
  EXPECT_EQ(Run("RESTORE", "k", "x", "junk", "FOO"), Error("ERR syntax error"));
  EXPECT_EQ(Run("RESTORE", "k", "x", "junk"), Error("BUSYKEY Target key name already exists."));
  EXPECT_EQ(Run("RESTORE", "k", "x", "junk", "REPLACE"), no_integer_);
  EXPECT_EQ(Run("RESTORE", "k", "-1", "junk", "REPLACE"),
            Error("ERR Invalid TTL value, must be >= 0"));
  EXPECT_EQ(Run("RESTORE", "k", "0", "junk", "REPLACE"), bad_payload_);
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
}

TEST_F(DumpCommandsTest, DamagedPayloadsAreRefused) {
  std::string flipped = kHello;
  flipped[3] ^= 1;
  EXPECT_EQ(Run("RESTORE", "k", "0", flipped), bad_payload_);
  std::string unknown_type("\x63\x05hello", 7);
  AppendDumpFooter(&unknown_type);
  EXPECT_EQ(Run("RESTORE", "k", "0", unknown_type), Error("ERR Bad data format"));
}

TEST_F(DumpCommandsTest, RestoreSetsTheAccessClockThatThePolicyUses) {
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "IDLETIME", "1000"), Ok());
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), Int(1000));
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "REPLACE", "FREQ", "100"), Ok());
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), Int(0));
  ASSERT_TRUE(config_.Set({{"maxmemory-policy", "allkeys-lfu"}}, {}).ok());
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "REPLACE", "FREQ", "100"), Ok());
  EXPECT_EQ(Run("OBJECT", "FREQ", "k"), Int(100));
}

TEST_F(DumpCommandsTest, IdleTimeAndFrequencyAreCheckedAndExcludeEachOther) {
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "IDLETIME", "-1"),
            Error("ERR Invalid IDLETIME value, must be >= 0"));
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "FREQ", "256"),
            Error("ERR Invalid FREQ value, must be >= 0 and <= 255"));
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "FREQ", "x"), no_integer_);
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "IDLETIME"), Error("ERR syntax error"));
  EXPECT_EQ(Run("RESTORE", "k", "0", kHello, "IDLETIME", "1", "FREQ", "1"),
            Error("ERR syntax error"));
}

}  // namespace
}  // namespace redstart
