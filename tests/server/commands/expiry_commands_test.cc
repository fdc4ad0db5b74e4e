#include "tests/server/commands/command_test.h"

#include <gmock/gmock.h>

namespace redstart {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ExpiryCommandsTest : public CommandTest {
 protected:
  ExpiryCommandsTest() {
    Run("SET", "k", "v");
    Effects();
  }
  std::string Now(int64_t plus = 0) { return std::to_string(static_cast<int64_t>(NowMs()) + plus); }
};

TEST_F(ExpiryCommandsTest, EveryFormIsRepeatedAsPexpireat) {
  EXPECT_EQ(Run("EXPIRE", "k", "100"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PEXPIREAT k " + Now(100'000)));
  EXPECT_EQ(Run("PEXPIRE", "k", "1500"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PEXPIREAT k " + Now(1500)));
  EXPECT_EQ(Run("EXPIREAT", "k", "1800000000"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PEXPIREAT k 1800000000000"));
  EXPECT_EQ(Run("PEXPIREAT", "k", "1800000000001"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PEXPIREAT k 1800000000001"));
}

TEST_F(ExpiryCommandsTest, OptionsStayInTheEffect) {
  EXPECT_EQ(Run("EXPIRE", "k", "100", "nx"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PEXPIREAT k " + Now(100'000) + " nx"));
}

TEST_F(ExpiryCommandsTest, AMissingKeyGetsNoDeadline) {
  EXPECT_EQ(Run("EXPIRE", "missing", "100"), Int(0));
  EXPECT_EQ(Run("EXPIRE", "missing", "-1"), Int(0));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(ExpiryCommandsTest, TheKeyIsGoneAfterItsDeadline) {
  Run("PEXPIRE", "k", "1000");
  Advance(999);
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  Advance(2);
  EXPECT_EQ(Run("GET", "k"), Nil());
}

TEST_F(ExpiryCommandsTest, ADeadlineInThePastDeletes) {
  for (const char* seconds : {"0", "-1"}) {
    Run("SET", "k", "v");
    Effects();
    EXPECT_EQ(Run("EXPIRE", "k", seconds), Int(1));
    EXPECT_THAT(Effects(), ElementsAre("DEL k"));
    EXPECT_EQ(Run("EXISTS", "k"), Int(0));
  }
  EXPECT_EQ(keyspace_.expired_keys(), 0u) << "deleted, not expired";
}

TEST_F(ExpiryCommandsTest, ADeadlineInThePastUnlinksIfThatIsConfigured) {
  ASSERT_TRUE(config_.Set({{"lazyfree-lazy-expire", "yes"}}, {}).ok());
  EXPECT_EQ(Run("EXPIREAT", "k", "1"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("UNLINK k"));
}

TEST_F(ExpiryCommandsTest, NxWantsAKeyWithoutDeadline) {
  EXPECT_EQ(Run("EXPIRE", "k", "100", "NX"), Int(1));
  EXPECT_EQ(Run("EXPIRE", "k", "200", "NX"), Int(0));
  EXPECT_EQ(Run("TTL", "k"), Int(100));
}

TEST_F(ExpiryCommandsTest, XxWantsAKeyWithDeadline) {
  EXPECT_EQ(Run("EXPIRE", "k", "100", "XX"), Int(0));
  EXPECT_EQ(Run("TTL", "k"), Int(-1));
  Run("EXPIRE", "k", "100");
  EXPECT_EQ(Run("EXPIRE", "k", "200", "XX"), Int(1));
  EXPECT_EQ(Run("TTL", "k"), Int(200));
}

TEST_F(ExpiryCommandsTest, GtOnlyPutsTheDeadlineOff) {
  EXPECT_EQ(Run("EXPIRE", "k", "100", "GT"), Int(0)) << "no deadline is later than any";
  Run("EXPIRE", "k", "100");
  EXPECT_EQ(Run("EXPIRE", "k", "100", "GT"), Int(0));
  EXPECT_EQ(Run("EXPIRE", "k", "50", "GT"), Int(0));
  EXPECT_EQ(Run("EXPIRE", "k", "200", "GT"), Int(1));
  EXPECT_EQ(Run("TTL", "k"), Int(200));
}

TEST_F(ExpiryCommandsTest, LtOnlyBringsTheDeadlineForward) {
  EXPECT_EQ(Run("EXPIRE", "k", "100", "LT"), Int(1));
  EXPECT_EQ(Run("EXPIRE", "k", "100", "LT"), Int(0));
  EXPECT_EQ(Run("EXPIRE", "k", "200", "LT"), Int(0));
  EXPECT_EQ(Run("EXPIRE", "k", "50", "XX", "LT"), Int(1));
  EXPECT_EQ(Run("TTL", "k"), Int(50));
  EXPECT_EQ(Run("EXPIRE", "k", "-10", "LT"), Int(1));
  EXPECT_EQ(Run("EXISTS", "k"), Int(0));
}

TEST_F(ExpiryCommandsTest, OptionsThatContradictEachOtherAreRefused) {
  const RespValue nx = Error("ERR NX and XX, GT or LT options at the same time are not compatible");
  EXPECT_EQ(Run("EXPIRE", "k", "1", "NX", "XX"), nx);
  EXPECT_EQ(Run("EXPIRE", "k", "1", "GT", "NX"), nx);
  EXPECT_EQ(Run("EXPIRE", "k", "1", "LT", "NX"), nx);
  EXPECT_EQ(Run("EXPIRE", "k", "1", "LT", "GT"),
            Error("ERR GT and LT options at the same time are not compatible"));
  EXPECT_EQ(Run("EXPIRE", "k", "x", "AB"), Error("ERR Unsupported option AB"));
}

TEST_F(ExpiryCommandsTest, ATimeThatDoesNotFitIsRefused) {
  EXPECT_EQ(Run("EXPIRE", "k", "9223372036854775807"),
            Error("ERR invalid expire time in 'expire' command"));
  EXPECT_EQ(Run("EXPIRE", "k", "-9223372036854775808"),
            Error("ERR invalid expire time in 'expire' command"));
  EXPECT_EQ(Run("EXPIRE", "k", "9223372036854776"),
            Error("ERR invalid expire time in 'expire' command"));
  EXPECT_EQ(Run("PEXPIRE", "k", "9223372036854775807"),
            Error("ERR invalid expire time in 'pexpire' command"));
  EXPECT_EQ(Run("EXPIREAT", "k", "9223372036854776"),
            Error("ERR invalid expire time in 'expireat' command"));
  EXPECT_EQ(Run("EXPIRE", "k", "1.5"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("EXPIRE", "missing", "9223372036854775807"),
            Error("ERR invalid expire time in 'expire' command"));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(ExpiryCommandsTest, TheLatestPossibleDeadlineIsKept) {
  EXPECT_EQ(Run("PEXPIREAT", "k", "9223372036854775807"), Int(1));
  EXPECT_EQ(Run("PEXPIRETIME", "k"), Int(9223372036854775807));
  EXPECT_EQ(Run("EXPIRETIME", "k"), Int(9223372036854776));
}

TEST_F(ExpiryCommandsTest, TtlIsMinusTwoWithoutKeyAndMinusOneWithoutDeadline) {
  for (const char* command : {"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}) {
    EXPECT_EQ(Run(command, "missing"), Int(-2)) << command;
    EXPECT_EQ(Run(command, "k"), Int(-1)) << command;
  }
}

TEST_F(ExpiryCommandsTest, SecondsAreRoundedToTheNearest) {
  Run("PEXPIREAT", "k", "1800000000499");
  EXPECT_EQ(Run("EXPIRETIME", "k"), Int(1800000000));
  EXPECT_EQ(Run("PEXPIRETIME", "k"), Int(1800000000499));
  Run("PEXPIRE", "k", "1500");
  EXPECT_EQ(Run("TTL", "k"), Int(2));
  EXPECT_EQ(Run("PTTL", "k"), Int(1500));
  Advance(1100);
  EXPECT_EQ(Run("TTL", "k"), Int(0));
}

TEST_F(ExpiryCommandsTest, PersistTakesTheDeadlineAway) {
  EXPECT_EQ(Run("PERSIST", "k"), Int(0));
  EXPECT_EQ(Run("PERSIST", "missing"), Int(0));
  Run("EXPIRE", "k", "100");
  Effects();
  EXPECT_EQ(Run("PERSIST", "k"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("PERSIST k"));
  EXPECT_EQ(Run("TTL", "k"), Int(-1));
  Advance(200'000);
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
}

TEST_F(ExpiryCommandsTest, ANewDeadlineTouchesWatchersButARefusedOneDoesNot) {
  auto other = NewClient();
  other->Run("WATCH", "k");
  Run("EXPIRE", "k", "100", "XX");
  other->Run("MULTI");
  EXPECT_EQ(other->RunRaw({"EXEC"}), "*0\r\n");
  other->Run("WATCH", "k");
  Run("EXPIRE", "k", "100");
  other->Run("MULTI");
  EXPECT_EQ(other->RunRaw({"EXEC"}), "*-1\r\n");
}

TEST_F(ExpiryCommandsTest, TheSweepDeletesWhatIsDueWithItsEffect) {
  Run("SET", "stays", "v");
  Run("EXPIRE", "stays", "1000");
  for (int i = 0; i < 500; ++i) {
    Run("SET", "due:" + std::to_string(i), "v");
    Run("PEXPIRE", "due:" + std::to_string(i), "10");
  }
  Effects();
  Advance(50);
  while (dispatcher_.SweepExpired(0, 1, 1'000'000)) {
  }
  EXPECT_THAT(Effects(), AllOf(SizeIs(500), Each(StartsWith("DEL due:")))) << "each on its own";
  EXPECT_EQ(Run("DBSIZE"), Int(2));
  EXPECT_EQ(keyspace_.expired_keys(), 500u);
}

}  // namespace
}  // namespace redstart
