#include "server/commands/string_reply.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace redstart {
namespace {

class StringReplyTest : public testing::Test {
 protected:
  ~StringReplyTest() override { blob_->Unref(); }

  // A string value of a million bytes.
  StringRef Value() {
    std::memcpy(payload_, &blob_, sizeof(blob_));
    return StringRef(StringForm::kBlob, payload_, sizeof(blob_));
  }

  Blob* blob_ = Blob::Copy(std::string(1'000'000, 'x'));
  char payload_[sizeof(Blob*)];
  ReplyBuffer buffer_;
  ReplyBuilder reply_{&buffer_};
};

TEST_F(StringReplyTest, ALongValueIsPinnedUntilTheReplyIsGone) {
  ReplyWithString(Value(), reply_);
  EXPECT_TRUE(blob_->IsShared());
  EXPECT_EQ(buffer_.total_size(), std::string("$1000000\r\n\r\n").size() + 1'000'000);
  buffer_.Clear();
  EXPECT_FALSE(blob_->IsShared());
}

TEST_F(StringReplyTest, AShortPartOfALongValueIsCopied) {
  ReplyWithSubstring(Value(), 10, 100'000, reply_);
  EXPECT_FALSE(blob_->IsShared());
  ReplyWithSubstring(Value(), 10, 125'000, reply_);
  EXPECT_TRUE(blob_->IsShared());
}

TEST_F(StringReplyTest, IntegersAreWrittenOut) {
  const int64_t integer = -42;
  std::memcpy(payload_, &integer, sizeof(integer));
  ReplyWithString(StringRef(StringForm::kInt, payload_, sizeof(integer)), reply_);
  EXPECT_EQ(buffer_.bytes(), "$3\r\n-42\r\n");
}

}  // namespace
}  // namespace redstart
