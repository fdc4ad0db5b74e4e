#include "storage/disk/rdb_primitives.h"

#include <liblzf/lzf.h>

#include <bit>
#include <cstring>
#include <limits>
#include <memory>

#include "storage/base/crc64.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

static_assert(std::endian::native == std::endian::little);

// The two top bits of the first byte.
constexpr uint8_t k6Bit = 0x00;
constexpr uint8_t k14Bit = 0x40;
constexpr uint8_t kEncoded = 0xc0;
// The whole first byte.
constexpr uint8_t k32Bit = 0x80;
constexpr uint8_t k64Bit = 0x81;

// What follows kEncoded.
enum Encoding : uint8_t { kInt8 = 0, kInt16 = 1, kInt32 = 2, kLzf = 3 };

// "-2147483648" is the longest text of an integer encoding.
constexpr size_t kMaxIntegerText = 11;
// LZF cannot shorten even 20 equal bytes.
constexpr size_t kMinCompressed = 21;
constexpr size_t kMinSaving = 4;
// A reference of three bytes stands for at most 264 bytes.
constexpr uint64_t kMaxLzfRatio = 88;

constexpr size_t kDumpFooterBytes = 10;

template <typename Number>
void AppendNative(Number value, std::string* out) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out->append(bytes, sizeof(value));
}

template <typename Number>
Number LoadNative(std::string_view bytes) {
  Number value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

void AppendByte(unsigned byte, std::string* out) {
  out->push_back(static_cast<char>(byte));
}

bool AppendEncodedInteger(int64_t value, std::string* out) {
  if (value == static_cast<int8_t>(value)) {
    AppendByte(kEncoded | kInt8, out);
    AppendNative(static_cast<int8_t>(value), out);
  } else if (value == static_cast<int16_t>(value)) {
    AppendByte(kEncoded | kInt16, out);
    AppendNative(static_cast<int16_t>(value), out);
  } else if (value == static_cast<int32_t>(value)) {
    AppendByte(kEncoded | kInt32, out);
    AppendNative(static_cast<int32_t>(value), out);
  } else {
    return false;
  }
  return true;
}

bool AppendCompressed(std::string_view bytes, std::string* out) {
  if (bytes.size() > std::numeric_limits<unsigned>::max()) return false;
  const auto limit = static_cast<unsigned>(bytes.size() - kMinSaving);
  const auto buffer = std::make_unique_for_overwrite<char[]>(limit);
  const unsigned size =
      lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()), buffer.get(), limit);
  if (size == 0) return false;
  AppendByte(kEncoded | kLzf, out);
  AppendRdbLength(size, out);
  AppendRdbLength(bytes.size(), out);
  out->append(buffer.get(), size);
  return true;
}

}  // namespace

void AppendRdbLength(uint64_t length, std::string* out) {
  if (length < (1 << 6)) {
    AppendByte(k6Bit | static_cast<unsigned>(length), out);
  } else if (length < (1 << 14)) {
    AppendByte(k14Bit | static_cast<unsigned>(length >> 8), out);
    AppendByte(static_cast<unsigned>(length & 0xff), out);
  } else if (length <= std::numeric_limits<uint32_t>::max()) {
    AppendByte(k32Bit, out);
    AppendNative(__builtin_bswap32(static_cast<uint32_t>(length)), out);
  } else {
    AppendByte(k64Bit, out);
    AppendNative(__builtin_bswap64(length), out);
  }
}

void AppendRdbString(std::string_view bytes, RdbCompression compression, std::string* out) {
  if (bytes.size() <= kMaxIntegerText) {
    const std::optional<int64_t> integer = ParseInt64(bytes);
    if (integer && AppendEncodedInteger(*integer, out)) return;
  }
  if (compression == RdbCompression::kOn && bytes.size() >= kMinCompressed &&
      AppendCompressed(bytes, out)) {
    return;
  }
  AppendRdbLength(bytes.size(), out);
  out->append(bytes);
}

void AppendRdbIntegerString(int64_t value, std::string* out) {
  if (AppendEncodedInteger(value, out)) return;
  char text[kMaxInt64Chars];
  const auto size = static_cast<size_t>(FormatInt64(value, text) - text);
  AppendRdbLength(size, out);
  out->append(text, size);
}

void AppendLittleEndian32(uint32_t value, std::string* out) {
  AppendNative(value, out);
}
void AppendLittleEndian64(uint64_t value, std::string* out) {
  AppendNative(value, out);
}
void AppendRdbDouble(double value, std::string* out) {
  AppendNative(value, out);
}

std::optional<uint8_t> RdbInput::ReadByte() {
  if (AtEnd()) return std::nullopt;
  return static_cast<uint8_t>(bytes_[position_++]);
}

std::optional<std::string_view> RdbInput::ReadBytes(uint64_t count) {
  if (count > remaining()) return std::nullopt;
  const std::string_view read = bytes_.substr(position_, count);
  position_ += count;
  return read;
}

std::optional<uint64_t> RdbInput::ReadBigEndian(size_t bytes) {
  const auto read = ReadBytes(bytes);
  if (!read) return std::nullopt;
  uint64_t value = 0;
  for (const char c : *read) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::optional<RdbInput::Header> RdbInput::ReadHeader() {
  const auto first = ReadByte();
  if (!first) return std::nullopt;
  const uint8_t low = *first & 0x3f;
  std::optional<uint64_t> length;
  switch (*first & 0xc0) {
    case k6Bit:
      return Header{false, low};
    case kEncoded:
      return Header{true, low};
    case k14Bit:
      if (const auto next = ReadByte()) length = static_cast<uint64_t>(low) << 8 | *next;
      break;
    default:
      if (*first == k32Bit) length = ReadBigEndian(4);
      if (*first == k64Bit) length = ReadBigEndian(8);
  }
  if (!length) return std::nullopt;
  return Header{false, *length};
}

std::optional<uint64_t> RdbInput::ReadLength() {
  const auto header = ReadHeader();
  if (!header || header->is_encoded) return std::nullopt;
  return header->value;
}

std::optional<uint64_t> RdbInput::ReadCount(size_t least_bytes) {
  const auto count = ReadLength();
  if (!count || *count > remaining() / least_bytes) return std::nullopt;
  return count;
}

std::optional<std::string> RdbInput::ReadString() {
  std::string scratch;
  const auto view = ReadString(&scratch);
  if (!view) return std::nullopt;
  if (view->data() == scratch.data()) return scratch;
  return std::string(*view);
}

std::optional<std::string_view> RdbInput::ReadString(std::string* scratch) {
  const auto header = ReadHeader();
  if (!header) return std::nullopt;
  if (header->is_encoded) return ReadEncoded(header->value, scratch);
  return ReadBytes(header->value);
}

std::optional<std::string_view> RdbInput::ReadEncoded(uint64_t encoding, std::string* scratch) {
  if (encoding == kLzf) {
    if (!ReadCompressed(scratch)) return std::nullopt;
    return *scratch;
  }
  if (encoding > kInt32) return std::nullopt;
  const auto bytes = ReadBytes(1ULL << encoding);
  if (!bytes) return std::nullopt;
  int64_t value = 0;
  if (encoding == kInt8) value = LoadNative<int8_t>(*bytes);
  if (encoding == kInt16) value = LoadNative<int16_t>(*bytes);
  if (encoding == kInt32) value = LoadNative<int32_t>(*bytes);
  *scratch = FormatInt64(value);
  return *scratch;
}

bool RdbInput::ReadCompressed(std::string* out) {
  const auto compressed_size = ReadLength();
  if (!compressed_size) return false;
  const auto size = ReadLength();
  if (!size) return false;
  const auto compressed = ReadBytes(*compressed_size);
  constexpr uint64_t kMaxSize = std::numeric_limits<unsigned>::max();
  if (!compressed || compressed->empty() || *size == 0) return false;
  if (*size > kMaxSize || compressed->size() > kMaxSize) return false;
  if (*size / kMaxLzfRatio > compressed->size()) return false;
  out->resize(*size);
  return lzf_decompress(compressed->data(), static_cast<unsigned>(compressed->size()), out->data(),
                        static_cast<unsigned>(*size)) == *size;
}

std::optional<uint32_t> RdbInput::ReadLittleEndian32() {
  const auto bytes = ReadBytes(4);
  if (!bytes) return std::nullopt;
  return LoadNative<uint32_t>(*bytes);
}

std::optional<uint64_t> RdbInput::ReadLittleEndian64() {
  const auto bytes = ReadBytes(8);
  if (!bytes) return std::nullopt;
  return LoadNative<uint64_t>(*bytes);
}

std::optional<double> RdbInput::ReadRdbDouble() {
  const auto bytes = ReadBytes(8);
  if (!bytes) return std::nullopt;
  return LoadNative<double>(*bytes);
}

void AppendDumpFooter(std::string* payload, uint16_t rdb_version) {
  AppendNative(rdb_version, payload);
  AppendNative(Crc64(0, *payload), payload);
}

std::optional<std::string_view> CheckDumpPayload(std::string_view payload) {
  if (payload.size() < kDumpFooterBytes) return std::nullopt;
  const std::string_view body = payload.substr(0, payload.size() - kDumpFooterBytes);
  if (LoadNative<uint16_t>(payload.substr(body.size())) > kNewestRdbVersion) return std::nullopt;
  const std::string_view checked = payload.substr(0, payload.size() - sizeof(uint64_t));
  const auto crc = LoadNative<uint64_t>(payload.substr(checked.size()));
  if (Crc64(0, checked) != crc) return std::nullopt;
  return body;
}

}  // namespace redstart
