#ifndef REDSTART_STORAGE_TYPES_INT_SET_H_
#define REDSTART_STORAGE_TYPES_INT_SET_H_

// A sorted array of distinct integers in one string of bytes: the smallest form of a set. The bytes
// are those of Redis's intset.c, because RDB files and DUMP payloads hold them as they are:
//
//   width, 4 (2, 4 or 8) | number of integers, 4 | the integers, ascending, all of that width
//
// Everything is little endian. The width is that of the widest integer there ever was. A view owns
// nothing and is valid until the bytes change; an editor works on a PackedStore. Both trust the
// bytes: what comes from outside goes through IsValidIntSet first.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/types/packed_store.h"

namespace redstart {

class IntSetView {
 public:
  static constexpr size_t kHeaderBytes = 8;

  explicit IntSetView(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes() const { return bytes_; }
  size_t size() const { return Load32(4); }
  bool empty() const { return size() == 0; }
  // REQUIRES: index < size().
  int64_t Get(size_t index) const;
  bool Contains(int64_t value) const;

  // Bytes per integer.
  size_t width() const { return Load32(0); }
  // Where `value` stands, or where it would; in the second case `found` is false.
  size_t LowerBound(int64_t value, bool* found) const;

 private:
  uint32_t Load32(size_t offset) const;

  std::string_view bytes_;
};

class IntSetEditor {
 public:
  // REQUIRES: the store holds an int set, perhaps an empty one (kEmptyIntSet).
  explicit IntSetEditor(PackedStore* store) : store_(store) {}

  IntSetView view() const { return IntSetView(store_->bytes()); }
  // False if it was there already.
  bool Insert(int64_t value);
  // False if it was not there.
  bool Erase(int64_t value);

 private:
  // Makes all integers as wide as `value`, which lies outside of what was possible before.
  void Widen(size_t width);
  void StoreAt(size_t index, int64_t value);
  void SetSize(size_t size);

  PackedStore* store_;
};

// An int set without integers.
inline constexpr std::string_view kEmptyIntSet("\x02\0\0\0\0\0\0\0", 8);

// Whether bytes from outside are an int set: sizes, width, order.
bool IsValidIntSet(std::string_view bytes);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_INT_SET_H_
