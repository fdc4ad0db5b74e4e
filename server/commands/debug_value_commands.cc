// The DEBUG subcommands that look into values.

#include <string>

#include "server/commands/command_families.h"
#include "server/commands/value_digest.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "server/exec/keyspace_access.h"
#include "server/observe/log.h"
#include "storage/types/list.h"
#include "storage/types/listpack.h"
#include "storage/value.h"

namespace redstart {
namespace {

bool HasCount(Args args, size_t least, size_t most, ReplyBuilder& reply) {
  if (args.size() >= least && args.size() <= most) return true;
  reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  return false;
}

// DEBUG DIGEST
void DigestAll(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 2, 2, reply)) return;
  Digest all;
  for (const int database : keyspace.UsedDatabases()) {
    if (keyspace.Size(database) == 0) continue;
    all.MixNumber(static_cast<uint32_t>(database));
    keyspace.ForEachIn(database, [&](const Entry& entry) {
      Digest one;
      one.Mix(entry.key());
      AddValue(entry, &one);
      all.Xor(one);
    });
  }
  reply.Simple(all.ToHex());
}

// DEBUG DIGEST-VALUE [key ...]
void DigestValue(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  reply.Array(args.size() - 2);
  for (const std::string_view key : args.subspan(2)) {
    Digest digest;
    if (const Entry* entry = keys.PeekSilently(key)) AddValue(*entry, &digest);
    reply.Simple(digest.ToHex());
  }
}

// DEBUG HTSTATS-KEY key [full]
void TableStatistics(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, args.size(), reply)) return;
  const Entry* entry = keys.PeekSilently(args[2]);
  if (entry == nullptr) return reply.Fail(error::kNoSuchKey);
  if (entry->type() == ValueType::kString || !CollectionOf(*entry).is_object()) {
    return reply.Fail(
        "ERR The value stored at the specified key is not represented using an hash table");
  }
  const auto* table = CollectionOf(*entry).object<Collection>();
  reply.Verbatim(fmt::format("Hash table stats:\n number of elements: {}\n memory bytes: {}\n",
                             table->size(), table->MemoryBytes()));
}

// DEBUG LISTPACK key
void Listpack(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, 3, reply)) return;
  const Entry* entry = keys.PeekSilently(args[2]);
  if (entry == nullptr) return reply.Fail(error::kNoSuchKey);
  const CollectionRef held =
      entry->type() == ValueType::kString ? CollectionRef() : CollectionOf(*entry);
  if (entry->type() == ValueType::kString || held.is_object() ||
      held.packing() == Packing::kIntSet) {
    return reply.Fail("ERR Not a listpack encoded object.");
  }
  const ListpackView pack(held.packed());
  logging::Warning("Listpack of {} bytes, {} elements", pack.bytes().size(), pack.size());
  for (auto at = pack.First(); at != ListpackView::kNone; at = pack.Next(at)) {
    const Element element = pack.Get(at);
    logging::Warning("  at {}, {} bytes, {}: {}", at, pack.BytesOf(at),
                     element.is_integer() ? "integer" : "text", element.ToString());
  }
  reply.Simple("Listpack structure printed on stdout");
}

// DEBUG QUICKLIST-PACKED-THRESHOLD size. What is no size, or too large for a listpack, is refused.
void PackedThreshold(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, 3, reply)) return;
  constexpr uint64_t kMost = (uint64_t{1} << 32) - (uint64_t{1} << 20);
  const std::optional<uint64_t> bytes = ParseMemorySize(args[2]);
  if (!bytes || *bytes > kMost) {
    return reply.Fail("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
  }
  QuickList::SetPlainThreshold(*bytes);
  reply.Ok();
}

// DEBUG QUICKLIST key [full]
void DescribeList(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, 4, reply)) return;
  const auto list = Found<ListView>(keys.PeekSilently(args[2]));
  if (!list) return reply.Fail(error::kNoSuchKey);
  if (list.IsWrongType() || !list->is_large())
    return reply.Fail("ERR Not a quicklist encoded object.");
  size_t nodes = 0;
  for (const auto* node = list->quick_list().head(); node != nullptr; node = node->next) {
    logging::Warning("  node {}: {} bytes, {} elements{}", nodes++, node->bytes().size(),
                     node->count, node->is_plain() ? ", plain" : "");
  }
  reply.Simple("Quicklist structure printed on stdout");
}

constexpr KeySpec kKey[] = {{.flags = kKeyReadOnly, .index = 2}};
constexpr KeySpec kKeys[] = {{.flags = kKeyReadOnly, .index = 2, .last = -1}};
constexpr uint32_t kHidden =
    kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded | kUnlisted;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "DEBUG DIGEST",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = DigestAll,
     .since = "1.0.0",
     .summary = "Answers with a fingerprint of all data.",
     .complexity = "O(N), N being the size of all data"},
    {.name = "DEBUG DIGEST-VALUE",
     .args = "[key ...]",
     .arity = -2,
     .keys = kKeys,
     .flags = kHidden,
     .group = kGroup,
     .run = DigestValue,
     .since = "1.0.0",
     .summary = "Answers with a fingerprint of each key's value.",
     .complexity = "O(N), N being the size of the values"},
    {.name = "DEBUG HTSTATS-KEY",
     .args = "key",
     .arity = -2,
     .keys = kKey,
     .flags = kHidden,
     .group = kGroup,
     .run = TableStatistics,
     .since = "1.0.0",
     .summary = "Tells about the table of a large collection.",
     .complexity = "O(1)"},
    {.name = "DEBUG QUICKLIST",
     .args = "key [0 | 1]",
     .arity = -2,
     .keys = kKey,
     .flags = kHidden,
     .group = kGroup,
     .run = DescribeList,
     .since = "1.0.0",
     .summary = "Writes the nodes of a large list to the log.",
     .complexity = "O(N), N being the number of nodes"},
    {.name = "DEBUG QUICKLIST-PACKED-THRESHOLD",
     .args = "size",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = PackedThreshold,
     .since = "1.0.0",
     .summary = "Sets from which size on an element of a large list is a node of its own.",
     .complexity = "O(1)"},
    {.name = "DEBUG LISTPACK",
     .args = "key",
     .arity = -2,
     .keys = kKey,
     .flags = kHidden,
     .group = kGroup,
     .run = Listpack,
     .since = "1.0.0",
     .summary = "Writes the elements of a listpack to the log.",
     .complexity = "O(N), N being the size of the value"},
};

}  // namespace

CommandRows DebugValueCommands() {
  return kCommands;
}

}  // namespace redstart
