// Intersections, unions and differences of sets, answered or stored.

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/stored_result.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/disk/set_codec.h"
#include "storage/set_edits.h"

namespace redstart {
namespace {

// What stands under the keys of a command, in their order; keys that are not there are empty sets.
struct Sources {
  struct Source {
    const Entry* entry;  // The same key given twice has the same one; null: not there.
    SetView set;
  };
  absl::InlinedVector<Source, 8> sets;
  bool wrong_type = false;
  bool any_missing = false;
};

// `find` is that of ReadKeys or WriteKeys.
template <typename Find>
Sources FindSources(Args names, Find&& find) {
  Sources sources;
  for (const std::string_view name : names) {
    const Found<SetView> found = find(name);
    if (found.IsWrongType()) {
      sources.wrong_type = true;
      return sources;
    }
    sources.any_missing |= !found;
    sources.sets.push_back({found ? &found.entry() : nullptr, found ? *found : SetView()});
  }
  return sources;
}

Sources FindSources(const ReadKeys& keys, Args names) {
  return FindSources(names, [&](std::string_view name) { return keys.Find<SetView>(name); });
}

// Sources of a command that writes count as hits or misses, too.
Sources FindSources(WriteKeys& keys, Args names) {
  return FindSources(names, [&](std::string_view name) { return keys.Read<SetView>(name); });
}

// Calls visit(member) for what is in all sets, in the order of the smallest one, while it says
// true.
void Intersect(Sources* sources, SetView::VisitWhile visit) {
  if (sources->any_missing) return;
  auto& sets = sources->sets;
  std::stable_sort(sets.begin(), sets.end(),
                   [](const auto& a, const auto& b) { return a.set.size() < b.set.size(); });
  sets[0].set.ForEachWhile([&](const Element& member) {
    for (size_t i = 1; i < sets.size(); ++i) {
      if (sets[i].entry != sets[0].entry && !sets[i].set.Contains(member)) return true;
    }
    return visit(member);
  });
}

// The form that an intersection begins with, as on Redis: that of its smallest set, if that is
// small.
Packing PackingOfIntersection(const Sources& sources) {
  return sources.sets[0].set.is_int_set() ? Packing::kIntSet : Packing::kListpack;
}

void Unite(const Sources& sources, SetBuilder* result) {
  for (const Sources::Source& source : sources.sets) {
    source.set.ForEach([&](const Element& member) { result->Add(member); });
  }
}

// A union without a set of its own for the result: a member is visited where it comes first.
void VisitUnion(const Sources& sources, SetView::Visit visit) {
  const auto& sets = sources.sets;
  for (size_t i = 0; i < sets.size(); ++i) {
    sets[i].set.ForEach([&](const Element& member) {
      for (size_t earlier = 0; earlier < i; ++earlier) {
        if (sets[earlier].set.Contains(member)) return;
      }
      visit(member);
    });
  }
}

// Whether it is better to look every member of the first set up in all others than to take the
// members of all others out of a copy of it. Redis decides by the same rule, and what it decides
// shows in the form of what is stored.
bool ShouldProbe(const Sources& sources) {
  size_t probes = 0;
  size_t removals = 0;
  for (const Sources::Source& source : sources.sets) {
    if (source.entry == nullptr) continue;
    probes += sources.sets[0].set.size();
    removals += source.set.size();
  }
  return probes / 2 <= removals;
}

bool FirstIsSubtracted(const Sources& sources) {
  const auto& sets = sources.sets;
  return std::any_of(sets.begin() + 1, sets.end(),
                     [&](const auto& source) { return source.entry == sets[0].entry; });
}

void VisitDifference(const Sources& sources, SetView::Visit visit) {
  const auto& sets = sources.sets;
  sets[0].set.ForEach([&](const Element& member) {
    for (size_t i = 1; i < sets.size(); ++i) {
      if (sets[i].set.Contains(member)) return;
    }
    visit(member);
  });
}

void Subtract(const Sources& sources, SetBuilder* result) {
  if (sources.sets[0].entry == nullptr || FirstIsSubtracted(sources)) return;
  if (ShouldProbe(sources)) {
    return VisitDifference(sources, [&](const Element& member) { result->Add(member); });
  }
  Unite({.sets = {sources.sets[0]}}, result);
  for (size_t i = 1; i < sources.sets.size() && !result->empty(); ++i) {
    sources.sets[i].set.ForEach([&](const Element& member) { result->Erase(member); });
  }
}

void ReplyWithSet(const SetView& set, ReplyBuilder& reply) {
  reply.Set(set.size());
  set.ForEach([&](const Element& member) { ReplyWithElement(member, reply); });
}

bool AnyIsLarge(const Sources& sources) {
  return std::any_of(sources.sets.begin(), sources.sets.end(),
                     [](const auto& source) { return source.set.is_large(); });
}

// Writes a set whose size is known only afterwards: visit_all(visit) visits its members.
template <typename VisitAll>
void ReplyWithMembers(VisitAll&& visit_all, ReplyBuilder& reply) {
  const size_t handle = reply.BeginSet();
  size_t count = 0;
  visit_all([&](const Element& member) {
    ReplyWithElement(member, reply);
    ++count;
  });
  reply.EndSet(handle, count);
}

// SINTER key [key ...]
void SInter(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  Sources sources = FindSources(keys, args.subspan(1));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  ReplyWithMembers(
      [&](SetView::Visit visit) {
        Intersect(&sources, [&](const Element& member) {
          visit(member);
          return true;
        });
      },
      reply);
}

// SINTERCARD numkeys key [key ...] [LIMIT limit]
void SInterCard(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1));
  const int64_t count = in.Integer(
      {.min = 1, .otherwise = error::kKeyCountPositive, .malformed = error::kKeyCountPositive});
  if (!in.ok()) return reply.Fail(in.error());
  if (static_cast<uint64_t>(count) > in.remaining()) return reply.Fail(error::kKeyCountArgs);
  const Args names = args.subspan(2, static_cast<size_t>(count));
  ArgReader options(args.subspan(2 + names.size()));
  int64_t limit = 0;
  while (options.ok() && !options.done()) {
    if (options.remaining() >= 2 && options.Word("LIMIT")) {
      limit = options.Integer(
          {.min = 0, .otherwise = error::kLimitNegative, .malformed = error::kLimitNegative});
    } else {
      options.Fail(error::kSyntax);
    }
  }
  if (!options.ok()) return reply.Fail(options.error());
  Sources sources = FindSources(keys, names);
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  int64_t found = 0;
  Intersect(&sources, [&](const Element&) { return ++found != limit; });
  reply.Integer(found);
}

// SUNION key [key ...]
void SUnion(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Sources sources = FindSources(keys, args.subspan(1));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  if (AnyIsLarge(sources)) {
    return ReplyWithMembers([&](SetView::Visit visit) { VisitUnion(sources, visit); }, reply);
  }
  // The order of small sets is that of the set which Redis makes of them.
  const CollectionLimits limits = LimitsOf(keys.config());
  SetBuilder result(limits);
  Unite(sources, &result);
  ReplyWithSet(result.view(), reply);
}

// SDIFF key [key ...]
void SDiff(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Sources sources = FindSources(keys, args.subspan(1));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  if (sources.sets[0].set.is_large() && !FirstIsSubtracted(sources)) {
    return ReplyWithMembers([&](SetView::Visit visit) { VisitDifference(sources, visit); }, reply);
  }
  const CollectionLimits limits = LimitsOf(keys.config());
  SetBuilder result(limits);
  Subtract(sources, &result);
  ReplyWithSet(result.view(), reply);
}

void Store(WriteKeys& keys, std::string_view key, SetBuilder* result, std::string_view event,
           ReplyBuilder& reply) {
  const size_t size = result->size();
  StoreResult(keys, key, TakeSet(result), size, Event::kSet, event, reply);
}

// SINTERSTORE destination key [key ...]
void SInterStore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Sources sources = FindSources(keys, args.subspan(2));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  std::stable_sort(sources.sets.begin(), sources.sets.end(),
                   [](const auto& a, const auto& b) { return a.set.size() < b.set.size(); });
  SetBuilder result(keys.limits(), PackingOfIntersection(sources));
  Intersect(&sources, [&](const Element& member) { return result.Add(member); });
  result.PreferIntSet();
  Store(keys, args[1], &result, "sinterstore", reply);
}

// SUNIONSTORE destination key [key ...]
void SUnionStore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Sources sources = FindSources(keys, args.subspan(2));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  SetBuilder result(keys.limits());
  Unite(sources, &result);
  Store(keys, args[1], &result, "sunionstore", reply);
}

// SDIFFSTORE destination key [key ...]
void SDiffStore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Sources sources = FindSources(keys, args.subspan(2));
  if (sources.wrong_type) return reply.Fail(error::kWrongType);
  SetBuilder result(keys.limits());
  Subtract(sources, &result);
  Store(keys, args[1], &result, "sdiffstore", reply);
}

constexpr KeySpec kCountedKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .first = 1, .counted = true}};
constexpr KeySpec kStoreKeys[] = {
    {.flags = kKeyOverwrite | kKeyUpdate},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1},
};

constexpr CommandSpec kCommands[] = {
    {.name = "SINTER",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kReadAllKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SInter,
     .since = "1.0.0",
     .summary = "Answers with the members that all sets have.",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets",
     .tips = "nondeterministic_output_order"},
    {.name = "SINTERCARD",
     .args = "numkeys key [key ...] [LIMIT limit#i]",
     .arity = -3,
     .keys = kCountedKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SInterCard,
     .since = "7.0.0",
     .summary = "Counts the members that all sets have, up to a limit.",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets"},
    {.name = "SINTERSTORE",
     .args = "destination key [key ...]",
     .arity = -3,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSet,
     .run = SInterStore,
     .since = "1.0.0",
     .summary = "Stores the members that all sets have.",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets"},
    {.name = "SUNION",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kReadAllKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SUnion,
     .since = "1.0.0",
     .summary = "Answers with the members that any of the sets has.",
     .complexity = "O(N), N being the number of members of all sets",
     .tips = "nondeterministic_output_order"},
    {.name = "SUNIONSTORE",
     .args = "destination key [key ...]",
     .arity = -3,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSet,
     .run = SUnionStore,
     .since = "1.0.0",
     .summary = "Stores the members that any of the sets has.",
     .complexity = "O(N), N being the number of members of all sets"},
    {.name = "SDIFF",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kReadAllKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SDiff,
     .since = "1.0.0",
     .summary = "Answers with the members of the first set that no other one has.",
     .complexity = "O(N), N being the number of members of all sets",
     .tips = "nondeterministic_output_order"},
    {.name = "SDIFFSTORE",
     .args = "destination key [key ...]",
     .arity = -3,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSet,
     .run = SDiffStore,
     .since = "1.0.0",
     .summary = "Stores the members of the first set that no other one has.",
     .complexity = "O(N), N being the number of members of all sets"},
};

}  // namespace

CommandRows SetAlgebraCommands() {
  return kCommands;
}

}  // namespace redstart
