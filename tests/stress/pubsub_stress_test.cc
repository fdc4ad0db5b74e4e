// Clients of many threads subscribe, publish and leave at once: every subscriber that stays gets
// each publisher's messages in the order of their sending, and in the end nobody is left. Meant for
// ThreadSanitizer as much as for its own checks.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

constexpr int kThreads = 4;
#ifdef REDSTART_SANITIZED
constexpr int kSteps = 2'000;
#else
constexpr int kSteps = 20'000;
#endif

// One I/O thread: a client that stays with "all" and one that comes and goes, and publishes.
class Worker {
 public:
  Worker(TestServer* server, int number)
      : server_(server), number_(number), dispatcher_(server->services) {
    listener_.RunRaw({"SUBSCRIBE", "all"});
  }

  void Run() {
    std::mt19937 random(static_cast<unsigned>(number_));
    for (int step = 0; step < kSteps; ++step) {
      const std::string channel = "c" + std::to_string(random() % 5);
      switch (random() % 6) {
        case 0:
          rover_->RunRaw({"SUBSCRIBE", channel, "all"});
          break;
        case 1:
          rover_->RunRaw({"PSUBSCRIBE", "c*"});
          break;
        case 2:
          rover_->RunRaw({"UNSUBSCRIBE", channel});
          break;
        case 3:
          dispatcher_.Leave(rover_->session());
          rover_ = NewClient();
          break;
        case 4:
          publisher_.RunRaw({"PUBLISH", channel, "x"});
          break;
        default:
          publisher_.RunRaw(
              {"PUBLISH", "all", std::to_string(number_) + ":" + std::to_string(sent_++)});
      }
      ReadMail();
    }
  }
  void ReadMail() {
    for (const Mailbox::Message& message : mailbox_.Take()) {
      if (message.subject != Mailbox::Subject::kPublication) continue;
      if (message.publication->subscription != "all") continue;
      bool is_for_listener = false;
      for (const uint64_t id : message.readers) {
        is_for_listener |= id == listener_.session().id();
      }
      EXPECT_TRUE(is_for_listener);
      Note(*DecodeRespValue("*" + message.publication->encoded));
    }
  }
  void Leave() {
    for (TestClient* client : {&listener_, rover_.get()}) dispatcher_.Leave(client->session());
  }
  int sent() const { return sent_; }
  int received_from(int sender) { return next_[sender]; }

 private:
  std::unique_ptr<TestClient> NewClient() {
    return std::make_unique<TestClient>(&dispatcher_, *server_, &mailbox_);
  }
  void Note(const RespValue& push) {
    const std::string& text = push[2].text();
    const size_t colon = text.find(':');
    const int sender = std::stoi(text.substr(0, colon));
    EXPECT_EQ(std::stoi(text.substr(colon + 1)), next_[sender]++);
  }

  TestServer* server_;
  const int number_;
  Mailbox mailbox_{[] {}};
  Dispatcher dispatcher_;
  TestClient listener_{&dispatcher_, *server_, &mailbox_};
  TestClient publisher_{&dispatcher_, *server_, &mailbox_};
  std::unique_ptr<TestClient> rover_ = NewClient();
  int sent_ = 0;
  std::map<int, int> next_;  // Of each sender: the number of its next message.
};

TEST(PubSubStressTest, SubscribersGetEveryPublishersMessagesInOrder) {
  TestServer server;
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < kThreads; ++i) workers.push_back(std::make_unique<Worker>(&server, i));
  std::vector<std::thread> threads;
  for (const auto& worker : workers) threads.emplace_back([&worker] { worker->Run(); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& worker : workers) worker->ReadMail();
  for (const auto& worker : workers) {
    for (int sender = 0; sender < kThreads; ++sender) {
      EXPECT_EQ(worker->received_from(sender), workers[static_cast<size_t>(sender)]->sent());
    }
  }
  for (const auto& worker : workers) worker->Leave();
  for (const SubscriptionKind kind : {SubscriptionKind::kChannel, SubscriptionKind::kPattern}) {
    EXPECT_EQ(server.channels.size(kind), 0u);
  }
}

}  // namespace
}  // namespace redstart
