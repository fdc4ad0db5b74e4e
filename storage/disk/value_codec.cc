#include "storage/disk/value_codec.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "storage/disk/hash_codec.h"
#include "storage/disk/list_codec.h"
#include "storage/disk/set_codec.h"
#include "storage/disk/stream_codec.h"
#include "storage/disk/zset_codec.h"
#include "storage/string_editor.h"
#include "storage/value.h"

namespace redstart {
namespace {

void AppendString(const StringRef& value, RdbCompression compression, std::string* out) {
  if (value.is_integer()) return AppendRdbIntegerString(value.integer(), out);
  IntegerText scratch;
  AppendRdbString(value.View(&scratch), compression, out);
}

std::optional<DecodedValue> ReadRdbText(uint8_t, const CollectionLimits&, RdbInput* input) {
  std::optional<std::string> text = input->ReadString();
  if (!text) return std::nullopt;
  return DecodedString{std::move(*text)};
}

using ReadFunction = std::optional<DecodedValue> (*)(uint8_t rdb_type,
                                                     const CollectionLimits& limits,
                                                     RdbInput* input);

// Null if there are no values of this type here.
ReadFunction ReaderOf(uint8_t rdb_type) {
  switch (rdb_type) {
    case kRdbTypeString:
      return ReadRdbText;
    case kRdbTypeHash:
    case kRdbTypeHashZipmap:
    case kRdbTypeHashZiplist:
    case kRdbTypeHashListpack:
    case kRdbTypeHashTimedCandidate:
    case kRdbTypeHashListpackExCandidate:
    case kRdbTypeHashTimed:
    case kRdbTypeHashListpackEx:
      return ReadRdbHash;
    case kRdbTypeSet:
    case kRdbTypeSetIntSet:
    case kRdbTypeSetListpack:
      return ReadRdbSet;
    case kRdbTypeZSet:
    case kRdbTypeZSet2:
    case kRdbTypeZSetZiplist:
    case kRdbTypeZSetListpack:
      return ReadRdbZSet;
    case kRdbTypeList:
    case kRdbTypeListZiplist:
    case kRdbTypeListOfZiplists:
    case kRdbTypeListOfNodes:
      return ReadRdbList;
    case kRdbTypeStream1:
    case kRdbTypeStream2:
    case kRdbTypeStream3:
      return ReadRdbStream;
    default:
      return nullptr;
  }
}

// Where an entry stands that another type's line has been forgotten for.
[[noreturn]] void UnknownType() {
  std::abort();
}

CollectionForm FormOf(const DecodedCollection& value) {
  if (value.object != nullptr) return CollectionForm::Object();
  return CollectionForm::Packed(value.packing, value.bytes.size() > kMaxInlinePacked);
}

Entry* NewCollectionEntry(Slab* slab, std::string_view key, DecodedCollection&& value,
                          uint64_t deadline) {
  const CollectionForm form = FormOf(value);
  const bool inside = !form.is_object() && !form.is_outside();
  const bool field_deadlines = value.type == ValueType::kHash &&
                               HashView(value.held()).EarliestDeadline() != HashView::kNever;
  Entry* entry = Entry::New(slab, key,
                            {.type = value.type,
                             .encoding = form.encoding(),
                             .deadline = deadline,
                             .payload_size = inside ? value.bytes.size() : sizeof(void*),
                             .field_deadlines = field_deadlines});
  if (inside) {
    std::memcpy(entry->payload(), value.bytes.data(), value.bytes.size());
  } else if (form.is_outside()) {
    const PackedBlock* block = PackedBlock::New(value.bytes);
    std::memcpy(entry->payload(), &block, sizeof(block));
  } else {
    const Collection* object = value.object.release();
    std::memcpy(entry->payload(), &object, sizeof(object));
  }
  return entry;
}

}  // namespace

uint8_t RdbTypeOf(const Entry& entry, uint16_t rdb_version) {
  switch (entry.type()) {
    case ValueType::kString:
      return kRdbTypeString;
    case ValueType::kHash:
      return RdbTypeOfHash(HashView(CollectionOf(entry)));
    case ValueType::kSet:
      return RdbTypeOfSet(SetView(CollectionOf(entry)), rdb_version);
    case ValueType::kSortedSet:
      return RdbTypeOfZSet(ZSetView(CollectionOf(entry)));
    case ValueType::kList:
      return kRdbTypeListOfNodes;
    case ValueType::kStream:
      return kRdbTypeStream2;
    default:
      UnknownType();
  }
}

void AppendRdbValue(const Entry& entry, RdbCompression compression, std::string* out,
                    uint16_t rdb_version) {
  switch (entry.type()) {
    case ValueType::kString:
      return AppendString(entry.string(), compression, out);
    case ValueType::kHash:
      return AppendRdbHash(HashView(CollectionOf(entry)), compression, out);
    case ValueType::kSet:
      return AppendRdbSet(SetView(CollectionOf(entry)), RdbTypeOf(entry, rdb_version), compression,
                          out);
    case ValueType::kSortedSet:
      return AppendRdbZSet(ZSetView(CollectionOf(entry)), compression, out);
    case ValueType::kList:
      return AppendRdbList(ListView(CollectionOf(entry)), compression, out);
    case ValueType::kStream:
      return AppendRdbStream(*StreamView(CollectionOf(entry)), compression, out);
    default:
      UnknownType();
  }
}

std::string DumpPayloadOf(const Entry& entry, RdbCompression compression) {
  std::string payload(1, static_cast<char>(RdbTypeOf(entry)));
  AppendRdbValue(entry, compression, &payload);
  AppendDumpFooter(&payload,
                   entry.has_field_deadlines() ? kRdbVersionOfFieldDeadlines : kDefaultRdbVersion);
  return payload;
}

bool KnowsRdbType(uint8_t rdb_type) {
  return ReaderOf(rdb_type) != nullptr;
}

std::optional<DecodedValue> ReadRdbValue(uint8_t rdb_type, const CollectionLimits& limits,
                                         RdbInput* input) {
  const ReadFunction read = ReaderOf(rdb_type);
  if (read == nullptr) return std::nullopt;
  return read(rdb_type, limits, input);
}

std::optional<DecodedValue> DecodeDumpBody(std::string_view body, const CollectionLimits& limits) {
  RdbInput input(body);
  const std::optional<uint8_t> type = input.ReadByte();
  if (!type) return std::nullopt;
  std::optional<DecodedValue> value = ReadRdbValue(*type, limits, &input);
  if (value && std::holds_alternative<DecodedNothing>(*value)) return std::nullopt;
  return value;
}

Entry* NewEntry(Slab* slab, std::string_view key, DecodedValue&& value, uint64_t deadline) {
  if (const auto* text = std::get_if<DecodedString>(&value))
    return NewStringEntry(slab, key, text->text, /*may_be_integer=*/true, deadline);
  return NewCollectionEntry(slab, key, std::move(std::get<DecodedCollection>(value)), deadline);
}

}  // namespace redstart
