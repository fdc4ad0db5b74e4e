#include "storage/disk/rdb_legacy.h"

#include <cstdint>
#include <optional>

namespace redstart {
namespace {

// Reads bytes from the left and never past the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  size_t remaining() const { return rest_.size(); }
  // Nothing where fewer are left.
  std::optional<std::string_view> Take(size_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::optional<uint8_t> TakeByte() {
    const auto taken = Take(1);
    if (!taken) return std::nullopt;
    return static_cast<uint8_t>((*taken)[0]);
  }
  std::optional<uint64_t> TakeLittleEndian(size_t bytes) {
    const auto taken = Take(bytes);
    if (!taken) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<uint8_t>((*taken)[i]);
    return value;
  }
  std::optional<uint64_t> TakeBigEndian(size_t bytes) {
    const auto taken = Take(bytes);
    if (!taken) return std::nullopt;
    uint64_t value = 0;
    for (const char byte : *taken) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }

 private:
  std::string_view rest_;
};

constexpr uint8_t kEnd = 0xFF;
constexpr size_t kZiplistHeader = 10;
constexpr uint64_t kManyElements = 65535;
// The first byte of a length that takes four more.
constexpr uint8_t kLongLength = 254;

std::optional<Element> TextElement(Bytes* in, std::optional<uint64_t> size) {
  if (!size) return std::nullopt;
  const auto text = in->Take(*size);
  if (!text) return std::nullopt;
  return Element(*text);
}

std::optional<Element> IntegerElement(Bytes* in, int bytes) {
  const auto raw = in->TakeLittleEndian(static_cast<size_t>(bytes));
  if (!raw) return std::nullopt;
  const int shift = 64 - 8 * bytes;
  return Element(static_cast<int64_t>(*raw << shift) >> shift);
}

// Encoding and data of a ziplist's element.
std::optional<Element> TakeZiplistElement(Bytes* in) {
  const auto kind = in->TakeByte();
  if (!kind) return std::nullopt;
  if (*kind < 0x40) return TextElement(in, *kind);
  if (*kind < 0x80) {
    const auto low = in->TakeByte();
    if (!low) return std::nullopt;
    return TextElement(in, static_cast<uint64_t>(*kind & 0x3F) << 8 | *low);
  }
  if (*kind < 0xC0) return *kind == 0x80 ? TextElement(in, in->TakeBigEndian(4)) : std::nullopt;
  switch (*kind) {
    case 0xFE:
      return IntegerElement(in, 1);
    case 0xC0:
      return IntegerElement(in, 2);
    case 0xF0:
      return IntegerElement(in, 3);
    case 0xD0:
      return IntegerElement(in, 4);
    case 0xE0:
      return IntegerElement(in, 8);
    default:
      // 1111xxxx: 0 to 12.
      if (*kind < 0xF1 || *kind > 0xFD) return std::nullopt;
      return Element(static_cast<int64_t>((*kind & 0x0F) - 1));
  }
}

// The length that a zipmap's field or value has in front.
std::optional<uint64_t> TakeZipmapLength(Bytes* in) {
  const auto first = in->TakeByte();
  if (!first || *first == kEnd) return std::nullopt;
  if (*first != kLongLength) return *first;
  return in->TakeLittleEndian(4);
}

}  // namespace

bool ReadZiplist(std::string_view bytes, absl::FunctionRef<bool(const Element& element)> visit) {
  if (bytes.size() < kZiplistHeader + 1 || static_cast<uint8_t>(bytes.back()) != kEnd) return false;
  Bytes header(bytes);
  const uint64_t total = *header.TakeLittleEndian(4);
  const uint64_t tail = *header.TakeLittleEndian(4);
  const uint64_t announced = *header.TakeLittleEndian(2);
  if (total != bytes.size() || tail > bytes.size() - 1) return false;
  Bytes in(bytes.substr(kZiplistHeader, bytes.size() - kZiplistHeader - 1));
  const size_t end = in.remaining();
  uint64_t before = 0;  // Bytes of the element before, which each one repeats.
  uint64_t count = 0;
  size_t last = kZiplistHeader;
  while (in.remaining() > 0) {
    const size_t begin = in.remaining();
    last = kZiplistHeader + end - begin;
    std::optional<uint64_t> repeated = in.TakeByte();
    if (repeated == kEnd) return false;
    if (repeated == kLongLength) repeated = in.TakeLittleEndian(4);
    if (repeated != before) return false;
    const auto element = TakeZiplistElement(&in);
    if (!element || !visit(*element)) return false;
    before = begin - in.remaining();
    ++count;
  }
  if (count > 0 && tail != last) return false;
  return announced == kManyElements || announced == count;
}

bool ReadZipmap(std::string_view bytes, absl::FunctionRef<bool(const Element& element)> visit) {
  if (bytes.size() < 2 || static_cast<uint8_t>(bytes.back()) != kEnd) return false;
  const auto announced = static_cast<uint8_t>(bytes.front());
  Bytes in(bytes.substr(1, bytes.size() - 2));
  uint64_t count = 0;
  for (; in.remaining() > 0; ++count) {
    const auto field = TextElement(&in, TakeZipmapLength(&in));
    if (!field || !visit(*field)) return false;
    const auto value_size = TakeZipmapLength(&in);
    const auto unused = in.TakeByte();
    const auto value = TextElement(&in, value_size);
    if (!unused || !value || !in.Take(*unused) || !visit(*value)) return false;
  }
  return announced >= kLongLength || announced == count;
}

}  // namespace redstart
