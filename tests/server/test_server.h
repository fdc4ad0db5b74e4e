#ifndef REDSTART_TESTS_SERVER_TEST_SERVER_H_
#define REDSTART_TESTS_SERVER_TEST_SERVER_H_

// The parts of a server wired together in process, without sockets, with a clock that the test
// sets; and clients that run commands through a real dispatcher.
//
// Threads. The parts are shared by as many threads as a test likes; a Dispatcher and the
// TestClients that use it belong to one of them. Dispatchers and clients must go away before their
// server.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/reply_builder.h"
#include "protocol/resp_value.h"
#include "server/commands/command_families.h"
#include "server/config/config_store.h"
#include "server/exec/client_pause.h"
#include "server/exec/clock.h"
#include "server/exec/command_table.h"
#include "server/exec/dispatcher.h"
#include "server/exec/monitor_feed.h"
#include "server/exec/reply_gate.h"
#include "server/exec/session_registry.h"
#include "server/exec/stats.h"
#include "server/migration/migrator.h"
#include "server/observe/latency_monitor.h"
#include "server/observe/slow_log.h"
#include "server/persistence/persistence.h"
#include "server/pubsub/channel_registry.h"
#include "server/scripting/function_registry.h"
#include "server/scripting/script_engine.h"
#include "storage/disk/journal.h"

namespace redstart {

class FakeClock : public Clock {
 public:
  uint64_t NowMicros() const override { return now_us; }
  std::atomic<uint64_t> now_us{uint64_t{1'700'000'000} * 1'000'000};
};

class IgnoredControl : public ServerControl {
 public:
  bool Shutdown(int flags) override {
    shutdown_flags = flags;
    return !fails;
  }
  bool AbortShutdown() override { return false; }
  int shutdown_flags = -1;  // None was asked for.
  bool fails = false;
};

struct TestServer {
  // Without save points: tests set some if they want files.
  explicit TestServer(Config initial = DefaultConfig())
      : config(WithoutSavePoints(std::move(initial))) {}

  uint64_t NowMs() const { return clock.now_us / 1000; }

  FakeClock clock;
  ConfigStore config;
  const std::vector<CommandRows> families = AllCommandFamilies();
  CommandTable table{families};
  SessionRegistry sessions;
  StatsBoard stats{table.size()};
  ServerState state;
  IgnoredControl control;
  Keyspace keyspace{64, 16, 12345};
  Journal journal;
  SlowLog slow_log;
  LatencyMonitor latency_monitor;
  MonitorFeed monitors;
  ClientPause pause;
  ReplyGate gate;
  ChannelRegistry channels;
  ScriptEngine scripts;
  Services services = {.keyspace = &keyspace,
                       .journal = &journal,
                       .config = &config,
                       .commands = &table,
                       .sessions = &sessions,
                       .stats = &stats,
                       .state = &state,
                       .control = &control,
                       .persistence = &persistence,
                       .slow_log = &slow_log,
                       .latency_monitor = &latency_monitor,
                       .monitors = &monitors,
                       .pause = &pause,
                       .migrator = &migrator,
                       .channels = &channels,
                       .publisher = &channels,
                       .gate = &gate,
                       .scripts = &scripts,
                       .functions = &scripts.functions(),
                       .clock = &clock};
  Persistence persistence{services};  // Its thread is not started.
  Migrator migrator{services};

 private:
  static Config WithoutSavePoints(Config config) {
    config.save.clear();
    return config;
  }
};

// A client of the server under test.
class TestClient {
 public:
  // `mailbox` is that of the client's thread and outlives all threads. A test with one thread needs
  // none.
  TestClient(Dispatcher* dispatcher, SessionRegistry* sessions, uint64_t now_ms, bool authenticated,
             Mailbox* mailbox = nullptr)
      : dispatcher_(dispatcher),
        sessions_(sessions),
        session_(
            sessions->NextId(),
            {.address = "127.0.0.1:5000", .local_address = "127.0.0.1:6379", .is_loopback = true},
            now_ms, mailbox == nullptr ? &own_mailbox_ : mailbox) {
    session_.authenticated = authenticated;
    sessions_->Add(&session_);
  }
  TestClient(Dispatcher* dispatcher, const TestServer& server, Mailbox* mailbox = nullptr)
      : TestClient(dispatcher, server.services.sessions, server.NowMs(), true, mailbox) {}
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() {
    dispatcher_->Leave(session_);
    Mailbox::FlushWakes();  // Nobody may be left to be woken that goes away now.
    sessions_->Remove(session_);
  }

  // The bytes of the replies to some requests, which the dispatcher receives as one batch.
  // REQUIRES: at most RequestBatch::kMaxRequests.
  std::string RunBatchRaw(const std::vector<std::vector<std::string>>& requests) {
    RequestBatch batch;
    for (const std::vector<std::string>& args : requests) {
      for (const std::string& arg : args) batch.AddArg(arg);
      batch.FinishRequest();
    }
    return RunBatchRaw(batch);
  }
  std::string RunBatchRaw(const RequestBatch& batch) {
    ReplyBuffer replies;
    ReplyBuilder reply(&replies, session_.resp_version.load());
    dispatcher_->Execute(session_, batch, reply);
    std::string bytes;
    replies.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
    return bytes;
  }
  // The bytes of the reply to one request.
  std::string RunRaw(const std::vector<std::string>& args) { return RunBatchRaw({{args}}); }
  RespValue RunArgs(const std::vector<std::string>& args) {
    const std::string bytes = RunRaw(args);
    return DecodeRespValue(bytes).value_or(RespValue::Error("no complete reply"));
  }
  template <typename... Words>
  RespValue Run(Words... words) {
    return RunArgs({std::string(words)...});
  }
  // What ended waits of this client have to say: the bytes of the replies. REQUIRES: the client has
  // a mailbox of its own.
  std::string ResumeRaw() {
    std::string bytes;
    for (const Mailbox::Message& message : own_mailbox_.Take()) bytes += Receive(message);
    return bytes + ResumeIfDue();
  }
  // The same for one message that came for this client.
  std::string Receive(const Mailbox::Message& message) {
    if (message.subject != Mailbox::Subject::kResume) return {};
    return BytesOf([&](ReplyBuilder& reply) {
      dispatcher_->Resume(session_, message.wait, message.then, reply);
    });
  }
  // The same if a deadline has come.
  std::string ResumeIfDue() {
    return BytesOf([&](ReplyBuilder& reply) { dispatcher_->ResumeIfDue(session_, reply); });
  }
  // The reply that a wait ended with; an error value if there is none yet.
  RespValue Resume() {
    return DecodeRespValue(ResumeRaw()).value_or(RespValue::Error("no reply yet"));
  }
  // What the client got besides its replies. REQUIRES: as ResumeRaw.
  std::string TakeDelivered() {
    std::string bytes;
    for (const Mailbox::Message& message : own_mailbox_.Take()) {
      if (message.subject == Mailbox::Subject::kDeliver) bytes.append(*message.bytes);
    }
    return bytes;
  }
  Session& session() { return session_; }
  const Session& session() const { return session_; }

 private:
  template <typename Write>
  static std::string BytesOf(Write&& write) {
    ReplyBuffer replies;
    ReplyBuilder reply(&replies);
    write(reply);
    Mailbox::FlushWakes();
    std::string bytes;
    replies.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
    return bytes;
  }

  Dispatcher* dispatcher_;
  SessionRegistry* sessions_;
  Mailbox own_mailbox_{[] {}};
  Session session_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_TEST_SERVER_H_
