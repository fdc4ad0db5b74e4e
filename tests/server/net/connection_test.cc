#include "server/net/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/exec/call.h"
#include "server/net/io_thread.h"
#include "tests/server/test_server.h"

namespace redstart {
namespace {

WaitToken g_token;
int g_pauses = 0;  // So many times PAUSED waits.

// DEFER [milliseconds]
void Defer(Call& call, Args args, ReplyBuilder&) {
  WaitOptions options;
  if (args.size() == 2) options.deadline_ms = call.now_ms() + std::stoul(std::string(args[1]));
  options.on_deadline = [](Dispatcher&, Session&, ReplyBuilder& reply) {
    reply.Simple("late");
    return true;
  };
  g_token = call.session().BeginWait(WaitReason::kDeferred, std::move(options));
}

// PAUSED
void Paused(Call& call, Args, ReplyBuilder& reply) {
  if (g_pauses == 0) return reply.Simple("RAN");
  --g_pauses;
  g_token = call.session().BeginWait(WaitReason::kPaused);
}

constexpr CommandSpec kWaitCommands[] = {
    {.name = "DEFER", .arity = -1, .run = Defer, .since = "1.0.0", .summary = "Waits."},
    {.name = "PAUSED", .arity = 1, .run = Paused, .since = "1.0.0", .summary = "Waits."},
};

// What passes between a connection and a client that the test plays.
struct Wire {
  std::string to_server;
  std::string to_client;
  int reads = 0;
  bool closed_by_client = false;
  bool closed_by_server = false;
  std::shared_ptr<StreamWaiter> reader;
};

class FakeStream : public ByteStream {
 public:
  explicit FakeStream(Wire* wire) : wire_(wire) {}

  Result Read(char* to, size_t size) override {
    if (wire_->to_server.empty()) {
      return {wire_->closed_by_client ? Status::kClosed : Status::kWouldBlock};
    }
    ++wire_->reads;
    const size_t count = wire_->to_server.copy(to, size);
    wire_->to_server.erase(0, count);
    return {Status::kOk, count};
  }
  Result Write(absl::Span<const iovec> pieces) override {
    size_t count = 0;
    for (const iovec& piece : pieces) {
      wire_->to_client.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
      count += piece.iov_len;
    }
    return {Status::kOk, count};
  }
  void WaitReadable(std::shared_ptr<StreamWaiter> waiter) override {
    wire_->reader = std::move(waiter);
  }
  void WaitWritable(std::shared_ptr<StreamWaiter>) override {}
  void Close() override {
    wire_->closed_by_server = true;
    wire_->reader = nullptr;
  }

 private:
  Wire* wire_;
};

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    g_pauses = 0;
    server_.sessions.Add(&connection_->session());
    connection_->Start();
  }
  ~ConnectionTest() override { connection_->Close(); }

  static std::vector<CommandRows> FamiliesWithWaits() {
    std::vector<CommandRows> families = AllCommandFamilies();
    families.push_back(kWaitCommands);
    return families;
  }
  Services ServicesWithWaits() {
    Services services = server_.services;
    services.commands = &table_;
    services.stats = &stats_;
    return services;
  }
  // Sends bytes to the server and returns what it answers.
  std::string Send(std::string_view bytes) {
    wire_.to_server.append(bytes);
    while (!wire_.to_server.empty() && wire_.reader != nullptr) {
      std::exchange(wire_.reader, nullptr)->OnReadable(true);
    }
    return std::exchange(wire_.to_client, {});
  }
  std::string ResumeWith(int64_t reply) {
    return ResumeWith([reply](Dispatcher&, Session&, ReplyBuilder& to) { to.Integer(reply); });
  }
  std::string ResumeWith(Continuation then) {
    connection_->Resume(g_token.number, then);
    return std::exchange(wire_.to_client, {});
  }

  TestServer server_;
  const std::vector<CommandRows> families_ = FamiliesWithWaits();
  CommandTable table_{families_};
  StatsBoard stats_{table_.size()};
  IoThread thread_{ServicesWithWaits(), 0, 1};
  Wire wire_;
  std::shared_ptr<Connection> connection_ =
      std::make_shared<Connection>(&thread_, std::make_unique<FakeStream>(&wire_),
                                   server_.sessions.NextId(), Session::Peer{}, server_.NowMs());
};

TEST_F(ConnectionTest, ARequestOfManySmallArgumentsIsReadInLargePieces) {
  constexpr int kKeys = 100'000;
  std::string request = "*" + std::to_string(kKeys + 1) + "\r\n$6\r\nEXISTS\r\n";
  for (int i = 0; i < kKeys; ++i) request += "$3\r\nkey\r\n";
  const size_t bytes = request.size();
  EXPECT_EQ(Send(request), ":0\r\n");
  EXPECT_LT(wire_.reads, static_cast<int>(bytes / 20'000));
}

TEST_F(ConnectionTest, WhatComesBehindADeferredRequestWaitsForItsReply) {
  EXPECT_EQ(Send("PING\r\nDEFER\r\nECHO one\r\n*2\r\n$4\r\nECHO\r\n$3\r\ntwo\r\n"), "+PONG\r\n");
  EXPECT_EQ(Send("ECHO thr"), "");
  EXPECT_EQ(Send("ee\r\nECHO fo"), "");
  EXPECT_EQ(ResumeWith(1), ":1\r\n$3\r\none\r\n$3\r\ntwo\r\n$5\r\nthree\r\n");
  EXPECT_EQ(Send("ur\r\n"), "$4\r\nfour\r\n");
}

TEST_F(ConnectionTest, ARequestThatIsHalfReadWhenAnotherOneWaitsIsReadOn) {
  const std::string large(100'000, 'v');
  const std::string request = "*2\r\n$4\r\nECHO\r\n$100000\r\n" + large + "\r\n";
  EXPECT_EQ(Send("DEFER\r\n" + request.substr(0, 50'000)), "");
  EXPECT_EQ(Send(request.substr(50'000, 20'000)), "");
  EXPECT_EQ(ResumeWith(1), ":1\r\n");
  EXPECT_EQ(Send(request.substr(70'000)), "$100000\r\n" + large + "\r\n");
}

TEST_F(ConnectionTest, MoreThanABatchWaits) {
  std::string requests = "DEFER\r\n";
  std::string replies = ":7\r\n";
  for (int i = 0; i < 100; ++i) {
    requests += "ECHO \"" + std::to_string(i % 10) + "\"\r\n";
    replies += "$1\r\n" + std::to_string(i % 10) + "\r\n";
  }
  EXPECT_EQ(Send(requests), "");
  EXPECT_EQ(connection_->session().input_bytes.load() > 0, true);
  EXPECT_EQ(ResumeWith(7), replies);
  EXPECT_EQ(connection_->session().input_bytes.load(), 0u);
}

TEST_F(ConnectionTest, APausedRequestIsExecutedAgain) {
  g_pauses = 2;
  EXPECT_EQ(Send("PAUSED\r\nPING\r\n"), "");
  EXPECT_EQ(ResumeWith(nullptr), "");
  EXPECT_EQ(ResumeWith(nullptr), "+RAN\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, AResumeOfAnEarlierWaitIsDropped) {
  Send("DEFER\r\n");
  const uint64_t first = g_token.number;
  EXPECT_EQ(ResumeWith(1), ":1\r\n");
  Send("DEFER\r\n");
  connection_->Resume(first, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Ok(); });
  EXPECT_EQ(wire_.to_client, "");
  EXPECT_EQ(ResumeWith(2), ":2\r\n");
}

TEST_F(ConnectionTest, TheDeadlineAnswers) {
  EXPECT_EQ(Send("DEFER 50\r\nPING\r\n"), "");
  server_.clock.now_us += 50'000;
  connection_->ResumeIfDue();
  EXPECT_EQ(std::exchange(wire_.to_client, {}), "+late\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, TheEndOfAWaitingClientIsNoticed) {
  Send("DEFER\r\n");
  wire_.closed_by_client = true;
  std::exchange(wire_.reader, nullptr)->OnReadable(true);
  EXPECT_TRUE(wire_.closed_by_server);
  EXPECT_EQ(ResumeWith(1), "");
}

TEST_F(ConnectionTest, AWaitingClientMayNotFillTheMemory) {
  Send("CONFIG SET client-query-buffer-limit 1048576\r\n");
  Send("DEFER\r\n");
  EXPECT_EQ(Send(std::string(1'000'000, 'x')), "");
  EXPECT_FALSE(wire_.closed_by_server);
  Send(std::string(100'000, 'x'));
  EXPECT_TRUE(wire_.closed_by_server);
}

TEST_F(ConnectionTest, AWaitingClientIsNotIdle) {
  Send("CONFIG SET timeout 1\r\n");
  Send("DEFER\r\n");
  connection_->CheckLimits(server_.NowMs() + 10'000);
  EXPECT_FALSE(wire_.closed_by_server);
  ResumeWith(1);
  connection_->CheckLimits(server_.NowMs() + 10'000);
  EXPECT_TRUE(wire_.closed_by_server);
}

}  // namespace
}  // namespace redstart
