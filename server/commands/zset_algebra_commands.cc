// Unions, intersections and differences of sorted sets and sets, answered or stored. A member of a
// set has the score 1.

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "server/commands/command_families.h"
#include "server/commands/stored_result.h"
#include "server/commands/zset_range.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/disk/zset_codec.h"
#include "storage/types/member_position.h"
#include "storage/types/set.h"

namespace redstart {
namespace {

enum class Operation : uint8_t { kUnion, kInter, kDiff };
enum class Aggregate : uint8_t { kSum, kMin, kMax };

// What stands under one of the keys.
class Source {
 public:
  // `entry` may be null. REQUIRES: it holds a set or a sorted set.
  explicit Source(const Entry* entry) : entry_(entry) {
    if (entry == nullptr) return;
    is_set_ = entry->type() == ValueType::kSet;
    const CollectionRef held(entry->encoding(), entry->payload(), entry->payload_size());
    if (is_set_) {
      set_ = SetView(held);
    } else {
      zset_ = ZSetView(held);
    }
  }

  size_t size() const { return is_set_ ? set_.size() : zset_.size(); }
  bool IsSameAs(const Source& other) const { return entry_ == other.entry_; }
  std::optional<double> Score(std::string_view member) const {
    if (!is_set_) return zset_.Score(member);
    return set_.Contains(member) ? std::optional<double>(1) : std::nullopt;
  }
  // Visits elements until `visit` says false.
  void ForEachWhile(absl::FunctionRef<bool(const Element& member, double score)> visit) const {
    if (is_set_) {
      return set_.ForEachWhile([&](const Element& member) { return visit(member, 1); });
    }
    constexpr size_t kPortion = 64;
    bool goes_on = true;
    for (size_t first = 0; goes_on && first < zset_.size(); first += kPortion) {
      zset_.VisitUp(
          first, std::min(kPortion, zset_.size() - first),
          [&](const Element& member, double score) { goes_on = goes_on && visit(member, score); });
    }
  }

  double weight = 1;

 private:
  const Entry* entry_;
  bool is_set_ = false;
  SetView set_;
  ZSetView zset_;
};

struct Query {
  absl::InlinedVector<Source, 8> sources;
  Aggregate aggregate = Aggregate::kSum;
  bool with_scores = false;
  int64_t limit = 0;  // 0: none.
};

// Which words a command knows beside its keys.
struct Form {
  std::string_view name;  // For errors.
  bool has_weights = true;
  bool has_scores = false;
  bool has_limit = false;
};

double Combined(Aggregate aggregate, double a, double b) {
  if (aggregate == Aggregate::kMin) return b < a ? b : a;
  if (aggregate == Aggregate::kMax) return b > a ? b : a;
  const double sum = a + b;
  return std::isnan(sum) ? 0 : sum;  // Both infinities together make 0.
}

double Weighted(const Source& source, double score) {
  const double weighted = source.weight * score;
  return std::isnan(weighted) ? 0 : weighted;
}

void ReadAggregate(ArgReader* in, Query* query) {
  if (in->Word("SUM")) {
    query->aggregate = Aggregate::kSum;
  } else if (in->Word("MIN")) {
    query->aggregate = Aggregate::kMin;
  } else if (in->Word("MAX")) {
    query->aggregate = Aggregate::kMax;
  } else {
    in->Fail(error::kSyntax);
  }
}

void ReadWeights(ArgReader* in, Query* query) {
  for (Source& source : query->sources) {
    const std::optional<double> weight = ParseDouble(in->Bytes());
    if (!weight) return in->Fail(error::kWeightNotFloat);
    source.weight = *weight;
  }
}

void ReadOptions(ArgReader* in, const Form& form, Query* query) {
  while (in->ok() && !in->done()) {
    if (form.has_weights && in->remaining() > query->sources.size() && in->Word("WEIGHTS")) {
      ReadWeights(in, query);
    } else if (form.has_weights && in->remaining() >= 2 && in->Word("AGGREGATE")) {
      ReadAggregate(in, query);
    } else if (form.has_scores && in->Word("WITHSCORES")) {
      query->with_scores = true;
    } else if (form.has_limit && in->remaining() >= 2 && in->Word("LIMIT")) {
      query->limit = in->Integer(
          {.min = 0, .otherwise = error::kLimitNegative, .malformed = error::kLimitNegative});
    } else {
      in->Fail(error::kSyntax);
    }
  }
}

// Reads "numkeys key [key ...]" and the options behind, looking the keys up on the way, as Redis
// does: a wrong type is noticed before a wrong option. Otherwise the error has been written.
// `find_entry` is that of ReadKeys or WriteKeys.
template <typename FindEntry>
std::optional<Query> ReadQuery(Args words, const Form& form, FindEntry&& find_entry,
                               ReplyBuilder& reply) {
  ArgReader in(words);
  const int64_t count = in.Integer();
  if (in.ok() && count < 1) {
    reply.Fail(error::NoInputKeys(form.name));
    return std::nullopt;
  }
  if (in.ok() && static_cast<uint64_t>(count) > in.remaining()) in.Fail(error::kSyntax);
  Query query;
  for (int64_t i = 0; in.ok() && i < count; ++i) {
    const Entry* entry = find_entry(in.Bytes());
    if (entry != nullptr && entry->type() != ValueType::kSortedSet &&
        entry->type() != ValueType::kSet) {
      in.Fail(error::kWrongType);
    } else {
      query.sources.emplace_back(entry);
    }
  }
  if (in.ok()) ReadOptions(&in, form, &query);
  if (in.ok()) return query;
  reply.Fail(in.error());
  return std::nullopt;
}

// Calls visit(member, score) for what is in all sources, until it says false.
void Intersect(const Query& query,
               absl::FunctionRef<bool(const Element& member, double score)> visit) {
  const Source& smallest = query.sources[0];
  smallest.ForEachWhile([&](const Element& member, double own) {
    IntegerText scratch;
    const std::string_view text = member.View(&scratch);
    double score = Weighted(smallest, own);
    for (size_t i = 1; i < query.sources.size(); ++i) {
      const Source& source = query.sources[i];
      const std::optional<double> other = source.IsSameAs(smallest) ? own : source.Score(text);
      if (!other) return true;
      score = Combined(query.aggregate, score, source.weight * *other);
    }
    return visit(member, score);
  });
}

// The elements of a result before they have an order.
class Result {
 public:
  struct Scored {
    std::string_view member;
    double score;
  };

  void Add(const Element& member, double score) { elements_.push_back({Kept(member), score}); }
  // The same for a member that may have been added before.
  void Combine(const Element& member, double score, Aggregate aggregate) {
    const std::string_view text = Kept(member);
    const auto [at, is_new] = places_.try_emplace(text, elements_.size());
    if (is_new) {
      elements_.push_back({text, score});
    } else {
      double& combined = elements_[at->second].score;
      combined = Combined(aggregate, combined, score);
    }
  }

  size_t size() const { return elements_.size(); }
  void Sort() {
    std::sort(elements_.begin(), elements_.end(), [](const Scored& a, const Scored& b) {
      return a.score != b.score ? a.score < b.score : a.member < b.member;
    });
  }
  const std::vector<Scored>& elements() const { return elements_; }

 private:
  struct Hash {
    size_t operator()(std::string_view text) const { return MemberPosition(text); }
  };

  // The text as long as the result lives: integers need a place of their own.
  std::string_view Kept(const Element& member) {
    IntegerText scratch;
    const std::string_view text = member.View(&scratch);
    return member.is_integer() ? std::string_view(texts_.emplace_back(text)) : text;
  }

  std::vector<Scored> elements_;
  absl::flat_hash_map<std::string_view, size_t, Hash, std::equal_to<>> places_;
  std::deque<std::string> texts_;
};

void Unite(const Query& query, Result* result) {
  for (const Source& source : query.sources) {
    source.ForEachWhile([&](const Element& member, double score) {
      result->Combine(member, Weighted(source, score), query.aggregate);
      return true;
    });
  }
}

void Subtract(const Query& query, Result* result) {
  const Source& first = query.sources[0];
  const auto others = absl::MakeConstSpan(query.sources).subspan(1);
  const auto is_first = [&](const Source& source) { return source.IsSameAs(first); };
  if (std::any_of(others.begin(), others.end(), is_first)) return;
  first.ForEachWhile([&](const Element& member, double score) {
    IntegerText scratch;
    const std::string_view text = member.View(&scratch);
    const auto has_it = [&](const Source& source) { return source.Score(text).has_value(); };
    if (std::none_of(others.begin(), others.end(), has_it)) result->Add(member, score);
    return true;
  });
}

// Sums of doubles depend on their order: from the smallest source up, as on Redis.
void SortBySize(Query* query) {
  std::stable_sort(query->sources.begin(), query->sources.end(),
                   [](const Source& a, const Source& b) { return a.size() < b.size(); });
}

Result ResultOf(Operation operation, Query* query) {
  Result result;
  if (operation == Operation::kDiff) {
    Subtract(*query, &result);
    return result;
  }
  SortBySize(query);
  if (operation == Operation::kUnion) {
    Unite(*query, &result);
  } else {
    Intersect(*query, [&](const Element& member, double score) {
      result.Add(member, score);
      return true;
    });
  }
  return result;
}

constexpr std::string_view NameOf(Operation operation, bool stores) {
  switch (operation) {
    case Operation::kUnion:
      return stores ? "zunionstore" : "zunion";
    case Operation::kInter:
      return stores ? "zinterstore" : "zinter";
    case Operation::kDiff:
      break;
  }
  return stores ? "zdiffstore" : "zdiff";
}

// ZUNION, ZINTER, ZDIFF numkeys key [key ...] [WEIGHTS ...] [AGGREGATE ...] [WITHSCORES]
template <Operation kOperation>
void Answer(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Form form = {.name = NameOf(kOperation, /*stores=*/false),
                     .has_weights = kOperation != Operation::kDiff,
                     .has_scores = true};
  auto query = ReadQuery(
      args.subspan(1), form, [&](std::string_view key) { return keys.FindEntry(key); }, reply);
  if (!query) return;
  Result result = ResultOf(kOperation, &*query);
  result.Sort();
  AnnounceElements(result.size(), query->with_scores, reply);
  for (const auto& [member, score] : result.elements()) {
    ReplyWithScored(Element(member), score, query->with_scores, reply);
  }
}

// ZUNIONSTORE, ZINTERSTORE, ZDIFFSTORE destination numkeys key [key ...] ...
template <Operation kOperation>
void StoreAnswer(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view name = NameOf(kOperation, /*stores=*/true);
  const Form form = {.name = name, .has_weights = kOperation != Operation::kDiff};
  auto query = ReadQuery(
      args.subspan(2), form, [&](std::string_view key) { return keys.ReadEntry(key); }, reply);
  if (!query) return;
  Result result = ResultOf(kOperation, &*query);
  result.Sort();  // Added in order, they fill the nodes of the new set.
  ZSetBuilder stored;
  for (const auto& [member, score] : result.elements()) stored.Add(member, score);
  StoreResult(keys, args[1], stored.Take(keys.limits()), result.size(), Event::kSortedSet, name,
              reply);
}

// ZINTERCARD numkeys key [key ...] [LIMIT limit]
void ZInterCard(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Form form = {.name = "zintercard", .has_weights = false, .has_limit = true};
  auto query = ReadQuery(
      args.subspan(1), form, [&](std::string_view key) { return keys.FindEntry(key); }, reply);
  if (!query) return;
  SortBySize(&*query);
  int64_t found = 0;
  Intersect(*query, [&](const Element&, double) { return ++found != query->limit; });
  reply.Integer(found);
}

constexpr KeySpec kCountedKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .first = 1, .counted = true}};
constexpr KeySpec kStoreKeys[] = {
    {.flags = kKeyOverwrite | kKeyUpdate},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .first = 1, .counted = true},
};

constexpr std::string_view kUnionCost =
    "O(N)+O(M*log(M)), N being the number of all elements and M that of the result";
constexpr std::string_view kInterCost =
    "O(N*K)+O(M*log(M)), N being the size of the smallest source, K the number of sources and M "
    "the number of elements of the result";
constexpr std::string_view kDiffCost =
    "O(N*K)+O(M*log(M)), N being the size of the first source, K the number of sources and M the "
    "number of elements of the result";

constexpr CommandSpec kCommands[] = {
    {.name = "ZUNION",
     .args = "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <aggregate: SUM | MIN "
             "| MAX>] [WITHSCORES]",
     .arity = -3,
     .keys = kCountedKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = Answer<Operation::kUnion>,
     .since = "6.2.0",
     .summary = "Answers with the members that any of the sorted sets has.",
     .complexity = kUnionCost},
    {.name = "ZUNIONSTORE",
     .args = "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE "
             "<aggregate: SUM | MIN | MAX>]",
     .arity = -4,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSortedSet,
     .run = StoreAnswer<Operation::kUnion>,
     .since = "2.0.0",
     .summary = "Stores the members that any of the sorted sets has.",
     .complexity = kUnionCost},
    {.name = "ZINTER",
     .args = "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <aggregate: SUM | MIN "
             "| MAX>] [WITHSCORES]",
     .arity = -3,
     .keys = kCountedKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = Answer<Operation::kInter>,
     .since = "6.2.0",
     .summary = "Answers with the members that all sorted sets have.",
     .complexity = kInterCost},
    {.name = "ZINTERSTORE",
     .args = "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE "
             "<aggregate: SUM | MIN | MAX>]",
     .arity = -4,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSortedSet,
     .run = StoreAnswer<Operation::kInter>,
     .since = "2.0.0",
     .summary = "Stores the members that all sorted sets have.",
     .complexity = kInterCost},
    {.name = "ZINTERCARD",
     .args = "numkeys key [key ...] [LIMIT limit#i]",
     .arity = -3,
     .keys = kCountedKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = ZInterCard,
     .since = "7.0.0",
     .summary = "Counts the members that all sorted sets have, up to a limit.",
     .complexity = kInterCost},
    {.name = "ZDIFF",
     .args = "numkeys key [key ...] [WITHSCORES]",
     .arity = -3,
     .keys = kCountedKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = Answer<Operation::kDiff>,
     .since = "6.2.0",
     .summary = "Answers with the members of the first sorted set that no other one has.",
     .complexity = kDiffCost},
    {.name = "ZDIFFSTORE",
     .args = "destination numkeys key [key ...]",
     .arity = -4,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSortedSet,
     .run = StoreAnswer<Operation::kDiff>,
     .since = "6.2.0",
     .summary = "Stores the members of the first sorted set that no other one has.",
     .complexity = kDiffCost},
};

}  // namespace

CommandRows ZSetAlgebraCommands() {
  return kCommands;
}

}  // namespace redstart
