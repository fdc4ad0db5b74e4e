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

#include "protocol/reply_builder.h"
#include "protocol/resp_value.h"
#include "server/commands/command_families.h"
#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/exec/command_table.h"
#include "server/exec/dispatcher.h"
#include "server/exec/session_registry.h"
#include "server/exec/stats.h"
#include "storage/disk/journal.h"

namespace redstart {

class FakeClock : public Clock {
 public:
  uint64_t NowMicros() const override { return now_us; }
  std::atomic<uint64_t> now_us{uint64_t{1'700'000'000} * 1'000'000};
};

class IgnoredControl : public ServerControl {
 public:
  void RequestShutdown() override { shutdown_requested = true; }
  bool shutdown_requested = false;
};

// A client of the server under test.
class TestClient {
 public:
  TestClient(Dispatcher* dispatcher, SessionRegistry* sessions, uint64_t now_ms, bool authenticated)
      : dispatcher_(dispatcher),
        sessions_(sessions),
        session_(
            sessions->NextId(),
            {.address = "127.0.0.1:5000", .local_address = "127.0.0.1:6379", .is_loopback = true},
            now_ms, &mailbox_) {
    session_.authenticated = authenticated;
    sessions_->Add(&session_);
  }
  ~TestClient() {
    dispatcher_->Unwatch(session_);
    sessions_->Remove(session_);
  }

  // The bytes of the reply to one request.
  std::string RunRaw(const std::vector<std::string>& args) {
    RequestBatch batch;
    for (const std::string& arg : args) batch.AddArg(arg);
    batch.FinishRequest();
    ReplyBuffer replies;
    ReplyBuilder reply(&replies, session_.resp_version.load());
    dispatcher_->Execute(session_, batch, reply);
    std::string bytes;
    replies.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
    return bytes;
  }
  RespValue RunArgs(const std::vector<std::string>& args) {
    const std::string bytes = RunRaw(args);
    return DecodeRespValue(bytes).value_or(RespValue::Error("no complete reply"));
  }
  template <typename... Words>
  RespValue Run(Words... words) {
    return RunArgs({std::string(words)...});
  }
  Session& session() { return session_; }

 private:
  Dispatcher* dispatcher_;
  SessionRegistry* sessions_;
  Mailbox mailbox_{[] {}};
  Session session_;
};

class CommandTest : public testing::Test {
 protected:
  explicit CommandTest(Config config = DefaultConfig()) : config_(WithDebug(std::move(config))) {}

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

  FakeClock clock_;
  ConfigStore config_;
  const std::vector<CommandRows> families_ = AllCommandFamilies();
  CommandTable table_{families_};
  SessionRegistry sessions_;
  StatsBoard stats_{table_.size()};
  ServerState state_;
  IgnoredControl control_;
  Keyspace keyspace_{64, 16, 12345};
  Journal journal_;
  Services services_ = {.keyspace = &keyspace_,
                        .journal = &journal_,
                        .config = &config_,
                        .commands = &table_,
                        .sessions = &sessions_,
                        .stats = &stats_,
                        .state = &state_,
                        .control = &control_,
                        .clock = &clock_};
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
