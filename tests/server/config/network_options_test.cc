#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NetworkOptionsTest, BindTakesSeveralAddressesOrNone) {
  const OptionProbe two("bind", {"127.0.0.1", "-::1"});
  EXPECT_THAT(two.config.bind, ElementsAre("127.0.0.1", "-::1"));
  EXPECT_EQ(two.text, "127.0.0.1 -::1");
  EXPECT_THAT(OptionProbe("bind", {""}).config.bind, IsEmpty());
  EXPECT_THAT(OptionProbe("bind", {}).config.bind, IsEmpty());
  EXPECT_EQ(OptionProbe("bind", std::vector<std::string>(17, "::1")).error,
            "Too many bind addresses specified.");
}

TEST(NetworkOptionsTest, OutputLimitsChangeOnlyTheNamedClasses) {
  const OptionProbe probe("client-output-buffer-limit",
                          {"pubsub", "1mb", "512kb", "30", "replica", "2mb", "0", "0"});
  EXPECT_EQ(probe.text, "normal 0 0 0 slave 2097152 0 0 pubsub 1048576 524288 30");
  EXPECT_EQ(probe.config.client_output_buffer_limit[kClientPubsub].soft_seconds, 30);
  EXPECT_EQ(OptionProbe("client-output-buffer-limit", {"SLAVE", "0", "0", "0"}).error, "");
}

TEST(NetworkOptionsTest, OutputLimitsAreChecked) {
  const auto error = [](const std::vector<std::string>& words) {
    return OptionProbe("client-output-buffer-limit", words).error;
  };
  EXPECT_EQ(error({"normal", "0", "0"}),
            "Wrong number of arguments in buffer limit configuration.");
  EXPECT_EQ(error({"master", "0", "0", "0"}),
            "Invalid client class specified in buffer limit configuration.");
  for (const char* bad : {"x", "-1", "1.5"}) {
    EXPECT_EQ(error({"normal", "0", "0", bad}),
              "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
  }
  EXPECT_EQ(error({"normal", "1tb", "0", "0"}),
            "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
}

TEST(NetworkOptionsTest, LimitsOnRequestsHaveAFloor) {
  EXPECT_EQ(OptionProbe("proto-max-bulk-len", {"1mb"}).config.proto_max_bulk_len, 1 << 20);
  EXPECT_EQ(OptionProbe("proto-max-bulk-len", {"1000"}).error,
            "argument must be between 1048576 and 9223372036854775807 inclusive");
  EXPECT_EQ(OptionProbe("client-query-buffer-limit", {"0"}).error,
            "argument must be between 1048576 and 9223372036854775807 inclusive");
}

TEST(NetworkOptionsTest, ThereIsAlwaysRoomForOneClient) {
  EXPECT_EQ(OptionProbe("maxclients", {"0"}).error,
            "argument must be between 1 and 4294967295 inclusive");
  EXPECT_EQ(OptionProbe("maxclients", {"-5"}).error,
            "argument must be between 1 and 4294967295 inclusive");
}

}  // namespace
}  // namespace redstart
