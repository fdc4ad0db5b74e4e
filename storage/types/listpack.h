#ifndef REDSTART_STORAGE_TYPES_LISTPACK_H_
#define REDSTART_STORAGE_TYPES_LISTPACK_H_

// A listpack: a sequence of texts and integers in one string of bytes, the small form of hashes,
// sets and sorted sets and the node of lists and streams. The bytes are those of Redis, because RDB
// files and DUMP payloads hold them as they are (format: github.com/antirez/listpack,
// listpack.md).
//
//   total bytes, 4 | number of elements, 2 (65535: count them) | elements | 255
//   element: encoding and data | length of that, to be read from the right
//
// An element that is a canonical integer is always kept as one, in the fewest bytes.
//
// A view owns nothing and is valid until the bytes change; an editor works on a PackedStore. Both
// trust the bytes: what comes from outside goes through IsValidListpack first. An element is named
// by its offset, which stays what it is when the bytes move; edits move those of elements behind.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/types/element.h"
#include "storage/types/packed_store.h"

namespace redstart {

class ListpackView {
 public:
  // The offset of an element.
  using At = uint32_t;
  static constexpr At kNone = 0;
  static constexpr size_t kHeaderBytes = 6;
  // Larger listpacks are converted to another form before they grow on, as in Redis.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  explicit ListpackView(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes() const { return bytes_; }
  bool empty() const { return bytes_.size() <= kHeaderBytes + 1; }
  // The number of elements: O(1) up to 65,534 of them.
  size_t size() const;

  At First() const { return empty() ? kNone : static_cast<At>(kHeaderBytes); }
  At Last() const { return Previous(end()); }
  At Next(At at) const;
  // Of the first element, kNone. `at` may be end().
  At Previous(At at) const;
  // The element at an index from the left, or from the right (-1 is the last); kNone outside.
  At Seek(int64_t index) const;
  // Where Append puts the next element.
  At end() const { return static_cast<At>(bytes_.size() - 1); }

  Element Get(At at) const;
  bool Is(At at, std::string_view text) const;
  // The first element equal to `text` from `from` (which may be kNone) on, comparing one and
  // passing over `skip`.
  At Find(At from, std::string_view text, size_t skip = 0) const;
  // The bytes of the element's encoding and data with its length behind.
  size_t BytesOf(At at) const;

 private:
  uint8_t Byte(size_t offset) const { return static_cast<uint8_t>(bytes_[offset]); }

  std::string_view bytes_;
};

class ListpackEditor {
 public:
  using At = ListpackView::At;

  // REQUIRES: the store holds a listpack, perhaps an empty one (kEmptyListpack).
  explicit ListpackEditor(PackedStore* store) : store_(store) {}

  ListpackView view() const { return ListpackView(store_->bytes()); }

  // Puts an element before another one, or (end()) behind all. Returns where it stands.
  // REQUIRES: neither text nor integer points into this listpack.
  At Insert(At before, std::string_view text);
  At Insert(At before, int64_t integer);
  At Append(std::string_view text) { return Insert(view().end(), text); }
  At Append(int64_t integer) { return Insert(view().end(), integer); }
  At Append(const Element& element);
  At Prepend(std::string_view text) { return Insert(ListpackView::kHeaderBytes, text); }
  At Prepend(int64_t integer) { return Insert(ListpackView::kHeaderBytes, integer); }
  // The element stays where it is; those behind it may move.
  void Replace(At at, std::string_view text);
  void Replace(At at, int64_t integer);
  // Removes up to `count` elements from `at` on. Returns the one that takes their place, or kNone.
  At Erase(At at, size_t count = 1);
  // The same from an index on, which may be negative.
  void EraseRange(int64_t index, size_t count);
  // Appends all elements of another listpack, which is not in this store.
  void AppendAll(ListpackView other);

 private:
  struct Encoded;
  void Write(At at, size_t removed, const Encoded& encoded, int count_change);
  void SetHeader(size_t count);
  void ChangeCount(int64_t change);

  PackedStore* store_;
};

// A listpack without elements.
inline constexpr std::string_view kEmptyListpack("\x07\0\0\0\0\0\xff", 7);

// How many bytes an element takes in a listpack.
size_t ListpackBytesOf(std::string_view text);

// Whether bytes from outside are a listpack in which every operation above stays inside: sizes,
// encodings, lengths from both sides, the number of elements. `visit`, if given, sees every element
// and may refuse it. An empty listpack is valid.
bool IsValidListpack(std::string_view bytes, absl::FunctionRef<bool(const Element& element)> visit);
bool IsValidListpack(std::string_view bytes);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_LISTPACK_H_
