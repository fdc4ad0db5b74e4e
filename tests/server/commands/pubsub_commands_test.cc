#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What other threads would hand to the readers, as "subscription: message".
std::vector<std::string> TakeMail(TestClient& client) {
  std::vector<std::string> mail;
  for (const Mailbox::Message& message : client.session().mailbox()->Take()) {
    if (message.subject != Mailbox::Subject::kPublication) continue;
    EXPECT_THAT(message.readers, ElementsAre(client.session().id()));
    mail.push_back(message.publication->subscription + ": " + message.publication->encoded);
  }
  return mail;
}

class PubSubCommandsTest : public CommandTest {
 protected:
  // Messages that keyspace notifications send to a subscriber of every channel: "channel=message".
  void Listen() { client_.Run("PSUBSCRIBE", "*"); }
  std::vector<std::string> Heard() {
    std::vector<std::string> heard;
    for (const Mailbox::Message& message : client_.session().mailbox()->Take()) {
      const RespValue push = *DecodeRespValue("*" + message.publication->encoded);
      heard.push_back(push[2].text() + "=" + push[3].text());
    }
    return heard;
  }
  std::unique_ptr<TestClient> other_ = NewClient();
};

TEST_F(PubSubCommandsTest, SubscribeAnswersOncePerChannelWithTheCount) {
  EXPECT_EQ(RunRaw({"SUBSCRIBE", "a", "b", "a"}),
            "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
            "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
            "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n");
  EXPECT_EQ(RunRaw({"PSUBSCRIBE", "x*"}), "*3\r\n$10\r\npsubscribe\r\n$2\r\nx*\r\n:3\r\n");
  EXPECT_EQ(RunRaw({"SSUBSCRIBE", "s"}), "*3\r\n$10\r\nssubscribe\r\n$1\r\ns\r\n:1\r\n");
  EXPECT_EQ(RunRaw({"UNSUBSCRIBE", "b"}), "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:2\r\n");
}

TEST_F(PubSubCommandsTest, UnsubscribeWithoutChannelsLeavesAllOrSaysThatThereIsNone) {
  Run("SUBSCRIBE", "a");
  EXPECT_EQ(RunRaw({"UNSUBSCRIBE"}), "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n");
  EXPECT_EQ(RunRaw({"UNSUBSCRIBE"}), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"PUNSUBSCRIBE"}), ">3\r\n$12\r\npunsubscribe\r\n_\r\n:0\r\n");
}

TEST_F(PubSubCommandsTest, PublishReachesChannelsAndMatchingPatterns) {
  Run("SUBSCRIBE", "news");
  Run("PSUBSCRIBE", "n*", "x*");
  EXPECT_EQ(other_->Run("PUBLISH", "news", "hi"), Int(2));
  EXPECT_THAT(TakeMail(client_),
              ElementsAre("news: 3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n",
                          "n*: 4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$2\r\nhi\r\n"));
  EXPECT_EQ(other_->Run("PUBLISH", "other", "hi"), Int(0));
  EXPECT_THAT(TakeMail(client_), IsEmpty());
}

TEST_F(PubSubCommandsTest, ShardChannelsAreANameSpaceOfTheirOwn) {
  Run("SSUBSCRIBE", "news");
  EXPECT_EQ(other_->Run("PUBLISH", "news", "hi"), Int(0));
  EXPECT_EQ(other_->Run("SPUBLISH", "news", "hi"), Int(1));
  EXPECT_THAT(TakeMail(client_),
              ElementsAre("news: 3\r\n$8\r\nsmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n"));
}

TEST_F(PubSubCommandsTest, ARespTwoSubscriberMayAskForLittle) {
  Run("SUBSCRIBE", "a");
  EXPECT_EQ(Run("GET", "k"),
            Error("ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT "
                  "/ RESET are allowed in this context"));
  EXPECT_EQ(RunRaw({"PING"}), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_EQ(RunRaw({"PING", "x"}), "*2\r\n$4\r\npong\r\n$1\r\nx\r\n");
  EXPECT_EQ(Run("RESET"), RespValue::Simple("RESET"));
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_EQ(other_->Run("PUBLISH", "a", "gone"), Int(0));
}

TEST_F(PubSubCommandsTest, ARespThreeSubscriberMayAskForEverything) {
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"SUBSCRIBE", "a"}), ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  EXPECT_EQ(RunRaw({"PING"}), "+PONG\r\n");
  EXPECT_EQ(Run("SET", "k", "v"), Ok());
}

TEST_F(PubSubCommandsTest, ClientReplyOffDoesNotSilencePushes) {
  Run("CLIENT", "REPLY", "OFF");
  EXPECT_EQ(RunRaw({"PUBLISH", "a", "x"}), "");
  EXPECT_EQ(RunRaw({"SUBSCRIBE", "a"}), "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
}

TEST_F(PubSubCommandsTest, PubSubTellsWhoListens) {
  Run("SUBSCRIBE", "a", "ab");
  other_->Run("SUBSCRIBE", "a");
  other_->Run("PSUBSCRIBE", "p*");
  other_->Run("SSUBSCRIBE", "s");
  const auto asker = NewClient();
  EXPECT_THAT(asker->Run("PUBSUB", "CHANNELS"), SizeIs(2));
  EXPECT_EQ(asker->RunRaw({"PUBSUB", "CHANNELS", "?b"}), "*1\r\n$2\r\nab\r\n");
  EXPECT_EQ(asker->RunRaw({"PUBSUB", "NUMSUB", "a", "none"}),
            "*4\r\n$1\r\na\r\n:2\r\n$4\r\nnone\r\n:0\r\n");
  EXPECT_EQ(asker->Run("PUBSUB", "NUMPAT"), Int(1));
  EXPECT_EQ(asker->RunRaw({"PUBSUB", "SHARDCHANNELS"}), "*1\r\n$1\r\ns\r\n");
  EXPECT_EQ(asker->RunRaw({"PUBSUB", "SHARDNUMSUB", "s"}), "*2\r\n$1\r\ns\r\n:1\r\n");
}

TEST_F(PubSubCommandsTest, PublishIsPassedOnInTheEffectStream) {
  Run("PUBLISH", "a", "x");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "PUBLISH a x"));
}

TEST_F(PubSubCommandsTest, ShardSubscriptionsAreRefusedInsideATransaction) {
  Run("MULTI");
  Run("SSUBSCRIBE", "a");
  Run("SUBSCRIBE", "b");
  EXPECT_EQ(RunRaw({"EXEC"}),
            "*2\r\n-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client\r\n"
            "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:1\r\n");
}

TEST_F(PubSubCommandsTest, ChangesAreNotifiedAsConfigured) {
  Listen();
  other_->Run("SET", "k", "v");
  EXPECT_THAT(Heard(), IsEmpty());
  other_->Run("CONFIG", "SET", "notify-keyspace-events", "KE$g");
  other_->Run("SET", "k", "v", "EX", "100");
  EXPECT_THAT(Heard(), ElementsAre("__keyspace@0__:k=set", "__keyevent@0__:set=k",
                                   "__keyspace@0__:k=expire", "__keyevent@0__:expire=k"));
  other_->Run("CONFIG", "SET", "notify-keyspace-events", "Eg");
  other_->Run("SELECT", "3");
  other_->Run("SET", "k", "v");
  other_->Run("DEL", "k", "absent");
  EXPECT_THAT(Heard(), ElementsAre("__keyevent@3__:del=k"));
}

TEST_F(PubSubCommandsTest, NewKeysAndMissesAreNotifiedWhenAskedFor) {
  Listen();
  other_->Run("CONFIG", "SET", "notify-keyspace-events", "Eng$h");
  other_->Run("SET", "k", "v");
  other_->Run("SET", "k", "w");
  other_->Run("HSET", "h", "f", "v");
  other_->Run("HDEL", "h", "f");
  other_->Run("RENAME", "k", "l");
  EXPECT_THAT(Heard(),
              ElementsAre("__keyevent@0__:new=k", "__keyevent@0__:set=k", "__keyevent@0__:set=k",
                          "__keyevent@0__:new=h", "__keyevent@0__:hset=h", "__keyevent@0__:hdel=h",
                          "__keyevent@0__:del=h", "__keyevent@0__:new=l",
                          "__keyevent@0__:rename_from=k", "__keyevent@0__:rename_to=l"));
  other_->Run("CONFIG", "SET", "notify-keyspace-events", "Em");
  other_->Run("GET", "absent");
  EXPECT_THAT(Heard(), ElementsAre("__keyevent@0__:keymiss=absent"));
}

TEST_F(PubSubCommandsTest, ExpiryIsNotified) {
  Listen();
  other_->Run("CONFIG", "SET", "notify-keyspace-events", "Ex");
  other_->Run("SET", "k", "v", "PX", "10");
  other_->Run("SET", "l", "v", "PX", "10");
  Advance(20);
  other_->Run("GET", "k");
  EXPECT_THAT(Heard(), ElementsAre("__keyevent@0__:expired=k"));
  dispatcher_.SweepExpired(0, 1, 1'000'000);
  EXPECT_THAT(Heard(), ElementsAre("__keyevent@0__:expired=l"));
}

}  // namespace
}  // namespace redstart
