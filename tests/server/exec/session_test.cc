#include "server/exec/session.h"

#include <gtest/gtest.h>

#include "server/exec/session_registry.h"

namespace redstart {
namespace {

class SessionTest : public testing::Test {
 protected:
  int wakes_ = 0;
  Mailbox mailbox_{[this] { ++wakes_; }};
  Session session_{7, {.address = "127.0.0.1:5000", .is_loopback = true}, 1000, &mailbox_};
};

TEST_F(SessionTest, StartsOutsideOfEverything) {
  EXPECT_EQ(session_.id(), 7u);
  EXPECT_EQ(session_.created_ms(), 1000u);
  EXPECT_EQ(session_.last_interaction_ms, 1000u);
  EXPECT_FALSE(session_.in_transaction());
  EXPECT_FALSE(session_.is_watching());
  EXPECT_FALSE(session_.close_requested());
  EXPECT_EQ(session_.labels().user, "default");
  EXPECT_EQ(session_.queued_commands, -1);
}

TEST_F(SessionTest, TransactionsShowInWhatItPublishes) {
  session_.BeginTransaction();
  EXPECT_TRUE(session_.in_transaction());
  EXPECT_EQ(session_.queued_commands, 0);
  session_.watches();
  session_.EndTransaction();
  EXPECT_FALSE(session_.in_transaction());
  EXPECT_EQ(session_.queued_commands, -1);
  EXPECT_TRUE(session_.is_watching()) << "watches stay";
}

TEST_F(SessionTest, ClosingIsAskedForByOneMessage) {
  session_.RequestClose();
  session_.RequestClose();
  EXPECT_TRUE(session_.close_requested());
  Mailbox::FlushWakes();
  EXPECT_EQ(wakes_, 1);
  const auto messages = mailbox_.Take();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].session, 7u);
  EXPECT_EQ(messages[0].subject, Mailbox::Subject::kClose);
}

TEST_F(SessionTest, ResetForgetsWhatTheClientSet) {
  session_.BeginTransaction();
  session_.watches();
  session_.authenticated = true;
  session_.reply_mode = ReplyMode::kOff;
  session_.database = 5;
  session_.resp_version = 3;
  session_.no_touch = true;
  session_.no_evict = true;
  session_.Reset(false);
  EXPECT_FALSE(session_.in_transaction());
  EXPECT_FALSE(session_.is_watching());
  EXPECT_FALSE(session_.authenticated);
  EXPECT_EQ(session_.reply_mode, ReplyMode::kOn);
  EXPECT_EQ(session_.database, 0);
  EXPECT_EQ(session_.resp_version, 2);
  EXPECT_FALSE(session_.no_touch);
  EXPECT_FALSE(session_.no_evict);
}

}  // namespace
}  // namespace redstart
