#include "storage/disk/rdb_writer.h"

#include "storage/access_clock.h"
#include "storage/base/crc64.h"
#include "storage/disk/rdb_opcodes.h"
#include "storage/disk/value_codec.h"

namespace redstart {
namespace {

constexpr size_t kPortion = size_t{64} << 10;
// Strings from here on go from where they lie to the sink, in portions, uncompressed: compressing
// needs the whole result in memory before its length can be written.
constexpr size_t kStreamedString = size_t{16} << 20;

void AppendByte(uint8_t byte, std::string* out) {
  out->push_back(static_cast<char>(byte));
}

}  // namespace

void RdbWriter::Begin() {
  const std::string version = std::to_string(options_.version);
  buffer_.append("REDIS").append(4 - version.size(), '0').append(version);
}

void RdbWriter::Fact(std::string_view name, std::string_view value) {
  AppendByte(kRdbFact, &buffer_);
  AppendRdbString(name, RdbCompression::kOff, &buffer_);
  AppendRdbString(value, RdbCompression::kOff, &buffer_);
}

void RdbWriter::Function(std::string_view source) {
  AppendByte(kRdbFunction, &buffer_);
  AppendRdbString(source, options_.compression, &buffer_);
}

void RdbWriter::SelectDatabase(int database) {
  AppendByte(kRdbSelect, &buffer_);
  AppendRdbLength(static_cast<uint64_t>(database), &buffer_);
}

void RdbWriter::Sizes(uint64_t keys, uint64_t with_deadline) {
  AppendByte(kRdbSizes, &buffer_);
  AppendRdbLength(keys, &buffer_);
  AppendRdbLength(with_deadline, &buffer_);
}

void RdbWriter::AppendHead(const Options& options, const Entry& entry, std::string* out) {
  if (entry.has_deadline()) {
    AppendByte(kRdbDeadlineMs, out);
    AppendLittleEndian64(entry.deadline(), out);
  }
  if (options.usage == RdbUsage::kIdleTime) {
    AppendByte(kRdbIdleTime, out);
    AppendRdbLength(LruIdleSeconds(entry.access(), options.now_ms), out);
  } else if (options.usage == RdbUsage::kFrequency) {
    AppendByte(kRdbFrequency, out);
    AppendByte(LfuCounter(entry.access(), options.now_ms, options.lfu_decay_minutes), out);
  }
  AppendByte(RdbTypeOf(entry, options.version), out);
  AppendRdbString(entry.key(), options.compression, out);
}

void RdbWriter::AppendRecord(const Options& options, const Entry& entry, std::string* out) {
  AppendHead(options, entry, out);
  AppendRdbValue(entry, options.compression, out, options.version);
}

void RdbWriter::Add(const Entry& entry) {
  const Blob* blob = entry.type() == ValueType::kString ? entry.string().blob() : nullptr;
  if (blob == nullptr || blob->size() < kStreamedString) {
    AppendRecord(options_, entry, &buffer_);
    return FlushIfLarge();
  }
  AppendHead(options_, entry, &buffer_);
  AppendRdbLength(blob->size(), &buffer_);
  Flush();
  for (std::string_view rest = blob->view(); !rest.empty() && status_.ok();) {
    const std::string_view portion = rest.substr(0, 16 * kPortion);
    Send(portion);
    rest.remove_prefix(portion.size());
  }
}

void RdbWriter::AddRecord(std::string_view record) {
  buffer_.append(record);
  FlushIfLarge();
}

void RdbWriter::End() {
  AppendByte(kRdbEnd, &buffer_);
  Flush();
  // Zero says that there is no checksum.
  AppendLittleEndian64(options_.checksum ? checksum_ : 0, &buffer_);
  Flush();
}

void RdbWriter::FlushIfLarge() {
  if (buffer_.size() >= kPortion) Flush();
}

void RdbWriter::Flush() {
  Send(buffer_);
  buffer_.clear();
  if (buffer_.capacity() > 64 * kPortion) buffer_.shrink_to_fit();
}

void RdbWriter::Send(std::string_view bytes) {
  if (!status_.ok()) return;
  if (options_.checksum) checksum_ = Crc64(checksum_, bytes);
  status_ = sink_->Write(bytes);
}

}  // namespace redstart
