#include "storage/disk/hash_codec.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "storage/disk/distinct_check.h"
#include "storage/disk/rdb_legacy.h"

namespace redstart {
namespace {

// Builds a hash from fields and values one after the other, small as long as the limits allow.
class HashBuilder {
 public:
  enum class Deadlines : uint8_t { kNone, kForeseen };
  explicit HashBuilder(const CollectionLimits& limits, Deadlines deadlines = Deadlines::kNone)
      : limits_(limits),
        packing_(deadlines == Deadlines::kNone ? Packing::kListpack : Packing::kListpackEx) {}

  // To be called if the number of fields is known.
  void Expect(size_t fields) {
    if (fields > limits_.hash_max_listpack_entries) BecomeLarge();
  }
  // False if the field is there already (a small hash may notice that only in the end).
  // REQUIRES: no deadline, unless they were foreseen.
  bool Add(const Element& field, const Element& value, uint64_t deadline = HashView::kNever) {
    const size_t longest = limits_.hash_max_listpack_value;
    const size_t bytes = pack_.size() + field.size() + value.size();
    if (table_ == nullptr &&
        (field.size() > longest || value.size() > longest || bytes > ListpackView::kMaxBytes)) {
      BecomeLarge();
    }
    if (table_ != nullptr) return AddToTable(field, value, deadline) && !damaged_;
    distinct_.Add(field);
    ListpackEditor pack(&pack_);
    pack.Append(field);
    pack.Append(value);
    if (packing_ == Packing::kListpackEx) AppendDeadline(deadline);
    if (++fields_ > limits_.hash_max_listpack_entries) BecomeLarge();
    return !damaged_;
  }

  std::optional<DecodedValue> Build() {
    if (table_ != nullptr) return DecodedCollection::Object(ValueType::kHash, std::move(table_));
    if (fields_ == 0) return DecodedNothing();
    if (!distinct_.AllDistinct()) return std::nullopt;
    if (!in_order_) Sort();
    return DecodedCollection::Packed(ValueType::kHash, packing_, std::string(pack_.bytes()));
  }

 private:
  HashView view() const { return HashView(CollectionRef(packing_, pack_.bytes())); }
  void AppendDeadline(uint64_t deadline) {
    ListpackEditor(&pack_).Append(static_cast<int64_t>(deadline));
    // Those without a deadline come last.
    in_order_ = in_order_ && RankOf(deadline) >= last_rank_;
    last_rank_ = RankOf(deadline);
  }
  static uint64_t RankOf(uint64_t deadline) { return deadline - 1; }
  bool AddToTable(const Element& field, const Element& value, uint64_t deadline) {
    IntegerText texts[2];
    return table_->Set(field.View(&texts[0]), value.View(&texts[1]), deadline);
  }
  void BecomeLarge() {
    if (table_ != nullptr) return;
    table_ = std::make_unique<FieldTable>();
    view().ForEachOfAll([&](const Element& field, const Element& value, uint64_t deadline) {
      if (!AddToTable(field, value, deadline)) damaged_ = true;
    });
  }
  // Puts the listpack into the order of deadlines.
  void Sort() {
    struct Item {
      uint64_t deadline;
      Element field;
      Element value;
    };
    std::vector<Item> items;
    view().ForEachOfAll([&](const Element& field, const Element& value, uint64_t deadline) {
      items.push_back({deadline, field, value});
    });
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      return RankOf(a.deadline) < RankOf(b.deadline);
    });
    PackedBuffer sorted(kEmptyListpack);
    ListpackEditor pack(&sorted);
    for (const Item& item : items) {
      pack.Append(item.field);
      pack.Append(item.value);
      pack.Append(static_cast<int64_t>(item.deadline));
    }
    pack_ = std::move(sorted);
  }

  const CollectionLimits& limits_;
  const Packing packing_;
  PackedBuffer pack_{kEmptyListpack};
  size_t fields_ = 0;
  bool in_order_ = true;
  uint64_t last_rank_ = 0;
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

// Fields with their deadlines. `absolute`: as release candidates of 7.4 wrote them.
std::optional<DecodedValue> ReadTimedFields(bool absolute, const CollectionLimits& limits,
                                            RdbInput* input) {
  uint64_t earliest = 0;
  if (!absolute) {
    const auto read = input->ReadLittleEndian64();
    if (!read || *read > HashView::kMaxDeadline + 1) return std::nullopt;
    earliest = *read;
  }
  const auto count = input->ReadCount(3);
  if (!count) return std::nullopt;
  HashBuilder hash(limits, HashBuilder::Deadlines::kForeseen);
  hash.Expect(*count);
  std::string scratch[2];
  for (uint64_t i = 0; i < *count; ++i) {
    const auto time = input->ReadLength();
    if (!time || *time > HashView::kMaxDeadline) return std::nullopt;
    const uint64_t deadline = *time == 0 || absolute ? *time : earliest + *time - 1;
    if (deadline > HashView::kMaxDeadline) return std::nullopt;
    const auto field = input->ReadString(&scratch[0]);
    if (!field) return std::nullopt;
    const auto value = input->ReadString(&scratch[1]);
    if (!value || !hash.Add(Element(*field), Element(*value), deadline)) return std::nullopt;
  }
  return hash.Build();
}

// It is built anew rather than taken as it is: only Redis promises that it is in order.
std::optional<DecodedValue> ReadTimedListpack(bool has_earliest, const CollectionLimits& limits,
                                              RdbInput* input) {
  if (has_earliest && !input->ReadLittleEndian64()) return std::nullopt;
  std::string scratch;
  const auto bytes = input->ReadString(&scratch);
  if (!bytes) return std::nullopt;
  HashBuilder hash(limits, HashBuilder::Deadlines::kForeseen);
  Element parts[2];
  size_t elements = 0;
  const auto visit = [&](const Element& element) {
    const size_t part = elements++ % 3;
    if (part < 2) {
      parts[part] = element;
      return true;
    }
    if (!element.is_integer() || element.integer() < 0) return false;
    const auto deadline = static_cast<uint64_t>(element.integer());
    return deadline <= HashView::kMaxDeadline && hash.Add(parts[0], parts[1], deadline);
  };
  if (!IsValidListpack(*bytes, visit) || elements % 3 != 0) return std::nullopt;
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

void AppendSmall(const HashView& hash, RdbCompression compression, std::string* out) {
  if (hash.stride() == 2 || hash.EarliestDeadline() != HashView::kNever)
    return AppendRdbString(hash.listpack().bytes(), compression, out);
  // The room for deadlines is empty: what every version can read is written.
  PackedBuffer narrow(kEmptyListpack);
  ListpackEditor pack(&narrow);
  hash.ForEach([&](const Element& field, const Element& value) {
    pack.Append(field);
    pack.Append(value);
  });
  AppendRdbString(narrow.bytes(), compression, out);
}

}  // namespace

uint8_t RdbTypeOfHash(const HashView& hash) {
  const bool has_deadlines = hash.EarliestDeadline() != HashView::kNever;
  if (hash.is_large()) return has_deadlines ? kRdbTypeHashTimed : kRdbTypeHash;
  return has_deadlines ? kRdbTypeHashListpackEx : kRdbTypeHashListpack;
}

void AppendRdbHash(const HashView& hash, RdbCompression compression, std::string* out) {
  const uint64_t earliest = hash.EarliestDeadline();
  if (earliest != HashView::kNever) AppendLittleEndian64(earliest, out);
  if (!hash.is_large()) return AppendSmall(hash, compression, out);
  AppendRdbLength(hash.size(), out);
  hash.table().ForEach([&](const FieldNode& node) {
    if (earliest != HashView::kNever)
      AppendRdbLength(node.has_deadline() ? node.deadline() - earliest + 1 : 0, out);
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
    case kRdbTypeHashTimed:
    case kRdbTypeHashTimedCandidate:
      return ReadTimedFields(rdb_type == kRdbTypeHashTimedCandidate, limits, input);
    case kRdbTypeHashListpackEx:
    case kRdbTypeHashListpackExCandidate:
      return ReadTimedListpack(rdb_type == kRdbTypeHashListpackEx, limits, input);
    case kRdbTypeHashZiplist:
      return ReadLegacy(ReadZiplist, limits, input);
    case kRdbTypeHashZipmap:
      return ReadLegacy(ReadZipmap, limits, input);
    default:
      return std::nullopt;
  }
}

}  // namespace redstart
