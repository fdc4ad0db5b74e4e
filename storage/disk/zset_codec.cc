#include "storage/disk/zset_codec.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "storage/disk/distinct_check.h"
#include "storage/disk/rdb_legacy.h"
#include "storage/zset_editor.h"

namespace redstart {
namespace {

// The length byte of a score as text, where it is none.
constexpr uint8_t kScoreNan = 253;
constexpr uint8_t kScoreInfinity = 254;
constexpr uint8_t kScoreMinusInfinity = 255;

// A score as version 3 and below have it: a length byte and its text.
std::optional<double> ReadTextScore(RdbInput* input) {
  const auto size = input->ReadByte();
  if (!size || *size == kScoreNan) return std::nullopt;
  if (*size == kScoreInfinity) return std::numeric_limits<double>::infinity();
  if (*size == kScoreMinusInfinity) return -std::numeric_limits<double>::infinity();
  const auto text = input->ReadBytes(*size);
  if (!text) return std::nullopt;
  return ParseDouble(*text);
}

std::optional<DecodedValue> ReadElements(bool binary_scores, const CollectionLimits& limits,
                                         RdbInput* input) {
  const auto count = input->ReadCount(binary_scores ? 9 : 2);
  if (!count) return std::nullopt;
  ZSetBuilder zset;
  std::string scratch;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto member = input->ReadString(&scratch);
    if (!member) return std::nullopt;
    const auto score = binary_scores ? input->ReadRdbDouble() : ReadTextScore(input);
    if (!score || std::isnan(*score) || !zset.Add(*member, *score)) return std::nullopt;
  }
  return zset.Take(limits);
}

// The listpack is taken as it is, unless the limits want a large set.
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
  if (elements / 2 <= limits.zset_max_listpack_entries) {
    return DecodedCollection::Packed(ValueType::kSortedSet, Packing::kListpack, std::move(*bytes));
  }
  auto set = std::make_unique<ScoredSet>();
  ZSetView(CollectionRef(Packing::kListpack, *bytes))
      .ForEach([&](const Element& member, double score) {
        IntegerText text;
        set->Set(member.View(&text), score);
      });
  return DecodedCollection::Object(ValueType::kSortedSet, std::move(set));
}

// The elements of a ziplist, as a listpack or a large set by their number alone, as on Redis.
std::optional<DecodedValue> ReadOldPacked(const CollectionLimits& limits, RdbInput* input) {
  std::string scratch;
  const auto bytes = input->ReadString(&scratch);
  if (!bytes) return std::nullopt;
  PackedBuffer pack(kEmptyListpack);
  const auto visit = [&](const Element& element) {
    ListpackEditor(&pack).Append(element);
    return true;
  };
  if (!ReadZiplist(*bytes, visit)) return std::nullopt;
  std::string body;
  AppendRdbString(pack.bytes(), RdbCompression::kOff, &body);
  RdbInput converted(body);
  return ReadListpack(limits, &converted);
}

}  // namespace

uint8_t RdbTypeOfZSet(const ZSetView& zset) {
  return zset.is_large() ? kRdbTypeZSet2 : kRdbTypeZSetListpack;
}

void AppendRdbZSet(const ZSetView& zset, RdbCompression compression, std::string* out) {
  if (!zset.is_large()) return AppendRdbString(zset.listpack().bytes(), compression, out);
  AppendRdbLength(zset.size(), out);
  // Downwards: so Redis, whose lists are quicker to insert into at the front, loads it faster.
  const ScoreTree& tree = zset.scored_set().tree();
  tree.VisitDown(tree.size() - 1, tree.size(), [&](const ScoredMember& element) {
    AppendRdbString(element.member(), compression, out);
    AppendRdbDouble(element.score(), out);
  });
}

std::optional<DecodedValue> ReadRdbZSet(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input) {
  switch (rdb_type) {
    case kRdbTypeZSet:
      return ReadElements(/*binary_scores=*/false, limits, input);
    case kRdbTypeZSet2:
      return ReadElements(/*binary_scores=*/true, limits, input);
    case kRdbTypeZSetZiplist:
      return ReadOldPacked(limits, input);
    case kRdbTypeZSetListpack:
      return ReadListpack(limits, input);
    default:
      return std::nullopt;
  }
}

bool ZSetBuilder::Add(std::string_view member, double score) {
  longest_ = std::max(longest_, member.size());
  bytes_ += member.size();
  return set_->Set(member, score);
}

DecodedValue ZSetBuilder::Take(const CollectionLimits& limits) {
  if (size() == 0) return DecodedNothing();
  if (size() > limits.zset_max_listpack_entries || longest_ > limits.zset_max_listpack_value ||
      bytes_ > ListpackView::kMaxBytes) {
    return DecodedCollection::Object(ValueType::kSortedSet, std::move(set_));
  }
  PackedBuffer pack(kEmptyListpack);
  set_->tree().VisitUp(0, size(), [&](const ScoredMember& element) {
    InsertScored(&pack, ListpackView(pack.bytes()).end(), element.member(), element.score());
  });
  return DecodedCollection::Packed(ValueType::kSortedSet, Packing::kListpack,
                                   std::string(pack.bytes()));
}

}  // namespace redstart
