// Producers and consumers on many threads: what is pushed is popped once, by whoever waits for it
// or later, however waits end. Meant for ThreadSanitizer as much as for its own checks.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"
#include "tests/stress/mirror.h"

namespace redstart {
namespace {

constexpr int kThreads = 4;
constexpr size_t kConsumers = 3;  // Of each thread.
constexpr size_t kLists = 6;
#ifdef REDSTART_SANITIZED
constexpr int kSteps = 1'500;
#else
constexpr int kSteps = 20'000;
#endif

std::string List(size_t number) {
  return "list:" + std::to_string(number);
}

// One I/O thread with a client that pushes and some that wait.
class Worker {
 public:
  Worker(TestServer* server, uint64_t number)
      : server_(server), number_(number), dispatcher_(server->services), random_(number) {
    consumers_.resize(kConsumers);
    for (auto& consumer : consumers_) Connect(&consumer);
  }

  void Run() {
    for (int step = 0; step < kSteps; ++step) {
      // Deadlines come by the clock that all share.
      if (Below(50) == 0) server_->clock.now_us += 1000;
      switch (Below(6)) {
        case 0:
        case 1:
          Push();
          break;
        case 2:
          Unblock();
          break;
        default:
          UseConsumer(&consumers_[Below(kConsumers)]);
      }
    }
  }
  // Nobody else pushes any more: all waits end.
  void Finish() {
    for (auto& consumer : consumers_) {
      const std::string id = std::to_string(consumer->session().id());
      while (consumer->session().is_waiting()) {
        pusher_.RunArgs({"CLIENT", "UNBLOCK", id});
        ReadMail();
      }
    }
  }

  // Every element that a consumer got, and how many may have been lost with those who left.
  const std::vector<std::string>& received() const { return received_; }
  size_t pushed() const { return pushed_; }
  size_t left() const { return left_; }

 private:
  size_t Below(size_t bound) { return random_() % bound; }
  std::string SomeList() { return List(Below(kLists)); }
  void Connect(std::unique_ptr<TestClient>* consumer) {
    *consumer = nullptr;
    *consumer = std::make_unique<TestClient>(&dispatcher_, *server_, &mailbox_);
  }

  std::string NewElement() { return std::to_string(number_) + ":" + std::to_string(pushed_++); }
  void Push() {
    switch (Below(3)) {
      case 0:
        pusher_.RunArgs({"RPUSH", SomeList(), NewElement()});
        return;
      case 1:
        pusher_.RunArgs({"LPUSH", SomeList(), NewElement(), NewElement()});
        return;
      default:
        pusher_.RunBatchRaw({{"MULTI"},
                             {"RPUSH", SomeList(), NewElement()},
                             {"LMOVE", SomeList(), SomeList(), "LEFT", "RIGHT"},
                             {"RPUSH", SomeList(), NewElement()},
                             {"EXEC"}});
    }
  }
  void Unblock() {
    const std::string id = std::to_string(1 + Below(kThreads * (kConsumers + 1)));
    pusher_.RunArgs({"CLIENT", "UNBLOCK", id, Below(2) == 0 ? "ERROR" : "TIMEOUT"});
  }

  void UseConsumer(std::unique_ptr<TestClient>* consumer) {
    if ((*consumer)->session().is_waiting()) {
      ReadMail();
      Note((*consumer)->ResumeIfDue());
      if ((*consumer)->session().is_waiting() && Below(40) == 0) {
        ++left_;
        Connect(consumer);
      }
      return;
    }
    const std::string timeout = Below(3) == 0 ? "0.002" : "0";
    std::vector<std::string> request = {"BLPOP", SomeList(), SomeList(), timeout};
    if (Below(3) == 0) request = {"BLMPOP", timeout, "2", SomeList(), SomeList(), "RIGHT"};
    // What is moved is still there: it is not received.
    const bool moves = Below(3) == 0;
    if (moves) request = {"BLMOVE", SomeList(), SomeList(), "LEFT", "RIGHT", timeout};
    Note((*consumer)->RunRaw(request));
  }
  void ReadMail() {
    for (const Mailbox::Message& message : mailbox_.Take()) {
      for (auto& consumer : consumers_) {
        if (consumer->session().id() == message.session) Note(consumer->Receive(message));
      }
    }
  }
  // Remembers the elements in a reply to BLPOP or BLMPOP.
  void Note(const std::string& bytes) {
    const std::optional<RespValue> reply = DecodeRespValue(bytes);
    if (!reply || reply->size() != 2) return;
    const RespValue& what = (*reply)[1];
    for (size_t i = 0; i < what.size(); ++i) received_.push_back(what[i].text());
    if (what.size() == 0) received_.push_back(what.text());
  }

  TestServer* server_;
  const uint64_t number_;
  Dispatcher dispatcher_;
  std::mt19937_64 random_;
  Mailbox mailbox_{[] {}};  // Outlives the clients: others may be about to wake it.
  TestClient pusher_{&dispatcher_, *server_, &mailbox_};
  std::vector<std::unique_ptr<TestClient>> consumers_;
  std::vector<std::string> received_;
  size_t pushed_ = 0;
  size_t left_ = 0;
};

TEST(BlockingStressTest, WhatIsPushedIsPoppedOnce) {
  TestServer server;
  Mirror mirror(&server);
  std::deque<Worker> workers;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) mirror.CatchUp();
  });
  std::vector<std::thread> threads;
  for (uint64_t number = 0; number < kThreads; ++number) {
    workers.emplace_back(&server, number);
  }
  for (Worker& worker : workers) threads.emplace_back([&worker] { worker.Run(); });
  for (std::thread& thread : threads) thread.join();
  for (Worker& worker : workers) worker.Finish();
  done = true;
  reader.join();

  std::map<std::string, int> seen;
  size_t pushed = 0;
  size_t left = 0;
  for (const Worker& worker : workers) {
    pushed += worker.pushed();
    left += worker.left();
    for (const std::string& element : worker.received()) ++seen[element];
  }
  Dispatcher dispatcher(server.services);
  TestClient client(&dispatcher, server);
  for (size_t i = 0; i < kLists; ++i) {
    const RespValue list = client.RunArgs({"LRANGE", List(i), "0", "-1"});
    for (size_t j = 0; j < list.size(); ++j) ++seen[list[j].text()];
  }
  for (const auto& [element, times] : seen) EXPECT_EQ(times, 1) << element;
  EXPECT_LE(seen.size(), pushed);
  EXPECT_GE(seen.size() + left, pushed) << "only those who left may have taken one along";
  // Nobody waits any more.
  const ShardLocks all = server.keyspace.LockAll();
  for (size_t i = 0; i < server.keyspace.shard_count(); ++i) {
    EXPECT_EQ(all[i].listeners().awaited_keys(), 0u);
  }
}

}  // namespace
}  // namespace redstart
