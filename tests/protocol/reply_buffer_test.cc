#include "protocol/reply_buffer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

std::string Sent(const ReplyBuffer& buffer) {
  std::string sent;
  buffer.ForEachPiece([&sent](std::string_view piece) { sent += piece; });
  return sent;
}

void CountRelease(void* owner) {
  ++*static_cast<int*>(owner);
}

class ReplyBufferTest : public ::testing::Test {
 protected:
  PinnedBytes Pin(std::string_view bytes) {
    return PinnedBytes(bytes.data(), bytes.size(), &released_, CountRelease);
  }

  int released_ = 0;
  ReplyBuffer buffer_;
};

TEST_F(ReplyBufferTest, PinnedSegmentsStandWhereTheyWereAppended) {
  buffer_.Append("ab");
  buffer_.AppendPinned(Pin("PINNED"));
  buffer_.AppendPinned(Pin("TOO"));
  buffer_.Append("cd");
  EXPECT_EQ(Sent(buffer_), "abPINNEDTOOcd");
  EXPECT_EQ(buffer_.size(), 4u);
  EXPECT_EQ(buffer_.total_size(), 13u);
}

TEST_F(ReplyBufferTest, ClearReleasesWhatWasPinnedOnce) {
  buffer_.AppendPinned(Pin("x"));
  EXPECT_EQ(released_, 0);
  buffer_.Clear();
  EXPECT_EQ(released_, 1);
  EXPECT_TRUE(buffer_.empty());
}

TEST_F(ReplyBufferTest, TakenSegmentsLiveOnAfterClear) {
  buffer_.Append("ab");
  buffer_.AppendPinned(Pin("x"));
  {
    const auto segments = buffer_.TakeSegments();
    buffer_.Clear();
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].offset, 2u);
    EXPECT_EQ(released_, 0);
  }
  EXPECT_EQ(released_, 1);
}

TEST_F(ReplyBufferTest, RewindingReleasesSegmentsSinceTheMark) {
  buffer_.Append("keep");
  buffer_.AppendPinned(Pin("1"));
  const ReplyBuffer::Mark mark = buffer_.GetMark();
  buffer_.Append("drop");
  buffer_.AppendPinned(Pin("22"));
  buffer_.RewindTo(mark);
  EXPECT_EQ(released_, 1);
  EXPECT_EQ(Sent(buffer_), "keep1");
  EXPECT_EQ(buffer_.total_size(), 5u);
}

TEST_F(ReplyBufferTest, AGiantReplyGivesItsMemoryBack) {
  buffer_.Append(std::string(4 * ReplyBuffer::kKeptBytes, 'x'));
  buffer_.Clear();
  EXPECT_LE(buffer_.capacity(), ReplyBuffer::kKeptBytes);
  buffer_.Append(std::string(100'000, 'x'));
  const size_t capacity = buffer_.capacity();
  buffer_.Clear();
  EXPECT_EQ(buffer_.capacity(), capacity);
}

TEST_F(ReplyBufferTest, SlotsTakeTheirHeadersAndMoveSegments) {
  buffer_.Append("<");
  const size_t outer = buffer_.OpenSlot();
  buffer_.AppendPinned(Pin("P"));
  buffer_.Append("a");
  const size_t inner = buffer_.OpenSlot();
  buffer_.Append("b");
  buffer_.AppendPinned(Pin("Q"));
  buffer_.CloseSlot(inner, '~', 1234567890123);
  const size_t second = buffer_.OpenSlot();
  buffer_.AppendPinned(Pin("R"));
  buffer_.CloseSlot(second, '*', 1);
  buffer_.Append("c");
  buffer_.CloseSlot(outer, '*', 5);
  buffer_.Append(">");
  EXPECT_EQ(Sent(buffer_), "<*5\r\nPa~1234567890123\r\nbQ*1\r\nRc>");
}

TEST_F(ReplyBufferTest, RewindingDropsSlotsThatWereOpenedSince) {
  const size_t outer = buffer_.OpenSlot();
  const ReplyBuffer::Mark mark = buffer_.GetMark();
  buffer_.OpenSlot();
  buffer_.Append("x");
  const size_t closed = buffer_.OpenSlot();
  buffer_.CloseSlot(closed, '*', 0);
  buffer_.RewindTo(mark);
  buffer_.Append("y");
  buffer_.CloseSlot(outer, '*', 1);
  EXPECT_EQ(Sent(buffer_), "*1\r\ny");
}

TEST_F(ReplyBufferTest, DeepNestingStaysCorrect) {
  constexpr int kDepth = 20'000;
  std::vector<size_t> handles;
  std::string expected;
  for (int i = 0; i < kDepth; ++i) {
    handles.push_back(buffer_.OpenSlot());
    buffer_.Append("0123456789");
    expected += "*11\r\n0123456789";
  }
  for (int i = kDepth; i-- > 0;) buffer_.CloseSlot(handles[i], '*', 11);
  EXPECT_EQ(Sent(buffer_), expected);
}

}  // namespace
}  // namespace redstart
