#include "server/commands/command_info.h"

#include <algorithm>
#include <bit>

#include "server/exec/arg_reader.h"

namespace redstart {
namespace {

struct FlagName {
  uint32_t flag;
  std::string_view name;
};

// In the order in which Redis lists them.
constexpr FlagName kCommandFlags[] = {
    {kWrite, "write"},
    {kReadOnly, "readonly"},
    {kDenyOom, "denyoom"},
    {kAdmin, "admin"},
    {kPubSub, "pubsub"},
    {kNoScript, "noscript"},
    {kBlocking, "blocking"},
    {kLoading, "loading"},
    {kStale, "stale"},
    {kSkipMonitor, "skip_monitor"},
    {kSkipSlowlog, "skip_slowlog"},
    {kAsking, "asking"},
    {kFast, "fast"},
    {kNoAuth, "no_auth"},
    {kNoMandatoryKeys, "no_mandatory_keys"},
    {kNoAsyncLoading, "no_async_loading"},
    {kNoMulti, "no_multi"},
    {kMovableKeys, "movablekeys"},
    {kAllowBusy, "allow_busy"},
};

constexpr FlagName kKeyFlags[] = {
    {kKeyReadOnly, "RO"},
    {kKeyReadWrite, "RW"},
    {kKeyOverwrite, "OW"},
    {kKeyRemove, "RM"},
    {kKeyAccess, "access"},
    {kKeyUpdate, "update"},
    {kKeyInsert, "insert"},
    {kKeyDelete, "delete"},
    {kKeyNotKey, "not_key"},
    {kKeyIncomplete, "incomplete"},
    {kKeyVariableFlags, "variable_flags"},
};

// By the bits' numbers.
constexpr std::string_view kCategories[] = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

// By CommandGroup.
constexpr std::string_view kGroups[] = {"generic",    "string", "list",      "set",
                                        "sorted-set", "hash",   "pubsub",    "transactions",
                                        "connection", "server", "scripting", "hyperloglog",
                                        "cluster",    "geo",    "stream",    "bitmap"};

void ReplyWithFlags(uint32_t flags, absl::Span<const FlagName> names, ReplyBuilder& reply) {
  reply.Set(static_cast<size_t>(std::ranges::count_if(
      names, [&](const FlagName& name) { return (flags & name.flag) != 0; })));
  for (const FlagName& name : names) {
    if ((flags & name.flag) != 0) reply.Simple(name.name);
  }
}

void ReplyWithCategories(uint32_t categories, ReplyBuilder& reply) {
  reply.Set(static_cast<size_t>(std::popcount(categories)));
  for (size_t i = 0; i < std::size(kCategories); ++i) {
    if ((categories >> i & 1) != 0) reply.Simple(std::string("@").append(kCategories[i]));
  }
}

void ReplyWithTips(std::string_view tips, ReplyBuilder& reply) {
  const size_t handle = reply.BeginSet();
  size_t count = 0;
  while (!tips.empty()) {
    const size_t end = std::min(tips.find(' '), tips.size());
    if (end > 0) {
      reply.Bulk(tips.substr(0, end));
      ++count;
    }
    tips.remove_prefix(std::min(end + 1, tips.size()));
  }
  reply.EndSet(handle, count);
}

// The head of {"type": ..., "spec": {...}}.
void BeginSearch(std::string_view name, std::string_view type, size_t facts, ReplyBuilder& reply) {
  reply.Bulk(name);
  reply.Map(2);
  ReplyWithPair("type", type, reply);
  reply.Bulk("spec");
  reply.Map(facts);
}

void ReplyWithKeySpec(const KeySpec& spec, ReplyBuilder& reply) {
  reply.Map(3);
  reply.Bulk("flags");
  ReplyWithKeyFlags(spec.flags, reply);
  if (spec.unknown) {
    BeginSearch("begin_search", "unknown", 0, reply);
    BeginSearch("find_keys", "unknown", 0, reply);
    return;
  }
  if (spec.keyword.empty()) {
    BeginSearch("begin_search", "index", 1, reply);
    ReplyWithPair("index", spec.index, reply);
  } else {
    BeginSearch("begin_search", "keyword", 2, reply);
    ReplyWithPair("keyword", spec.keyword, reply);
    ReplyWithPair("startfrom", spec.index, reply);
  }
  if (spec.counted) {
    BeginSearch("find_keys", "keynum", 3, reply);
    ReplyWithPair("keynumidx", spec.last, reply);
    ReplyWithPair("firstkey", spec.first, reply);
    ReplyWithPair("keystep", spec.step, reply);
  } else {
    BeginSearch("find_keys", "range", 3, reply);
    ReplyWithPair("lastkey", spec.last, reply);
    ReplyWithPair("keystep", spec.step, reply);
    ReplyWithPair("limit", spec.limit, reply);
  }
}

}  // namespace

void ReplyWithPair(std::string_view name, int64_t value, ReplyBuilder& reply) {
  reply.Bulk(name);
  reply.Integer(value);
}

void ReplyWithPair(std::string_view name, std::string_view value, ReplyBuilder& reply) {
  reply.Bulk(name);
  reply.Bulk(value);
}

std::vector<const CommandRow*> ListedSubcommands(const CommandRow& row) {
  std::vector<const CommandRow*> listed;
  std::ranges::copy_if(row.subcommands, std::back_inserter(listed),
                       [](const CommandRow* subcommand) { return IsListed(*subcommand); });
  return listed;
}

KeyRange KeyRangeOf(const CommandSpec& spec) {
  KeyRange range;
  const auto is_range = [](const KeySpec& keys) {
    return keys.keyword.empty() && !keys.unknown && !keys.counted;
  };
  const auto last_of = [](const KeySpec& keys) {
    return keys.last >= 0 ? keys.last + keys.index : keys.last;
  };
  if (spec.keys.size() == 1 && is_range(spec.keys[0])) {
    const KeySpec& keys = spec.keys[0];
    return {keys.index, last_of(keys), keys.step, (keys.flags & kKeyIncomplete) != 0};
  }
  // Several specifications are told as one range as far as they are plain and adjoin each other.
  for (const KeySpec& keys : spec.keys) {
    const bool adjoins = range.last == 0 || range.last == keys.index - 1;
    if (!is_range(keys) || keys.step != 1 || !adjoins) {
      range.is_partial = true;
      continue;
    }
    range.is_partial |= (keys.flags & kKeyIncomplete) != 0;
    range.first = range.first == 0 ? keys.index : std::min<int>(range.first, keys.index);
    // Positions from the end count as later than all others.
    range.last = static_cast<int>(
        std::max(static_cast<unsigned>(range.last), static_cast<unsigned>(last_of(keys))));
    range.step = 1;
  }
  return range;
}

void ReplyWithKeyFlags(uint16_t flags, ReplyBuilder& reply) {
  ReplyWithFlags(flags, kKeyFlags, reply);
}

void ReplyWithCommand(const CommandRow& row, ReplyBuilder& reply) {
  const CommandSpec& spec = *row.spec;
  const KeyRange range = KeyRangeOf(spec);
  reply.Array(10);
  reply.Bulk(row.full_name);
  reply.Integer(spec.arity);
  ReplyWithFlags(spec.flags | (range.is_partial ? kMovableKeys : 0u), kCommandFlags, reply);
  reply.Integer(range.first);
  reply.Integer(range.last);
  reply.Integer(range.step);
  ReplyWithCategories(spec.AllCategories(), reply);
  ReplyWithTips(spec.tips, reply);
  reply.Set(spec.keys.size());
  for (const KeySpec& keys : spec.keys) ReplyWithKeySpec(keys, reply);
  const std::vector<const CommandRow*> subcommands = ListedSubcommands(row);
  // A command without any has an empty set, one with some an array.
  if (subcommands.empty()) return reply.Set(0);
  reply.Array(subcommands.size());
  for (const CommandRow* subcommand : subcommands) ReplyWithCommand(*subcommand, reply);
}

bool HasKeys(const CommandSpec& spec) {
  return std::ranges::any_of(spec.keys,
                             [](const KeySpec& keys) { return (keys.flags & kKeyNotKey) == 0; });
}

std::vector<KeyUse> FindKeyUses(const CommandSpec& spec, Args args) {
  std::vector<KeyUse> uses;
  if (spec.find_keys != nullptr) {
    std::vector<int> positions;
    spec.find_keys(args, &positions);
    for (const int position : positions) {
      uses.push_back({position, (uses.empty() ? spec.keys.front() : spec.keys.back()).flags});
    }
    return uses;
  }
  for (size_t i = 0; i < spec.keys.size(); ++i) {
    CommandSpec one = spec;
    one.keys = spec.keys.subspan(i, 1);
    std::vector<int> positions;
    if (!FindKeys(one, args, &positions)) return {};
    const uint16_t flags = spec.key_flags == nullptr ? spec.keys[i].flags : spec.key_flags(args);
    for (const int position : positions) uses.push_back({position, flags});
  }
  return uses;
}

std::string_view GroupName(CommandGroup group) {
  return kGroups[static_cast<size_t>(group)];
}

std::optional<uint32_t> FindAclCategory(std::string_view name) {
  for (size_t i = 0; i < std::size(kCategories); ++i) {
    if (SameWord(name, kCategories[i])) return 1u << i;
  }
  return std::nullopt;
}

}  // namespace redstart
