#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(ObserveOptionsTest, EventClassesAreBits) {
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"Kg"}).config.notify_keyspace_events,
            kNotifyKeyspace | kNotifyGeneric);
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {""}).config.notify_keyspace_events, 0u);
}

TEST(ObserveOptionsTest, EventClassesArePrintedInAFixedOrder) {
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"KEA"}).text, "AKE");
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"mEKx$"}).text, "$xKEm");
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"g$lshzxetd"}).text, "A");
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"nAm"}).text, "Anm");
}

TEST(ObserveOptionsTest, UnknownEventClassesAreRefused) {
  EXPECT_EQ(OptionProbe("notify-keyspace-events", {"Kq"}).error,
            "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
}

TEST(ObserveOptionsTest, PercentilesLoseTheirTrailingZeros) {
  const OptionProbe probe("latency-tracking-info-percentiles", {"0.0", "50.50", "100"});
  EXPECT_EQ(probe.text, "0 50.5 100");
  EXPECT_THAT(probe.config.latency_tracking_info_percentiles, testing::ElementsAre(0, 50.5, 100));
  EXPECT_EQ(OptionProbe("latency-tracking-info-percentiles", {""}).text, "");
}

TEST(ObserveOptionsTest, PercentilesAreNumbersUpToAHundred) {
  EXPECT_EQ(OptionProbe("latency-tracking-info-percentiles", {"50", "a"}).error,
            "Invalid latency-tracking-info-percentiles parameters");
  EXPECT_EQ(OptionProbe("latency-tracking-info-percentiles", {"nan"}).error,
            "Invalid latency-tracking-info-percentiles parameters");
  EXPECT_EQ(OptionProbe("latency-tracking-info-percentiles", {"101"}).error,
            "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
}

TEST(ObserveOptionsTest, TheOldNameOfTheScriptLimitStillWorks) {
  EXPECT_EQ(OptionProbe("lua-time-limit", {"10"}).config.busy_reply_threshold, 10);
}

}  // namespace
}  // namespace redstart
