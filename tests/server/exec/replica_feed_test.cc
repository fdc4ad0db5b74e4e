#include "server/exec/replica_feed.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

namespace redstart {
namespace {

class ReplicaFeedTest : public testing::Test {
 protected:
  // A file without a name that holds these bytes.
  static int FileOf(std::string_view bytes) {
    FILE* file = std::tmpfile();
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fflush(file);
    const int descriptor = dup(fileno(file));
    std::fclose(file);
    return descriptor;
  }
  // Everything that there is to take now.
  static std::string TakeAll(ReplicaFeed* feed, size_t portion) {
    std::string bytes;
    while (feed->HasMore()) EXPECT_TRUE(feed->Take(portion, &bytes));
    return bytes;
  }
  // Nobody may be left to be woken that goes away now.
  ~ReplicaFeedTest() override { Mailbox::FlushWakes(); }

  size_t Messages() {
    Mailbox::FlushWakes();
    return mailbox_.Take().size();
  }

  Mailbox mailbox_{[] {}};
  Journal journal_;
};

TEST_F(ReplicaFeedTest, TheFileComesBeforeWhatWasWrittenMeanwhile) {
  ReplicaFeed feed(7, &mailbox_, true);
  feed.AttachJournal(&journal_);
  journal_.AppendRaw("stream");
  std::string bytes;
  EXPECT_TRUE(feed.Take(100, &bytes));
  EXPECT_EQ(bytes, "");
  EXPECT_FALSE(feed.HasMore());
  Messages();
  feed.Deliver(FileOf("0123456789"), 10);
  EXPECT_EQ(Messages(), 1u);
  EXPECT_EQ(feed.pending(), 6u);
  EXPECT_EQ(TakeAll(&feed, 3), "$10\r\n0123456789stream");
  journal_.AppendRaw("more");
  EXPECT_EQ(Messages(), 1u);
  EXPECT_EQ(TakeAll(&feed, 100), "more");
}

TEST_F(ReplicaFeedTest, WithoutAStreamTheFileIsAll) {
  ReplicaFeed feed(7, &mailbox_, false);
  feed.AttachJournal(&journal_);
  EXPECT_FALSE(journal_.active());
  feed.Deliver(FileOf("x"), 1);
  EXPECT_EQ(TakeAll(&feed, 100), "$1\r\nx");
}

TEST_F(ReplicaFeedTest, AFailureClosesTheSession) {
  ReplicaFeed feed(7, &mailbox_, true);
  feed.Fail();
  EXPECT_EQ(Messages(), 1u);
  std::string bytes;
  EXPECT_FALSE(feed.Take(100, &bytes));
}

TEST_F(ReplicaFeedTest, AFileThatIsShorterThanAnnouncedIsAFailure) {
  ReplicaFeed feed(7, &mailbox_, false);
  feed.Deliver(FileOf("abc"), 5);
  std::string bytes;
  EXPECT_TRUE(feed.Take(100, &bytes));
  EXPECT_FALSE(feed.Take(100, &bytes));
}

TEST_F(ReplicaFeedTest, WhoeverMakesTheFileSeesThatNobodyWantsIt) {
  ReplicaFeed feed(7, &mailbox_, true);
  EXPECT_FALSE(feed.abandoned());
  feed.Abandon();
  EXPECT_TRUE(feed.abandoned());
}

}  // namespace
}  // namespace redstart
