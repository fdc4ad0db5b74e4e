#include "storage/disk/rdb_writer.h"

#include "storage/base/crc64.h"
#include "storage/disk/value_codec.h"

namespace redstart {
namespace {

// What may stand where a value's type byte is expected.
enum Opcode : uint8_t {
  kOpcodeFact = 0xFA,
  kOpcodeSizes = 0xFB,
  kOpcodeDeadlineMs = 0xFC,
  kOpcodeSelect = 0xFE,
  kOpcodeEnd = 0xFF,
};

void AppendByte(uint8_t byte, std::string* out) {
  out->push_back(static_cast<char>(byte));
}

}  // namespace

void RdbWriter::Begin() {
  const std::string version = std::to_string(options_.version);
  out_->append("REDIS").append(4 - version.size(), '0').append(version);
}

void RdbWriter::Fact(std::string_view name, std::string_view value) {
  AppendByte(kOpcodeFact, out_);
  AppendRdbString(name, RdbCompression::kOff, out_);
  AppendRdbString(value, RdbCompression::kOff, out_);
}

void RdbWriter::SelectDatabase(int database, size_t keys, size_t with_deadline) {
  AppendByte(kOpcodeSelect, out_);
  AppendRdbLength(static_cast<uint64_t>(database), out_);
  AppendByte(kOpcodeSizes, out_);
  AppendRdbLength(keys, out_);
  AppendRdbLength(with_deadline, out_);
}

void RdbWriter::Add(const Entry& entry) {
  if (entry.has_deadline()) {
    AppendByte(kOpcodeDeadlineMs, out_);
    AppendLittleEndian64(entry.deadline(), out_);
  }
  AppendByte(RdbTypeOf(entry), out_);
  AppendRdbString(entry.key(), options_.compression, out_);
  AppendRdbValue(entry, options_.compression, out_);
}

void RdbWriter::End() {
  AppendByte(kOpcodeEnd, out_);
  // Zero says that there is no checksum.
  const uint64_t checksum =
      options_.checksum ? Crc64(0, std::string_view(*out_).substr(begin_)) : 0;
  AppendLittleEndian64(checksum, out_);
}

}  // namespace redstart
