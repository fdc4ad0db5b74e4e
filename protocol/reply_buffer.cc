#include "protocol/reply_buffer.h"

#include <algorithm>
#include <charconv>

namespace redstart {
namespace {

constexpr size_t kFirstCapacity = 16 * 1024;
constexpr size_t kKeptSegments = 256;

}  // namespace

void ReplyBuffer::Grow(size_t count) {
  const size_t capacity = std::max({kFirstCapacity, capacity_ * 2, size_ + count});
  auto data = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
  data_ = std::move(data);
  capacity_ = capacity;
}

void ReplyBuffer::AppendPinned(PinnedBytes&& bytes) {
  pinned_bytes_ += bytes.size;
  segments_.push_back({size_, std::move(bytes)});
}

std::vector<ReplyBuffer::Segment> ReplyBuffer::TakeSegments() {
  pinned_bytes_ = 0;
  return std::exchange(segments_, {});
}

void ReplyBuffer::Clear() {
  size_ = 0;
  pinned_bytes_ = 0;
  segments_.clear();
  slots_.clear();
  open_slots_ = 0;
  if (segments_.capacity() > kKeptSegments) std::vector<Segment>().swap(segments_);
  if (capacity_ > kKeptBytes) {
    data_.reset();
    capacity_ = 0;
  }
}

size_t ReplyBuffer::OpenSlot() {
  slots_.push_back({size_, 0});
  ++open_slots_;
  Commit(Reserve(kSlotBytes) + kSlotBytes);
  return slots_.size() - 1;
}

void ReplyBuffer::CloseSlot(size_t handle, char prefix, uint64_t count) {
  char header[kSlotBytes];
  header[0] = prefix;
  char* end = std::to_chars(header + 1, header + kSlotBytes, count).ptr;
  *end++ = '\r';
  *end++ = '\n';
  const size_t used = static_cast<size_t>(end - header);
  Slot& slot = slots_[handle];
  slot.unused = kSlotBytes - used;
  std::memcpy(data_.get() + slot.offset + slot.unused, header, used);
  if (--open_slots_ == 0) SqueezeSlots();
}

void ReplyBuffer::SqueezeSlots() {
  char* const base = data_.get();
  size_t to = slots_.front().offset;
  size_t squeezed = 0;
  auto segment =
      std::partition_point(segments_.begin(), segments_.end(),
                           [to](const Segment& candidate) { return candidate.offset <= to; });
  for (size_t i = 0; i < slots_.size(); ++i) {
    const size_t from = slots_[i].offset + slots_[i].unused;
    const size_t until = i + 1 < slots_.size() ? slots_[i + 1].offset : size_;
    squeezed += slots_[i].unused;
    for (; segment != segments_.end() && segment->offset <= until; ++segment) {
      segment->offset -= squeezed;
    }
    std::memmove(base + to, base + from, until - from);
    to += until - from;
  }
  size_ = to;
  slots_.clear();
}

void ReplyBuffer::RewindTo(const Mark& mark) {
  size_ = mark.size;
  while (segments_.size() > mark.segments) {
    pinned_bytes_ -= segments_.back().bytes.size;
    segments_.pop_back();
  }
  slots_.resize(mark.slots);
  open_slots_ = mark.open_slots;
}

}  // namespace redstart
