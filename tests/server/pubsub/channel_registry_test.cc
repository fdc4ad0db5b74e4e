#include "server/pubsub/channel_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr auto kChannel = SubscriptionKind::kChannel;
constexpr auto kPattern = SubscriptionKind::kPattern;

class ChannelRegistryTest : public testing::Test {
 protected:
  // Whom each message is for.
  static std::vector<SessionIds> ReadersIn(Mailbox& mailbox) {
    std::vector<SessionIds> readers;
    for (const Mailbox::Message& message : mailbox.Take()) readers.push_back(message.readers);
    return readers;
  }
  ~ChannelRegistryTest() override {
    for (Session* session : {&a_, &b_, &c_}) registry_.Leave(*session);
    Mailbox::FlushWakes();
  }

  ChannelRegistry registry_;
  int wakes_ = 0;
  Mailbox first_{[this] { ++wakes_; }};
  Mailbox second_{[this] { ++wakes_; }};
  Session a_{1, {}, 0, &first_};
  Session b_{2, {}, 0, &first_};
  Session c_{3, {}, 0, &second_};
};

TEST_F(ChannelRegistryTest, AMessageIsPostedOncePerThread) {
  for (Session* session : {&a_, &b_, &c_}) registry_.Subscribe(*session, kChannel, "news");
  EXPECT_EQ(registry_.Publish(kChannel, "news", "hi"), 3u);
  EXPECT_THAT(ReadersIn(first_), ElementsAre(ElementsAre(1, 2)));
  EXPECT_THAT(ReadersIn(second_), ElementsAre(ElementsAre(3)));
  Mailbox::FlushWakes();
  EXPECT_EQ(wakes_, 2);
}

TEST_F(ChannelRegistryTest, SubscribingTwiceCountsOnce) {
  EXPECT_TRUE(registry_.Subscribe(a_, kChannel, "news"));
  EXPECT_FALSE(registry_.Subscribe(a_, kChannel, "news"));
  EXPECT_EQ(registry_.SubscriberCount(kChannel, "news"), 1u);
  EXPECT_EQ(a_.subscription_count(kChannel), 1u);
}

TEST_F(ChannelRegistryTest, TheLastOneWhoLeavesTakesTheChannelAway) {
  registry_.Subscribe(a_, kChannel, "news");
  registry_.Subscribe(c_, kChannel, "news");
  EXPECT_TRUE(registry_.Unsubscribe(a_, kChannel, "news"));
  EXPECT_FALSE(registry_.Unsubscribe(a_, kChannel, "news"));
  EXPECT_EQ(registry_.size(kChannel), 1u);
  registry_.Leave(c_);
  EXPECT_EQ(registry_.size(kChannel), 0u);
  EXPECT_THAT(registry_.Names(kChannel), IsEmpty());
  EXPECT_EQ(registry_.Publish(kChannel, "news", "hi"), 0u);
}

TEST_F(ChannelRegistryTest, PatternsHearEveryChannelThatMatches) {
  registry_.Subscribe(a_, kPattern, "n*");
  registry_.Subscribe(a_, kPattern, "?ews");
  EXPECT_EQ(registry_.Publish(kChannel, "news", "hi"), 2u);
  EXPECT_EQ(registry_.Publish(kChannel, "other", "hi"), 0u);
  EXPECT_EQ(registry_.Publish(SubscriptionKind::kShardChannel, "news", "hi"), 0u);
  EXPECT_THAT(ReadersIn(first_), ElementsAre(ElementsAre(1), ElementsAre(1)));
}

TEST_F(ChannelRegistryTest, NamesAreThoseThatMatch) {
  for (const char* name : {"a", "ab", "b"}) registry_.Subscribe(a_, kChannel, name);
  EXPECT_THAT(registry_.Names(kChannel, "a*"), UnorderedElementsAre("a", "ab"));
  EXPECT_EQ(registry_.size(kChannel), 3u);
}

TEST_F(ChannelRegistryTest, AMessageIsEncodedButForItsFirstByte) {
  registry_.Subscribe(a_, kPattern, "n*");
  registry_.Publish(kChannel, "news", "hi");
  const std::vector<Mailbox::Message> mail = first_.Take();
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_EQ(mail[0].publication->subscription, "n*");
  EXPECT_EQ(mail[0].publication->encoded,
            "4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
}

}  // namespace
}  // namespace redstart
