#include "storage/disk/rdb_reader.h"

#include <cinttypes>
#include <cstdio>
#include <utility>

#include "storage/base/crc64.h"
#include "storage/base/number.h"
#include "storage/disk/rdb_opcodes.h"
#include "storage/string_editor.h"

namespace redstart {
namespace {

constexpr size_t kHeadBytes = 9;
constexpr int kFirstVersionWithChecksum = 5;
constexpr size_t kChecksumStep = size_t{64} << 10;

// Type bytes from 0 on, as Redis's documents call them.
constexpr std::string_view kTypeNames[] = {
    "string",
    "list",
    "set",
    "sorted set",
    "hash",
    "sorted set with binary scores",
    "module (old)",
    "module",
    "",
    "hash as zipmap",
    "list as ziplist",
    "set as intset",
    "sorted set as ziplist",
    "hash as ziplist",
    "list as quicklist",
    "stream",
    "hash as listpack",
    "sorted set as listpack",
    "list as quicklist 2",
    "stream 2",
    "set as listpack",
    "stream 3",
    "hash with deadlines (old)",
    "hash as listpack with deadlines (old)",
    "hash with deadlines",
    "hash as listpack with deadlines",
};
constexpr uint8_t kTypeModule1 = 6;
constexpr uint8_t kTypeModule2 = 7;

std::string TypeText(uint8_t type) {
  std::string text = std::to_string(type);
  if (type < std::size(kTypeNames) && !kTypeNames[type].empty()) {
    text.append(" (").append(kTypeNames[type]).append(")");
  }
  return text;
}

// A module type's name: nine letters of six bits each above ten bits of version.
std::string ModuleName(uint64_t id) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name;
  for (int shift = 58; shift >= 10; shift -= 6) name += kLetters[id >> shift & 63];
  return name;
}

std::string Hex(uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof(text), "%" PRIx64, number);
  return text;
}

}  // namespace

Entry* RdbRecord::NewEntryIn(Slab* slab) {
  if (value) return NewEntry(slab, key, std::move(*value), deadline);
  return NewStringEntry(slab, key, text, /*may_be_integer=*/true, deadline);
}

RdbReader::Item RdbReader::Fail(std::string error) {
  error_ = std::move(error);
  return Item::kDamaged;
}

RdbReader::Item RdbReader::FailShort() {
  return Fail("Unexpected EOF reading RDB file, or damaged data, in what begins at byte " +
              std::to_string(item_at_) + " of " + std::to_string(file_.size()));
}

bool RdbReader::ReadHead() {
  const auto head = input_.ReadBytes(kHeadBytes);
  if (!head) {
    FailShort();
    return false;
  }
  if (!head->starts_with("REDIS")) {
    error_ = "Wrong signature trying to load DB from file";
    return false;
  }
  const std::string_view digits = head->substr(5);
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') break;
    version_ = version_ * 10 + (digit - '0');
  }
  if (version_ < 1 || version_ > kNewestRdbVersion) {
    error_ = "Can't handle RDB format version " + std::to_string(version_);
    return false;
  }
  return true;
}

RdbReader::Item RdbReader::Next(RdbRecord* record) {
  record->deadline = Entry::kNever;
  record->idle_seconds.reset();
  record->frequency.reset();
  UpdateChecksum(kChecksumStep);
  item_at_ = position();
  for (;;) {
    const auto opcode = input_.ReadByte();
    if (!opcode) return FailShort();
    if (*opcode < kRdbSlotSizes) return ReadKey(*opcode, record);
    if (const std::optional<Item> item = ReadOpcode(*opcode, record)) return *item;
  }
}

std::optional<RdbReader::Item> RdbReader::ReadOpcode(uint8_t opcode, RdbRecord* record) {
  switch (opcode) {
    case kRdbDeadlineMs:
    case kRdbDeadlineSeconds:
      if (!ReadDeadline(opcode, record)) return FailShort();
      return std::nullopt;
    case kRdbIdleTime:
    case kRdbFrequency:
      if (!ReadUsage(opcode, record)) return FailShort();
      return std::nullopt;
    case kRdbSlotSizes:
      for (int i = 0; i < 3; ++i) {
        if (!input_.ReadLength()) return FailShort();
      }
      return std::nullopt;
    case kRdbSelect:
      return ReadSelect();
    case kRdbFact:
      return ReadFact();
    case kRdbSizes:
      return ReadSizes();
    case kRdbFunction:
      return ReadFunction();
    case kRdbModuleFact:
      return ReadModuleFact();
    case kRdbEnd:
      return ReadEnd();
    case kRdbOldFunction:
      return Fail("Pre-release function format not supported.");
  }
  return Fail("Unknown RDB opcode " + std::to_string(opcode));
}

bool RdbReader::ReadDeadline(uint8_t opcode, RdbRecord* record) {
  std::optional<int64_t> deadline;
  if (opcode == kRdbDeadlineSeconds) {
    constexpr int64_t kMillis = 1000;
    if (const auto seconds = input_.ReadLittleEndian32()) {
      deadline = static_cast<int32_t>(*seconds) * kMillis;
    }
  } else if (const auto milliseconds = input_.ReadLittleEndian64()) {
    deadline = static_cast<int64_t>(*milliseconds);
  }
  if (!deadline) return false;
  // -1 was "none" in files; what lies before 1970 is simply long past.
  record->deadline = *deadline == -1 ? Entry::kNever
                     : *deadline < 1 ? 1
                                     : static_cast<uint64_t>(*deadline);
  return true;
}

bool RdbReader::ReadUsage(uint8_t opcode, RdbRecord* record) {
  if (opcode == kRdbIdleTime) {
    record->idle_seconds = input_.ReadLength();
    return record->idle_seconds.has_value();
  }
  record->frequency = input_.ReadByte();
  return record->frequency.has_value();
}

std::optional<RdbReader::Item> RdbReader::ReadSelect() {
  const auto database = input_.ReadLength();
  if (!database) return FailShort();
  if (*database >= static_cast<uint64_t>(options_.databases)) {
    return Fail("Data file was created with a server configured to handle more than " +
                std::to_string(options_.databases) + " databases: it has one with number " +
                std::to_string(*database));
  }
  database_ = static_cast<int>(*database);
  return std::nullopt;
}

RdbReader::Item RdbReader::ReadFact() {
  auto name = input_.ReadString();
  auto text = input_.ReadString();
  if (!name || !text) return FailShort();
  name_ = std::move(*name);
  text_ = std::move(*text);
  return Item::kFact;
}

RdbReader::Item RdbReader::ReadSizes() {
  const auto keys = input_.ReadLength();
  const auto with_deadline = input_.ReadLength();
  if (!keys || !with_deadline) return FailShort();
  keys_ = *keys;
  keys_with_deadline_ = *with_deadline;
  return Item::kSizes;
}

RdbReader::Item RdbReader::ReadFunction() {
  auto text = input_.ReadString();
  if (!text) return FailShort();
  text_ = std::move(*text);
  return Item::kFunction;
}

std::optional<RdbReader::Item> RdbReader::ReadModuleFact() {
  const auto id = input_.ReadLength();
  if (!id) return FailShort();
  return Fail("The RDB file contains AUX module data I can't load: no matching module '" +
              ModuleName(*id) + "'");
}

RdbReader::Item RdbReader::ReadKey(uint8_t type, RdbRecord* record) {
  const auto key = input_.ReadString(&record->key_scratch);
  if (!key) return FailShort();
  record->key = *key;
  record->database = database_;
  record->type = type;
  record->value.reset();
  if (type == kRdbTypeString) {
    const auto text = input_.ReadString(&record->text_scratch);
    if (!text) return FailShort();
    record->text = *text;
    return Item::kKey;
  }
  if (type == kTypeModule1 || type == kTypeModule2) {
    const auto id = input_.ReadLength();
    if (!id) return FailShort();
    return Fail("The RDB file contains module data I can't load: no matching module type '" +
                ModuleName(*id) + "'");
  }
  if (!KnowsRdbType(type)) return Fail("Unknown RDB encoding type " + TypeText(type));
  record->value = ReadRdbValue(type, options_.limits, &input_);
  if (!record->value) {
    return Fail("Damaged value of type " + TypeText(type) + ", in what begins at byte " +
                std::to_string(item_at_) + " of " + std::to_string(file_.size()));
  }
  return Item::kKey;
}

RdbReader::Item RdbReader::ReadEnd() {
  UpdateChecksum(0);
  if (version_ < kFirstVersionWithChecksum) return Item::kEnd;
  const auto checksum = input_.ReadLittleEndian64();
  if (!checksum) return FailShort();
  lacks_checksum_ = *checksum == 0;
  if (options_.checksum && !lacks_checksum_ && *checksum != checksum_) {
    return Fail("RDB CRC error: wrong RDB checksum, expected " + Hex(checksum_) + " but got " +
                Hex(*checksum));
  }
  return Item::kEnd;
}

void RdbReader::UpdateChecksum(size_t least) {
  if (!options_.checksum || position() - checked_ < least) return;
  checksum_ = Crc64(checksum_, file_.substr(checked_, position() - checked_));
  checked_ = position();
}

}  // namespace redstart
