#include "storage/disk/hash_codec.h"

#include <memory>
#include <utility>

#include "storage/disk/distinct_check.h"
#include "storage/disk/rdb_legacy.h"

namespace redstart {
namespace {

// Builds a hash from fields and values one after the other, small as long as the limits allow.
class HashBuilder {
 public:
  explicit HashBuilder(const CollectionLimits& limits) : limits_(limits) {}

  // To be called if the number of fields is known.
  void Expect(size_t fields) {
    if (fields > limits_.hash_max_listpack_entries) BecomeLarge();
  }
  // False if the field is there already (a small hash may notice that only in the end).
  bool Add(const Element& field, const Element& value) {
    const size_t longest = limits_.hash_max_listpack_value;
    const size_t bytes = pack_.size() + field.size() + value.size();
    if (table_ == nullptr &&
        (field.size() > longest || value.size() > longest || bytes > ListpackView::kMaxBytes)) {
      BecomeLarge();
    }
    if (table_ != nullptr) {
      IntegerText texts[2];
      return table_->Set(field.View(&texts[0]), value.View(&texts[1])) && !damaged_;
    }
    distinct_.Add(field);
    ListpackEditor pack(&pack_);
    pack.Append(field);
    pack.Append(value);
    if (++fields_ > limits_.hash_max_listpack_entries) BecomeLarge();
    return !damaged_;
  }

  std::optional<DecodedValue> Build() {
    if (table_ != nullptr) return DecodedCollection::Object(ValueType::kHash, std::move(table_));
    if (fields_ == 0) return DecodedNothing();
    if (!distinct_.AllDistinct()) return std::nullopt;
    return DecodedCollection::Packed(ValueType::kHash, Packing::kListpack,
                                     std::string(pack_.bytes()));
  }

 private:
  void BecomeLarge() {
    if (table_ != nullptr) return;
    table_ = std::make_unique<FieldTable>();
    HashView(CollectionRef(Packing::kListpack, pack_.bytes()))
        .ForEach([&](const Element& field, const Element& value) {
          IntegerText texts[2];
          if (!table_->Set(field.View(&texts[0]), value.View(&texts[1]))) damaged_ = true;
        });
  }

  const CollectionLimits& limits_;
  PackedBuffer pack_{kEmptyListpack};
  size_t fields_ = 0;
  DistinctCheck distinct_;
  std::unique_ptr<FieldTable> table_;
  bool damaged_ = false;
};

std::optional<DecodedValue> ReadFields(const CollectionLimits& limits, RdbInput* input) {
  const auto count = input->ReadCount(2);
  if (!count) return std::nullopt;
  HashBuilder hash(limits);
  hash.Expect(*count);
  std::string scratch[2];
  for (uint64_t i = 0; i < *count; ++i) {
    const auto field = input->ReadString(&scratch[0]);
    if (!field) return std::nullopt;
    const auto value = input->ReadString(&scratch[1]);
    if (!value || !hash.Add(Element(*field), Element(*value))) return std::nullopt;
  }
  return hash.Build();
}

// The listpack is taken as it is, unless the limits want a large hash.
std::optional<DecodedValue> ReadListpack(const CollectionLimits& limits, RdbInput* input) {
  std::optional<std::string> bytes = input->ReadString();
  if (!bytes) return std::nullopt;
  DistinctCheck distinct;
  size_t elements = 0;
  const auto visit = [&](const Element& element) {
    if (elements++ % 2 == 0) distinct.Add(element);
    return true;
  };
  if (!IsValidListpack(*bytes, visit) || elements % 2 != 0 || !distinct.AllDistinct()) {
    return std::nullopt;
  }
  if (elements == 0) return DecodedNothing();
  if (elements / 2 <= limits.hash_max_listpack_entries)
    return DecodedCollection::Packed(ValueType::kHash, Packing::kListpack, std::move(*bytes));
  HashBuilder hash(limits);
  hash.Expect(elements / 2);
  HashView(CollectionRef(Packing::kListpack, *bytes))
      .ForEach([&](const Element& field, const Element& value) { hash.Add(field, value); });
  return hash.Build();
}

using LegacyReader = bool (*)(std::string_view bytes,
                              absl::FunctionRef<bool(const Element& element)> visit);

std::optional<DecodedValue> ReadLegacy(LegacyReader read, const CollectionLimits& limits,
                                       RdbInput* input) {
  std::string scratch;
  const auto bytes = input->ReadString(&scratch);
  if (!bytes) return std::nullopt;
  HashBuilder hash(limits);
  std::optional<Element> field;
  const auto visit = [&](const Element& element) {
    if (field) {
      const Element complete = *std::exchange(field, std::nullopt);
      return hash.Add(complete, element);
    }
    field = element;
    return true;
  };
  if (!read(*bytes, visit) || field) return std::nullopt;
  return hash.Build();
}

}  // namespace

uint8_t RdbTypeOfHash(const HashView& hash) {
  return hash.is_large() ? kRdbTypeHash : kRdbTypeHashListpack;
}

void AppendRdbHash(const HashView& hash, RdbCompression compression, std::string* out) {
  if (!hash.is_large()) return AppendRdbString(hash.listpack().bytes(), compression, out);
  AppendRdbLength(hash.size(), out);
  hash.table().ForEach([&](const FieldNode& node) {
    AppendRdbString(node.field(), compression, out);
    AppendRdbString(node.value(), compression, out);
  });
}

std::optional<DecodedValue> ReadRdbHash(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input) {
  switch (rdb_type) {
    case kRdbTypeHash:
      return ReadFields(limits, input);
    case kRdbTypeHashListpack:
      return ReadListpack(limits, input);
    case kRdbTypeHashZiplist:
      return ReadLegacy(ReadZiplist, limits, input);
    case kRdbTypeHashZipmap:
      return ReadLegacy(ReadZipmap, limits, input);
    default:
      return std::nullopt;
  }
}

}  // namespace redstart
