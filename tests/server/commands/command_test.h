#ifndef REDSTART_TESTS_SERVER_COMMANDS_COMMAND_TEST_H_
#define REDSTART_TESTS_SERVER_COMMANDS_COMMAND_TEST_H_

// Runs commands in process, through the real dispatcher, with a clock that the test sets and
// without a socket:
//
//   EXPECT_EQ(Run("SET", "k", "v"), Ok());
//   Advance(1000);
//   EXPECT_EQ(Effects(), ...);   // What went into the effect stream since the last look.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_value.h"
#include "tests/server/test_server.h"

namespace redstart {

class CommandTest : public testing::Test {
 protected:
  explicit CommandTest(Config config = DefaultConfig()) : server_(WithDebug(std::move(config))) {}

  template <typename... Words>
  RespValue Run(Words... words) {
    return client_.Run(words...);
  }
  std::string RunRaw(const std::vector<std::string>& args) { return client_.RunRaw(args); }
  // Another client of the same server.
  std::unique_ptr<TestClient> NewClient() {
    return std::make_unique<TestClient>(&dispatcher_, &sessions_, clock_.now_us / 1000, true);
  }
  void Advance(uint64_t milliseconds) { clock_.now_us += milliseconds * 1000; }
  uint64_t NowMs() const { return clock_.now_us / 1000; }

  static RespValue Ok() { return RespValue::Simple("OK"); }
  static RespValue Bulk(std::string_view text) { return RespValue::Bulk(text); }
  static RespValue Int(int64_t value) { return RespValue::Integer(value); }
  static RespValue Error(std::string_view text) { return RespValue::Error(text); }
  static RespValue Nil() { return *DecodeRespValue("$-1\r\n"); }

  // Commands in the effect stream since the last call, one line each, words separated by spaces.
  std::vector<std::string> Effects() {
    std::string bytes;
    reader_.Take(1 << 24, &bytes);
    std::vector<std::string> effects;
    std::string_view rest = bytes;
    RespValueParser parser;
    RespValue value;
    while (!rest.empty() && parser.Parse(rest, &value) == RespValueParser::Status::kValue) {
      rest.remove_prefix(parser.consumed());
      std::string line;
      for (size_t i = 0; i < value.size(); ++i) {
        if (i > 0) line += ' ';
        line += value[i].text();
      }
      effects.push_back(line);
    }
    return effects;
  }

  TestServer server_;
  FakeClock& clock_ = server_.clock;
  ConfigStore& config_ = server_.config;
  CommandTable& table_ = server_.table;
  SessionRegistry& sessions_ = server_.sessions;
  StatsBoard& stats_ = server_.stats;
  ServerState& state_ = server_.state;
  IgnoredControl& control_ = server_.control;
  Keyspace& keyspace_ = server_.keyspace;
  Journal& journal_ = server_.journal;
  Services& services_ = server_.services;
  Journal::Reader reader_{&journal_, [] {}};
  Dispatcher dispatcher_{services_};
  TestClient client_{&dispatcher_, &sessions_, clock_.now_us / 1000, true};

 private:
  static Config WithDebug(Config config) {
    config.enable_debug_command = ProtectedAction::kYes;
    return config;
  }
};

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_COMMANDS_COMMAND_TEST_H_
