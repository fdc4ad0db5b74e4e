#ifndef REDSTART_STORAGE_DISK_RDB_PRIMITIVES_H_
#define REDSTART_STORAGE_DISK_RDB_PRIMITIVES_H_

// The smallest pieces of the RDB format, which files, full syncs and DUMP payloads share: lengths,
// strings, fixed-size numbers, and the footer of a DUMP payload. Source: Redis's rdb.c, versions 10
// to 12, of which these pieces are the same.
//
// Pure functions and a reader over bytes that somebody else owns; no locks. The reader trusts
// nothing: no announced length allocates more than the input at hand can justify, and after a
// failed read its position is unspecified.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redstart {

// Redis 7.0 reads up to 10, 7.2 up to 11; 12 brought hash fields with deadlines.
inline constexpr uint16_t kDefaultRdbVersion = 10;
inline constexpr uint16_t kNewestRdbVersion = 12;

enum class RdbCompression { kOff, kOn };

// 1, 2, 5 or 9 bytes, big endian.
void AppendRdbLength(uint64_t length, std::string* out);
// A canonical integer within 32 bits takes 2 to 5 bytes; what is longer than 20 bytes is compressed
// if that saves 4 bytes or more; all else stands as it is. Compression needs 512 KiB of stack,
// LZF's hash table.
void AppendRdbString(std::string_view bytes, RdbCompression compression, std::string* out);
// The same string as AppendRdbString(FormatInt64(value)).
void AppendRdbIntegerString(int64_t value, std::string* out);
void AppendLittleEndian32(uint32_t value, std::string* out);
void AppendLittleEndian64(uint64_t value, std::string* out);
// Eight bytes, little endian: sorted sets' scores.
void AppendRdbDouble(double value, std::string* out);

class RdbInput {
 public:
  explicit RdbInput(std::string_view bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  bool AtEnd() const { return remaining() == 0; }

  std::optional<uint8_t> ReadByte();
  // A view into the input.
  std::optional<std::string_view> ReadBytes(uint64_t count);
  // A length; nullopt too where a specially encoded string stands.
  std::optional<uint64_t> ReadLength();
  // A length that counts things of at least `least_bytes` each: nullopt if the input cannot hold
  // that many, so the result may be used to reserve memory.
  std::optional<uint64_t> ReadCount(size_t least_bytes);
  std::optional<std::string> ReadString();
  // Without a copy where the string stands as it is; else the view points into *scratch.
  std::optional<std::string_view> ReadString(std::string* scratch);
  std::optional<uint32_t> ReadLittleEndian32();
  std::optional<uint64_t> ReadLittleEndian64();
  std::optional<double> ReadRdbDouble();

 private:
  struct Header {
    bool is_encoded;
    uint64_t value;  // a length, or the encoding
  };

  std::optional<Header> ReadHeader();
  std::optional<std::string_view> ReadEncoded(uint64_t encoding, std::string* scratch);
  bool ReadCompressed(std::string* out);
  std::optional<uint64_t> ReadBigEndian(size_t bytes);

  std::string_view bytes_;
  size_t position_ = 0;
};

// A DUMP payload is a type byte and a value, then this footer: the RDB version and the CRC64 of all
// before, little endian.
void AppendDumpFooter(std::string* payload, uint16_t rdb_version = kDefaultRdbVersion);
// The payload without its footer; nullopt if it is too short, of a newer version, or damaged. As in
// Redis, a CRC of zero is not an exception here (in RDB files it means unchecked).
std::optional<std::string_view> CheckDumpPayload(std::string_view payload);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_PRIMITIVES_H_
