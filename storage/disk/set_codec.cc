#include "storage/disk/set_codec.h"

#include <utility>

#include "storage/disk/distinct_check.h"

namespace redstart {
namespace {

// Where the listpack form of sets came.
constexpr uint16_t kListpackVersion = 11;

std::optional<DecodedValue> ReadMembers(const CollectionLimits& limits, RdbInput* input) {
  const auto count = input->ReadCount(1);
  if (!count) return std::nullopt;
  SetBuilder set(limits);
  set.Expect(*count);
  std::string scratch;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto member = input->ReadString(&scratch);
    if (!member || !set.Add(*member)) return std::nullopt;
  }
  return TakeSet(&set);
}

DecodedValue Enlarged(const SetView& set) {
  auto table = std::make_unique<MemberTable>();
  set.ForEach([&](const Element& member) {
    IntegerText scratch;
    table->Add(member.View(&scratch));
  });
  return DecodedCollection::Object(ValueType::kSet, std::move(table));
}

// Packed bytes are taken as they are, unless the limits want a large set.
DecodedValue TakePacked(Packing packing, std::string bytes, size_t most) {
  const SetView set(CollectionRef(packing, bytes));
  if (set.size() == 0) return DecodedNothing();
  if (set.size() > most) return Enlarged(set);
  return DecodedCollection::Packed(ValueType::kSet, packing, std::move(bytes));
}

std::optional<DecodedValue> ReadIntSet(const CollectionLimits& limits, RdbInput* input) {
  std::optional<std::string> bytes = input->ReadString();
  if (!bytes || !IsValidIntSet(*bytes)) return std::nullopt;
  return TakePacked(Packing::kIntSet, std::move(*bytes), limits.set_max_intset_entries);
}

std::optional<DecodedValue> ReadListpack(const CollectionLimits& limits, RdbInput* input) {
  std::optional<std::string> bytes = input->ReadString();
  if (!bytes) return std::nullopt;
  DistinctCheck distinct;
  const auto visit = [&](const Element& member) {
    distinct.Add(member);
    return true;
  };
  if (!IsValidListpack(*bytes, visit) || !distinct.AllDistinct()) return std::nullopt;
  return TakePacked(Packing::kListpack, std::move(*bytes), limits.set_max_listpack_entries);
}

}  // namespace

uint8_t RdbTypeOfSet(const SetView& set, uint16_t rdb_version) {
  if (set.is_int_set()) return kRdbTypeSetIntSet;
  if (set.is_listpack() && rdb_version >= kListpackVersion) return kRdbTypeSetListpack;
  return kRdbTypeSet;
}

void AppendRdbSet(const SetView& set, uint8_t rdb_type, RdbCompression compression,
                  std::string* out) {
  if (rdb_type != kRdbTypeSet) return AppendRdbString(set.held().packed(), compression, out);
  AppendRdbLength(set.size(), out);
  set.ForEach([&](const Element& member) {
    if (member.is_integer()) return AppendRdbIntegerString(member.integer(), out);
    IntegerText unused;
    AppendRdbString(member.View(&unused), compression, out);
  });
}

std::optional<DecodedValue> ReadRdbSet(uint8_t rdb_type, const CollectionLimits& limits,
                                       RdbInput* input) {
  switch (rdb_type) {
    case kRdbTypeSet:
      return ReadMembers(limits, input);
    case kRdbTypeSetIntSet:
      return ReadIntSet(limits, input);
    case kRdbTypeSetListpack:
      return ReadListpack(limits, input);
    default:
      return std::nullopt;
  }
}

DecodedValue TakeSet(SetBuilder* builder) {
  if (builder->empty()) return DecodedNothing();
  if (builder->view().is_large())
    return DecodedCollection::Object(ValueType::kSet, builder->TakeObject());
  const CollectionRef held = builder->held();
  return DecodedCollection::Packed(ValueType::kSet, held.packing(), std::string(held.packed()));
}

}  // namespace redstart
