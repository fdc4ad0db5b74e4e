#include "storage/types/listpack.h"

#include <cstring>
#include <limits>

#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr uint8_t kEnd = 0xFF;
constexpr size_t kCountOffset = 4;
// The count field's value for "more than it can say".
constexpr size_t kManyElements = 65535;
constexpr size_t kMaxIntegerBytes = 9;

// First bytes. 0xxxxxxx: 0 to 127. 10xxxxxx: text up to 63 bytes. 110xxxxx: integer of 13 bits.
// 1110xxxx: text up to 4,095 bytes.
constexpr uint8_t kText6 = 0x80;
constexpr uint8_t kInt13 = 0xC0;
constexpr uint8_t kText12 = 0xE0;
constexpr uint8_t kText32 = 0xF0;
constexpr uint8_t kInt16 = 0xF1;
constexpr uint8_t kInt24 = 0xF2;
constexpr uint8_t kInt32 = 0xF3;
constexpr uint8_t kInt64 = 0xF4;

uint8_t ByteAt(const char* p) {
  return static_cast<uint8_t>(*p);
}

uint64_t LittleEndian(const char* p, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | ByteAt(p + i);
  return value;
}

void StoreLittleEndian(char* p, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) p[i] = static_cast<char>(value >> (8 * i));
}

int64_t SignExtended(uint64_t value, int bits) {
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

// Bytes of the first byte's kind before the data; 0 if there is no such kind.
size_t HeadBytes(uint8_t first) {
  if (first < kText12) return 1;  // 7 bit integer, short text, 13 bit integer.
  if (first < kText32) return 2;
  if (first == kText32) return 5;
  return first <= kInt64 ? 1 : 0;
}

// Bytes of encoding and data of the element at p, whose head can be read.
size_t EncodedBytes(const char* p) {
  const uint8_t first = ByteAt(p);
  if (first < kText6) return 1;
  if (first < kInt13) return 1 + (first & 0x3F);
  if (first < kText12) return 2;
  if (first < kText32) return 2 + (static_cast<size_t>(first & 0x0F) << 8 | ByteAt(p + 1));
  switch (first) {
    case kText32:
      return 5 + LittleEndian(p + 1, 4);
    case kInt16:
      return 3;
    case kInt24:
      return 4;
    case kInt32:
      return 5;
    default:
      return 9;
  }
}

// How many bytes the length behind an element takes. The limits are Redis's: all but the first are
// one below what seven bits a byte could hold.
size_t BackLengthBytes(uint64_t length) {
  if (length <= 127) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  if (length < 268435455) return 4;
  return 5;
}

// Big endian, seven bits a byte; every byte but the first says that there is one more to its left.
void StoreBackLength(char* p, uint64_t length) {
  const size_t bytes = BackLengthBytes(length);
  for (size_t i = bytes; i-- > 0;) {
    p[i] = static_cast<char>((length & 0x7F) | (i == 0 ? 0 : 0x80));
    length >>= 7;
  }
}

// The length that ends at p[-1]; nothing if it is longer than any, or begins before `begin`.
std::optional<uint64_t> LoadBackLength(const char* p, const char* begin) {
  uint64_t length = 0;
  for (int shift = 0; shift <= 28 && p > begin; shift += 7) {
    const uint8_t byte = ByteAt(--p);
    length |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return length;
  }
  return std::nullopt;
}

size_t EncodeInteger(int64_t value, char* out) {
  const auto store = [&](uint8_t kind, int bytes) -> size_t {
    out[0] = static_cast<char>(kind);
    StoreLittleEndian(out + 1, static_cast<uint64_t>(value), bytes);
    return 1 + static_cast<size_t>(bytes);
  };
  if (value >= 0 && value <= 127) {
    out[0] = static_cast<char>(value);
    return 1;
  }
  if (value >= -4096 && value <= 4095) {
    out[0] = static_cast<char>(kInt13 | (value >> 8 & 0x1F));
    out[1] = static_cast<char>(value);
    return 2;
  }
  if (value >= -32768 && value <= 32767) return store(kInt16, 2);
  if (value >= -8388608 && value <= 8388607) return store(kInt24, 3);
  if (value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max())
    return store(kInt32, 4);
  return store(kInt64, 8);
}

size_t TextHeadBytes(size_t size) {
  if (size < 64) return 1;
  return size < 4096 ? 2 : 5;
}

void StoreTextHead(char* out, size_t size) {
  if (size < 64) {
    out[0] = static_cast<char>(kText6 | size);
  } else if (size < 4096) {
    out[0] = static_cast<char>(kText12 | size >> 8);
    out[1] = static_cast<char>(size);
  } else {
    out[0] = static_cast<char>(kText32);
    StoreLittleEndian(out + 1, size, 4);
  }
}

Element Decode(const char* p) {
  const uint8_t first = ByteAt(p);
  if (first < kText6) return Element(static_cast<int64_t>(first));
  if (first < kInt13) return Element(std::string_view(p + 1, first & 0x3F));
  if (first < kText12) {
    return Element(SignExtended(static_cast<uint64_t>(first & 0x1F) << 8 | ByteAt(p + 1), 13));
  }
  if (first < kText32) return Element(std::string_view(p + 2, EncodedBytes(p) - 2));
  switch (first) {
    case kText32:
      return Element(std::string_view(p + 5, LittleEndian(p + 1, 4)));
    case kInt16:
      return Element(SignExtended(LittleEndian(p + 1, 2), 16));
    case kInt24:
      return Element(SignExtended(LittleEndian(p + 1, 3), 24));
    case kInt32:
      return Element(SignExtended(LittleEndian(p + 1, 4), 32));
    default:
      return Element(static_cast<int64_t>(LittleEndian(p + 1, 8)));
  }
}

// What is looked for: equal to a text element if the bytes are, to an integer if it is that one.
class Needle {
 public:
  explicit Needle(std::string_view text) : text_(text) {
    if (text.size() <= kMaxInt64Chars) integer_ = ParseInt64(text);
  }

  bool Equals(const char* p) const {
    const uint8_t first = ByteAt(p);
    if (first >= kText6 && first < kInt13) {  // By far the most common one.
      return (first & 0x3Fu) == text_.size() && std::memcmp(p + 1, text_.data(), text_.size()) == 0;
    }
    const Element element = Decode(p);
    if (element.is_integer()) return integer_ && *integer_ == element.integer();
    IntegerText unused;
    return element.View(&unused) == text_;
  }

 private:
  std::string_view text_;
  std::optional<int64_t> integer_;
};

}  // namespace

size_t ListpackView::size() const {
  const size_t count = LittleEndian(bytes_.data() + kCountOffset, 2);
  if (count != kManyElements) return count;
  size_t counted = 0;
  for (At at = First(); at != kNone; at = Next(at)) ++counted;
  return counted;
}

size_t ListpackView::BytesOf(At at) const {
  const size_t encoded = EncodedBytes(bytes_.data() + at);
  return encoded + BackLengthBytes(encoded);
}

ListpackView::At ListpackView::Next(At at) const {
  const At next = at + static_cast<At>(BytesOf(at));
  return next >= end() ? kNone : next;
}

ListpackView::At ListpackView::Previous(At at) const {
  if (at <= kHeaderBytes) return kNone;
  const uint64_t length = LoadBackLength(bytes_.data() + at, bytes_.data()).value_or(0);
  return at - static_cast<At>(length + BackLengthBytes(length));
}

ListpackView::At ListpackView::Seek(int64_t index) const {
  const size_t known = LittleEndian(bytes_.data() + kCountOffset, 2);
  if (known != kManyElements) {
    const auto count = static_cast<int64_t>(known);
    if (index < 0) index += count;
    if (index < 0 || index >= count) return kNone;
    if (index > count / 2) index -= count;  // From the nearer end.
  }
  At at = index < 0 ? Last() : First();
  for (; index > 0 && at != kNone; --index) at = Next(at);
  for (; index < -1 && at != kNone; ++index) at = Previous(at);
  return at;
}

Element ListpackView::Get(At at) const {
  return Decode(bytes_.data() + at);
}

bool ListpackView::Is(At at, std::string_view text) const {
  return Needle(text).Equals(bytes_.data() + at);
}

ListpackView::At ListpackView::Find(At from, std::string_view text, size_t skip) const {
  if (from == kNone) return kNone;
  const Needle needle(text);
  const char* const base = bytes_.data();
  const At stop = end();
  while (from < stop) {
    if (needle.Equals(base + from)) return from;
    for (size_t i = 0; i <= skip && from < stop; ++i) from += static_cast<At>(BytesOf(from));
  }
  return kNone;
}

// An element ready to be written: its head and, if it is a text, the bytes behind that.
struct ListpackEditor::Encoded {
  explicit Encoded(std::string_view text) {
    if (text.size() <= kMaxInt64Chars) {
      if (const auto integer = ParseInt64(text)) {
        head_bytes = EncodeInteger(*integer, head);
        return;
      }
    }
    StoreTextHead(head, text.size());
    head_bytes = TextHeadBytes(text.size());
    data = text;
  }
  explicit Encoded(int64_t integer) { head_bytes = EncodeInteger(integer, head); }
  Encoded() = default;  // Nothing: an erasure.

  size_t size() const { return head_bytes + data.size(); }
  size_t TotalBytes() const { return size() == 0 ? 0 : size() + BackLengthBytes(size()); }

  char head[kMaxIntegerBytes];
  size_t head_bytes = 0;
  std::string_view data;
};

void ListpackEditor::Write(At at, size_t removed, const Encoded& encoded, int count_change) {
  char* out = store_->Splice(at, removed, encoded.TotalBytes()) + at;
  if (encoded.size() != 0) {
    std::memcpy(out, encoded.head, encoded.head_bytes);
    out += encoded.head_bytes;
    if (!encoded.data.empty()) std::memcpy(out, encoded.data.data(), encoded.data.size());
    StoreBackLength(out + encoded.data.size(), encoded.size());
  }
  ChangeCount(count_change);
}

void ListpackEditor::SetHeader(size_t count) {
  StoreLittleEndian(store_->mutable_data(), store_->size(), 4);
  StoreLittleEndian(store_->mutable_data() + kCountOffset, std::min(count, kManyElements), 2);
}

void ListpackEditor::ChangeCount(int64_t change) {
  const size_t count = LittleEndian(store_->data() + kCountOffset, 2);
  // Once the field has said "many" it does so until somebody counts, as in Redis.
  SetHeader(count == kManyElements ? count
                                   : static_cast<size_t>(static_cast<int64_t>(count) + change));
}

ListpackEditor::At ListpackEditor::Insert(At before, std::string_view text) {
  Write(before, 0, Encoded(text), 1);
  return before;
}

ListpackEditor::At ListpackEditor::Insert(At before, int64_t integer) {
  Write(before, 0, Encoded(integer), 1);
  return before;
}

ListpackEditor::At ListpackEditor::Append(const Element& element) {
  if (element.is_integer()) return Append(element.integer());
  IntegerText unused;
  return Append(element.View(&unused));
}

void ListpackEditor::Replace(At at, std::string_view text) {
  Write(at, view().BytesOf(at), Encoded(text), 0);
}

void ListpackEditor::Replace(At at, int64_t integer) {
  Write(at, view().BytesOf(at), Encoded(integer), 0);
}

ListpackEditor::At ListpackEditor::Erase(At at, size_t count) {
  if (count == 0) return at;
  At end = at;
  int64_t erased = 0;
  while (count-- > 0 && end < view().end()) {
    end += static_cast<At>(view().BytesOf(end));
    ++erased;
  }
  store_->Splice(at, end - at, 0);
  ChangeCount(-erased);
  return at >= view().end() ? ListpackView::kNone : at;
}

void ListpackEditor::EraseRange(int64_t index, size_t count) {
  const At at = view().Seek(index);
  if (at != ListpackView::kNone) Erase(at, count);
}

void ListpackEditor::AppendAll(ListpackView other) {
  const size_t count = view().size() + other.size();
  const size_t added = other.bytes().size() - ListpackView::kHeaderBytes - 1;
  const size_t at = view().end();
  char* out = store_->Splice(at, 0, added) + at;
  std::memcpy(out, other.bytes().data() + ListpackView::kHeaderBytes, added);
  SetHeader(count);
}

size_t ListpackBytesOf(std::string_view text) {
  char head[kMaxIntegerBytes];
  size_t encoded = TextHeadBytes(text.size()) + text.size();
  if (const auto integer = ParseInt64(text)) encoded = EncodeInteger(*integer, head);
  return encoded + BackLengthBytes(encoded);
}

bool IsValidListpack(std::string_view bytes,
                     absl::FunctionRef<bool(const Element& element)> visit) {
  if (bytes.size() < ListpackView::kHeaderBytes + 1) return false;
  if (LittleEndian(bytes.data(), 4) != bytes.size()) return false;
  if (static_cast<uint8_t>(bytes.back()) != kEnd) return false;
  const char* const begin = bytes.data() + ListpackView::kHeaderBytes;
  const char* const end = bytes.data() + bytes.size() - 1;
  size_t count = 0;
  for (const char* p = begin; p < end;) {
    const size_t head = HeadBytes(ByteAt(p));
    const auto room = static_cast<size_t>(end - p);
    if (head == 0 || head > room) return false;
    const size_t encoded = EncodedBytes(p);
    const size_t total = encoded + BackLengthBytes(encoded);
    if (total > room) return false;
    if (LoadBackLength(p + total, p) != encoded) return false;
    if (!visit(Decode(p))) return false;
    p += total;
    ++count;
  }
  const size_t announced = LittleEndian(bytes.data() + kCountOffset, 2);
  return announced == kManyElements || announced == count;
}

bool IsValidListpack(std::string_view bytes) {
  return IsValidListpack(bytes, [](const Element&) { return true; });
}

}  // namespace redstart
