#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(ProcessOptionsTest, HzIsTakenAsTheNearestSensibleRate) {
  EXPECT_EQ(OptionProbe("hz", {"0"}).config.hz, 1);
  EXPECT_EQ(OptionProbe("hz", {"100"}).config.hz, 100);
  EXPECT_EQ(OptionProbe("hz", {"100000"}).config.hz, 500);
  EXPECT_NE(OptionProbe("hz", {"-1"}).error, "");
}

TEST(ProcessOptionsTest, ShutdownFlagsCombineUnlessTheyContradict) {
  EXPECT_EQ(OptionProbe("shutdown-on-sigterm", {"force", "nosave"}).text, "nosave force");
  EXPECT_EQ(OptionProbe("shutdown-on-sigterm", {"default"}).text, "default");
  EXPECT_EQ(OptionProbe("shutdown-on-sigint", {"save", "nosave"}).error,
            "shutdown options SAVE and NOSAVE can't be used simultaneously");
  EXPECT_EQ(OptionProbe("shutdown-on-sigint", {"never"}).error,
            "argument(s) must be one of the following: default, save, nosave, now, force");
}

TEST(ProcessOptionsTest, TitleTemplatesNameOnlyKnownVariables) {
  EXPECT_EQ(OptionProbe("proc-title-template", {"{title} {{x} {port}"}).error, "");
  for (const char* bad : {"", "  ", "{nosuch}", "{title", "{"}) {
    EXPECT_EQ(OptionProbe("proc-title-template", {bad}).error,
              "template format is invalid or contains unknown variables")
        << bad;
  }
}

TEST(ProcessOptionsTest, OomValuesAreThreeNumbersInRange) {
  EXPECT_EQ(OptionProbe("oom-score-adj-values", {"-10", "0", "2000"}).text, "-10 0 2000");
  EXPECT_EQ(OptionProbe("oom-score-adj-values", {"1", "2"}).error, "wrong number of arguments");
  EXPECT_EQ(OptionProbe("oom-score-adj-values", {"1", "2", "2001"}).error,
            "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
  EXPECT_EQ(OptionProbe("oom-score-adj", {"relative"}).text, "yes");
}

TEST(ProcessOptionsTest, LogLevelsAreThoseOfRedis) {
  EXPECT_EQ(OptionProbe("loglevel", {"Verbose"}).config.loglevel, LogLevel::kVerbose);
  EXPECT_EQ(OptionProbe("loglevel", {"info"}).error,
            "argument(s) must be one of the following: debug, verbose, notice, warning, nothing");
}

}  // namespace
}  // namespace redstart
