#include "server/exec/command_spec.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

uint32_t CategoryOf(CommandGroup group) {
  switch (group) {
    case CommandGroup::kGeneric:
      return kCategoryKeyspace;
    case CommandGroup::kString:
      return kCategoryString;
    case CommandGroup::kList:
      return kCategoryList;
    case CommandGroup::kSet:
      return kCategorySet;
    case CommandGroup::kSortedSet:
      return kCategorySortedSet;
    case CommandGroup::kHash:
      return kCategoryHash;
    case CommandGroup::kPubSub:
      return 0;  // Its flag says so: PUBSUB HELP does not count.
    case CommandGroup::kTransactions:
      return kCategoryTransaction;
    case CommandGroup::kConnection:
      return kCategoryConnection;
    case CommandGroup::kScripting:
      return kCategoryScripting;
    case CommandGroup::kHyperLogLog:
      return kCategoryHyperLogLog;
    case CommandGroup::kGeo:
      return kCategoryGeo;
    case CommandGroup::kStream:
      return kCategoryStream;
    case CommandGroup::kBitmap:
      return kCategoryBitmap;
    case CommandGroup::kServer:
    case CommandGroup::kCluster:
      break;
  }
  return 0;
}

// Where the search of a specification begins, or -1 if its keyword is not there.
int BeginOf(const KeySpec& spec, Args args) {
  if (spec.keyword.empty()) return spec.index;
  const int count = static_cast<int>(args.size());
  const int step = spec.index > 0 ? 1 : -1;
  for (int i = spec.index > 0 ? spec.index : count + spec.index; i > 0 && i < count; i += step) {
    if (absl::EqualsIgnoreCase(absl::string_view(args[i].data(), args[i].size()),
                               absl::string_view(spec.keyword.data(), spec.keyword.size()))) {
      return i + 1;
    }
  }
  return -1;
}

bool FindCounted(const KeySpec& spec, Args args, int begin, std::vector<int>* positions) {
  const int count_at = begin + spec.last;
  if (count_at >= static_cast<int>(args.size())) return false;
  const int64_t keys = ParseInt64(args[count_at]).value_or(-1);
  if (keys < 0) return false;
  const int64_t first = begin + spec.first;
  if (keys > static_cast<int64_t>(args.size()) ||
      first + (keys - 1) * spec.step >= static_cast<int64_t>(args.size())) {
    return false;
  }
  for (int64_t i = 0; i < keys; ++i) positions->push_back(static_cast<int>(first + i * spec.step));
  return true;
}

}  // namespace

uint32_t CommandSpec::AllCategories() const {
  // A mere container does nothing itself, so its group says nothing about it.
  uint32_t all = categories;
  // And a generic one that names types (SORT) is theirs, one about the connection (WAIT) is its:
  // not the keyspace's.
  constexpr uint32_t kElsewhere = kCategoryList | kCategorySet | kCategoryConnection;
  const bool is_apart = group == CommandGroup::kGeneric && (categories & kElsewhere) != 0;
  if (run.kind != Handler::Kind::kAbsent && !is_apart) all |= CategoryOf(group);
  if (Has(kWrite)) all |= kCategoryWrite;
  if (Has(kReadOnly) && group != CommandGroup::kScripting) all |= kCategoryRead;
  if (Has(kAdmin)) all |= kCategoryAdmin | kCategoryDangerous;
  if (Has(kPubSub)) all |= kCategoryPubSub;
  if (Has(kBlocking)) all |= kCategoryBlocking;
  all |= Has(kFast) ? kCategoryFast : kCategorySlow;
  return all;
}

bool CommandSpec::HasKeys() const {
  return absl::c_any_of(keys, [](const KeySpec& one) { return (one.flags & kKeyNotKey) == 0; });
}

Scope CommandSpec::scope() const {
  switch (run.kind) {
    case Handler::Kind::kAbsent:
      return Scope::kNone;
    case Handler::Kind::kSession:
      if (Has(kNeedsWhole)) return Scope::kAll;
      if (Has(kNeedsWalk)) return Scope::kWalk;
      return HasKeys() ? Scope::kKeys : Scope::kNone;
    case Handler::Kind::kRead:
    case Handler::Kind::kWrite:
    case Handler::Kind::kBlocking:
      return Has(kNeedsWhole) ? Scope::kAll : Scope::kKeys;
    case Handler::Kind::kWalk:
      return Scope::kWalk;
    case Handler::Kind::kWhole:
      break;
  }
  return Scope::kAll;
}

bool FindKeys(const CommandSpec& spec, Args args, std::vector<int>* positions) {
  if (spec.find_keys != nullptr) {
    spec.find_keys(args, positions);
    return true;
  }
  for (const KeySpec& keys : spec.keys) {
    if (keys.unknown || (keys.flags & kKeyNotKey) != 0) continue;
    const int begin = BeginOf(keys, args);
    if (begin < 0) continue;
    if (keys.counted) {
      if (!FindCounted(keys, args, begin, positions)) return false;
      continue;
    }
    const int count = static_cast<int>(args.size());
    int last = keys.last >= 0 ? begin + keys.last : count + keys.last;
    if (keys.last < 0 && keys.limit > 1) last = begin + (count - begin) / keys.limit + keys.last;
    for (int i = begin; i <= last && i < count; i += keys.step) positions->push_back(i);
  }
  return true;
}

}  // namespace redstart
