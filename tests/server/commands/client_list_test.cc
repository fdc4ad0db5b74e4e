#include "server/commands/client_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::HasSubstr;

TEST(ClientListTest, KindsHaveTheNamesOfRedisInAnyCase) {
  EXPECT_EQ(ParseClientKind("Normal"), ClientKind::kNormal);
  EXPECT_EQ(ParseClientKind("slave"), ClientKind::kReplica);
  EXPECT_EQ(ParseClientKind("REPLICA"), ClientKind::kReplica);
  EXPECT_EQ(ParseClientKind("pubsub"), ClientKind::kPubSub);
  EXPECT_EQ(ParseClientKind("master"), ClientKind::kMaster);
  EXPECT_EQ(ParseClientKind("other"), std::nullopt);
}

TEST(ClientListTest, LabelsArePrintableAsciiWithoutBlanks) {
  EXPECT_TRUE(IsClientLabel(""));
  EXPECT_TRUE(IsClientLabel("!name~"));
  EXPECT_FALSE(IsClientLabel("a b"));
  EXPECT_FALSE(IsClientLabel("a\nb"));
  EXPECT_FALSE(IsClientLabel("\x7f"));
  EXPECT_FALSE(IsClientLabel("n\xc3\xa4me"));
}

TEST(ClientListTest, WaitingRepliesAndTheUnixSocketAreShown) {
  Mailbox mailbox([] {});
  Session session(7, {.address = "/s:0", .local_address = "/s:0", .descriptor = 9, .is_unix = true},
                  1'999, &mailbox);
  session.output_bytes = 4096;
  session.close_after_reply = true;
  const std::string line = DescribeClient(session, 3'001, 12);
  EXPECT_THAT(line, HasSubstr("id=7 addr=/s:0 laddr=/s:0 fd=9 name= age=2 idle=2 flags=cU db=0"));
  EXPECT_THAT(line, HasSubstr(" argv-mem=12 "));
  EXPECT_THAT(line, HasSubstr(" oll=1 omem=4096 "));
  EXPECT_THAT(line, HasSubstr(" events=rw cmd=NULL "));
}

}  // namespace
}  // namespace redstart
