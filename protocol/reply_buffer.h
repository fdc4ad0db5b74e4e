#ifndef REDSTART_PROTOCOL_REPLY_BUFFER_H_
#define REDSTART_PROTOCOL_REPLY_BUFFER_H_

// Where replies are written before they are sent: one growing run of bytes, and beside it a list of
// pinned segments, values too big to copy, each with the offset at which it stands between the
// bytes.
//
// One per I/O thread, reused for every batch; scripts and tests have their own. Not locked. A
// pinned segment holds a reference to memory that never changes (a counted blob): pointing into an
// entry would be wrong, as a later command of the same batch may replace it before the bytes leave.
// Clear() keeps kKeptBytes of capacity, so that one giant reply does not stay for ever.
//
// Lengths not known yet: a reserved slot before the elements takes the header when it is known. The
// slots' unused bytes are squeezed out in one pass when the outermost one is closed, so nesting
// never costs more than linear time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace redstart {

// Bytes that stay where they are until release(owner) is called, which the destructor does.
struct PinnedBytes {
  const char* data = nullptr;
  size_t size = 0;
  void* owner = nullptr;
  void (*release)(void* owner) = nullptr;

  PinnedBytes() = default;
  PinnedBytes(const char* bytes, size_t count, void* the_owner, void (*release_owner)(void*))
      : data(bytes), size(count), owner(the_owner), release(release_owner) {}
  PinnedBytes(PinnedBytes&& other) noexcept
      : data(other.data),
        size(other.size),
        owner(other.owner),
        release(std::exchange(other.release, nullptr)) {}
  PinnedBytes& operator=(PinnedBytes&& other) noexcept {
    if (this != &other) {
      Release();
      data = other.data;
      size = other.size;
      owner = other.owner;
      release = std::exchange(other.release, nullptr);
    }
    return *this;
  }
  ~PinnedBytes() { Release(); }

  std::string_view view() const { return {data, size}; }

  void Release() {
    if (release != nullptr) std::exchange(release, nullptr)(owner);
  }
};

class ReplyBuffer {
 public:
  static constexpr size_t kKeptBytes = 1 << 20;

  // `bytes` stands before the byte at `offset`.
  struct Segment {
    size_t offset;
    PinnedBytes bytes;
  };

  // A place to rewind to. Stays valid until something before it is rewound, or until a length that
  // was open when it was taken is closed.
  struct Mark {
    size_t size = 0;
    size_t segments = 0;
    size_t slots = 0;
    size_t open_slots = 0;
  };

  ReplyBuffer() = default;
  ReplyBuffer(const ReplyBuffer&) = delete;
  ReplyBuffer& operator=(const ReplyBuffer&) = delete;

  // The copied bytes alone, and with the pinned ones.
  size_t size() const { return size_; }
  size_t total_size() const { return size_ + pinned_bytes_; }
  bool empty() const { return total_size() == 0; }
  size_t capacity() const { return capacity_; }
  std::string_view bytes() const { return {data_.get(), size_}; }
  const std::vector<Segment>& segments() const { return segments_; }

  // Room for `count` bytes at the returned address; Commit() then says up to where they were
  // written.
  char* Reserve(size_t count) {
    if (capacity_ - size_ < count) [[unlikely]] {
      Grow(count);
    }
    return data_.get() + size_;
  }
  void Commit(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }

  void Append(std::string_view bytes) {
    char* const to = Reserve(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void AppendPinned(PinnedBytes&& bytes);

  // Calls visit(std::string_view) for every piece in the order of sending.
  template <typename Visit>
  void ForEachPiece(Visit&& visit) const {
    size_t done = 0;
    for (const Segment& segment : segments_) {
      if (segment.offset != done) visit(bytes().substr(done, segment.offset - done));
      if (segment.bytes.size != 0) visit(segment.bytes.view());
      done = segment.offset;
    }
    if (done != size_) visit(bytes().substr(done));
  }

  // Hands the segments over (to a connection that could not send them at once). The bytes stay;
  // drop them with Clear().
  std::vector<Segment> TakeSegments();

  // Forgets everything and releases what was pinned.
  void Clear();

  // Reserves the place of a header and returns its handle. Handles are closed at most once, inner
  // before outer.
  size_t OpenSlot();
  void CloseSlot(size_t handle, char prefix, uint64_t count);

  Mark GetMark() const { return {size_, segments_.size(), slots_.size(), open_slots_}; }
  // Drops everything since, slots included.
  void RewindTo(const Mark& mark);

 private:
  // A type byte, up to 20 digits, and the line end.
  static constexpr size_t kSlotBytes = 23;

  struct Slot {
    size_t offset;
    size_t unused;  // bytes at its front; the header is written at its end
  };

  void Grow(size_t count);
  void SqueezeSlots();

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t pinned_bytes_ = 0;
  std::vector<Segment> segments_;
  std::vector<Slot> slots_;  // ascending offsets; empty unless one is open
  size_t open_slots_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_REPLY_BUFFER_H_
