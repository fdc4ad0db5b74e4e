#include "server/exec/slow_commands.h"

#include <gtest/gtest.h>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

class SlowCommandsTest : public testing::Test {
 protected:
  void Configure(int64_t slower_than_us, int64_t threshold_ms) {
    Config config;
    config.slowlog_log_slower_than = slower_than_us;
    config.latency_monitor_threshold = threshold_ms;
    slow_.Configure(config);
  }
  void Note(uint64_t nanos, uint32_t flags = 0) {
    const CommandSpec spec = {
        .name = "X", .flags = flags, .is_secret = [](Args, size_t i) { return i == 2; }};
    const std::string_view args[] = {"x", "shown", "hidden"};
    slow_.Note(client_.session(), spec, args, nanos);
    slow_.Publish();
  }

  TestServer server_;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
  SlowCommands slow_{server_.services};
};

TEST_F(SlowCommandsTest, NothingIsOfInterestWhereAllIsOff) {
  Configure(-1, 0);
  EXPECT_EQ(slow_.least_nanos(), UINT64_MAX);
}

TEST_F(SlowCommandsTest, TheLowerLimitDecides) {
  Configure(500, 2);
  EXPECT_EQ(slow_.least_nanos(), 500'000u);
  Configure(5'000, 2);
  EXPECT_EQ(slow_.least_nanos(), 2'000'000u);
  Configure(0, 0);
  EXPECT_EQ(slow_.least_nanos(), 0u);
  Configure(INT64_MAX, INT64_MAX);
  EXPECT_EQ(slow_.least_nanos(), UINT64_MAX);
}

TEST_F(SlowCommandsTest, AnEntryTellsWhatAndWhoWithoutSecrets) {
  Configure(1'000, 0);
  server_.sessions.SetLabel(&client_.session(), &Session::Labels::name, "me");
  Note(1'500'999);
  const auto entries = server_.slow_log.Newest(1);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].microseconds, 1500u);
  EXPECT_EQ(entries[0].unix_seconds, 1'700'000'000u);
  EXPECT_EQ(entries[0].arguments, (std::vector<std::string>{"x", "shown", "(redacted)"}));
  EXPECT_EQ(entries[0].client_address, "127.0.0.1:5000");
  EXPECT_EQ(entries[0].client_name, "me");
  EXPECT_TRUE(server_.latency_monitor.All().empty());
}

TEST_F(SlowCommandsTest, EachLimitIsOneOfItsOwn) {
  Configure(5'000, 2);
  Note(3'000'000);
  EXPECT_EQ(server_.slow_log.size(), 0u);
  EXPECT_EQ(server_.latency_monitor.Find("command")->worst_ms, 3u);
  Note(7'000'000, kFast | kSkipSlowlog);
  EXPECT_EQ(server_.slow_log.size(), 0u);
  EXPECT_EQ(server_.latency_monitor.Find("fast-command")->worst_ms, 7u);
  slow_.NoteEvent("expire-cycle", 1'999'999);
  EXPECT_FALSE(server_.latency_monitor.Find("expire-cycle").has_value());
}

}  // namespace
}  // namespace redstart
