#include "server/net/output_queue.h"

#include <algorithm>
#include <utility>

namespace redstart {
namespace {

// Small replies are gathered in pieces of this size: many clients that read slowly must not cost an
// allocation per reply.
constexpr size_t kPieceBytes = 16 * 1024;

}  // namespace

void OutputQueue::Append(ReplyBuffer* replies, size_t sent) {
  // Walks over copied bytes and pinned segments in the order of sending, leaving out what has been
  // sent.
  const std::string_view bytes = replies->bytes();
  size_t copied = 0;
  const auto take_copied = [&](size_t end) {
    std::string_view part = bytes.substr(copied, end - copied);
    copied = end;
    const size_t skipped = std::min(sent, part.size());
    sent -= skipped;
    Append(part.substr(skipped));
  };
  for (ReplyBuffer::Segment& segment : replies->TakeSegments()) {
    take_copied(segment.offset);
    const size_t skipped = std::min(sent, segment.bytes.size);
    sent -= skipped;
    if (skipped == segment.bytes.size) continue;
    segment.bytes.data += skipped;
    segment.bytes.size -= skipped;
    bytes_ += segment.bytes.size;
    pieces_.push_back({{}, std::move(segment.bytes)});
  }
  take_copied(bytes.size());
  replies->Clear();
}

void OutputQueue::Append(std::string bytes) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  pieces_.push_back({std::move(bytes), {}});
}

void OutputQueue::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  if (!pieces_.empty() && pieces_.back().pinned.data == nullptr &&
      pieces_.back().copied.size() + bytes.size() <= kPieceBytes) {
    pieces_.back().copied += bytes;
    return;
  }
  pieces_.push_back({std::string(bytes), {}});
}

std::vector<iovec> OutputQueue::Front(size_t max) const {
  std::vector<iovec> front;
  for (size_t i = 0; i < pieces_.size() && i < max; ++i) {
    const std::string_view view = pieces_[i].view().substr(i == 0 ? front_done_ : 0);
    front.push_back({const_cast<char*>(view.data()), view.size()});
  }
  return front;
}

void OutputQueue::Consume(size_t count) {
  bytes_ -= count;
  while (count > 0) {
    const size_t left = pieces_.front().view().size() - front_done_;
    if (count < left) {
      front_done_ += count;
      return;
    }
    count -= left;
    front_done_ = 0;
    pieces_.pop_front();
  }
}

std::vector<iovec> PiecesOf(const ReplyBuffer& replies, size_t max) {
  std::vector<iovec> pieces;
  replies.ForEachPiece([&](std::string_view piece) {
    if (pieces.size() < max) pieces.push_back({const_cast<char*>(piece.data()), piece.size()});
  });
  return pieces;
}

}  // namespace redstart
