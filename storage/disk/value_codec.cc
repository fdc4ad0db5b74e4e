#include "storage/disk/value_codec.h"

#include <cstdlib>
#include <utility>

#include "storage/string_editor.h"

namespace redstart {
namespace {

void AppendString(const StringRef& value, RdbCompression compression, std::string* out) {
  if (value.is_integer()) return AppendRdbIntegerString(value.integer(), out);
  IntegerText scratch;
  AppendRdbString(value.View(&scratch), compression, out);
}

std::optional<DecodedValue> ReadString(RdbInput* input) {
  std::optional<std::string> text = input->ReadString();
  if (!text) return std::nullopt;
  return DecodedString{std::move(*text)};
}

Entry* NewEntryOf(Slab* slab, std::string_view key, const DecodedString& value, uint64_t deadline) {
  return NewStringEntry(slab, key, value.text, /*may_be_integer=*/true, deadline);
}

}  // namespace

uint8_t RdbTypeOf(const Entry& entry) {
  switch (entry.type()) {
    case ValueType::kString:
      return kRdbTypeString;
    default:
      std::abort();  // Nothing makes entries of other types.
  }
}

void AppendRdbValue(const Entry& entry, RdbCompression compression, std::string* out) {
  switch (entry.type()) {
    case ValueType::kString:
      return AppendString(entry.string(), compression, out);
    default:
      std::abort();
  }
}

std::string DumpPayloadOf(const Entry& entry, RdbCompression compression) {
  std::string payload(1, static_cast<char>(RdbTypeOf(entry)));
  AppendRdbValue(entry, compression, &payload);
  AppendDumpFooter(&payload);
  return payload;
}

bool KnowsRdbType(uint8_t rdb_type) {
  return rdb_type == kRdbTypeString;
}

std::optional<DecodedValue> ReadRdbValue(uint8_t rdb_type, RdbInput* input) {
  switch (rdb_type) {
    case kRdbTypeString:
      return ReadString(input);
    default:
      return std::nullopt;
  }
}

std::optional<DecodedValue> DecodeDumpBody(std::string_view body) {
  RdbInput input(body);
  const std::optional<uint8_t> type = input.ReadByte();
  if (!type) return std::nullopt;
  return ReadRdbValue(*type, &input);
}

Entry* NewEntry(Slab* slab, std::string_view key, const DecodedValue& value, uint64_t deadline) {
  return std::visit([&](const auto& decoded) { return NewEntryOf(slab, key, decoded, deadline); },
                    value);
}

}  // namespace redstart
