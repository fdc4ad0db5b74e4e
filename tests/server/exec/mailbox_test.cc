#include "server/exec/mailbox.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace redstart {
namespace {

using Subject = Mailbox::Subject;

TEST(MailboxTest, MessagesComeOutInTheOrderOfTheirArrival) {
  Mailbox mailbox([] {});
  for (uint64_t i = 1; i <= 5; ++i) mailbox.Push({i, Subject::kClose});
  const auto messages = mailbox.Take();
  ASSERT_EQ(messages.size(), 5u);
  for (uint64_t i = 0; i < 5; ++i) EXPECT_EQ(messages[i].session, i + 1);
  EXPECT_TRUE(mailbox.Take().empty());
  Mailbox::FlushWakes();
}

TEST(MailboxTest, WakesOnceForABatchAndOnlyWhenFlushed) {
  int wakes = 0;
  Mailbox mailbox([&] { ++wakes; });
  mailbox.Push({1, Subject::kClose});
  mailbox.Push({2, Subject::kJournalBytes});
  EXPECT_EQ(wakes, 0);
  Mailbox::FlushWakes();
  EXPECT_EQ(wakes, 1);
  Mailbox::FlushWakes();
  EXPECT_EQ(wakes, 1);
  mailbox.Take();
  mailbox.Push({3, Subject::kClose});
  Mailbox::FlushWakes();
  EXPECT_EQ(wakes, 2);
}

TEST(MailboxTest, WhatNobodyTookGoesAwayWithIt) {
  Mailbox mailbox([] {});
  mailbox.Push({1, Subject::kClose});
  Mailbox::FlushWakes();
}

TEST(MailboxTest, NothingIsLostBetweenProducersAndTheConsumer) {
  constexpr int kThreads = 4;
  constexpr uint64_t kEach = 5000;
  std::atomic<int> wakes{0};
  Mailbox mailbox([&] {
    ++wakes;
    wakes.notify_one();
  });
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&mailbox, t] {
      for (uint64_t i = 0; i < kEach; ++i) {
        mailbox.Push({t * kEach + i, Subject::kJournalBytes});
        if (i % 7 == 0) Mailbox::FlushWakes();
      }
      Mailbox::FlushWakes();
    });
  }
  std::vector<uint64_t> next(kThreads, 0);
  size_t taken = 0;
  for (int seen = 0; taken < kThreads * kEach;) {
    wakes.wait(seen);
    seen = wakes;
    for (const Mailbox::Message& message : mailbox.Take()) {
      // Those of one producer keep their order.
      ASSERT_EQ(message.session % kEach, next[message.session / kEach]++);
      ++taken;
    }
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace redstart
