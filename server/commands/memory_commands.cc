// MEMORY: what a key takes, what everything takes, and what the allocator makes of it.

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/commands/memory_diagnosis.h"
#include "server/commands/memory_report.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "server/observe/allocator.h"
#include "storage/value.h"

namespace redstart {
namespace {

// MEMORY USAGE key [SAMPLES count]
void Usage(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(3));
  while (in.ok() && !in.done()) {
    if (in.remaining() < 2 || !in.Word("SAMPLES")) {
      in.Fail(error::kSyntax);
    } else {
      // Every value knows its size, so that nothing need be sampled.
      in.Integer({.min = 0, .otherwise = error::kSyntax});
    }
  }
  if (!in.ok()) return reply.Fail(in.error());
  const Entry* entry = keys.PeekSilently(args[2]);
  if (entry == nullptr) return reply.Null();
  reply.Integer(static_cast<int64_t>(MemoryBytes(*entry)));
}

// MEMORY DOCTOR
void Doctor(Call& call, Args, ReplyBuilder& reply) {
  reply.Verbatim(DiagnoseMemory(MeasureMemory(call)));
}

// MEMORY MALLOC-STATS
void MallocStats(Call&, Args, ReplyBuilder& reply) {
  const std::optional<std::string> text = AllocatorStatistics();
  if (!text) return reply.Bulk("Stats not supported for the current allocator");
  reply.Verbatim(*text);
}

// MEMORY PURGE
void Purge(Call&, Args, ReplyBuilder& reply) {
  if (!PurgeAllocator()) return reply.Fail("ERR Error purging dirty pages");
  reply.Ok();
}

// A pair of a map.
void Pair(std::string_view name, uint64_t value, ReplyBuilder& reply) {
  reply.Bulk(name);
  reply.Integer(static_cast<int64_t>(value));
}

void Pair(std::string_view name, double value, ReplyBuilder& reply) {
  reply.Bulk(name);
  reply.Double(value);
}

// How much larger one figure is than another, as a ratio and in bytes.
void Excess(std::string_view ratio_name, std::string_view bytes_name, uint64_t a, uint64_t b,
            ReplyBuilder& reply) {
  Pair(ratio_name, RatioOf(a, b), reply);
  reply.Bulk(bytes_name);
  reply.Integer(static_cast<int64_t>(a) - static_cast<int64_t>(b));
}

// MEMORY STATS
void Stats(Call& call, Args, ReplyBuilder& reply) {
  const MemoryReport report = MeasureMemory(call);
  reply.Map(27 + report.databases.size());
  Pair("peak.allocated", report.peak, reply);
  Pair("total.allocated", report.used, reply);
  Pair("startup.allocated", report.at_startup, reply);
  Pair("replication.backlog", uint64_t{0}, reply);
  Pair("clients.slaves", report.clients.replica_bytes, reply);
  Pair("clients.normal", report.clients.client_bytes, reply);
  // There is no cluster, no append-only file, and no script yet.
  for (const std::string_view name :
       {"cluster.links", "aof.buffer", "lua.caches", "functions.caches"}) {
    Pair(name, uint64_t{0}, reply);
  }
  for (const MemoryReport::Database& database : report.databases) {
    reply.Bulk("db." + std::to_string(database.number));
    reply.Map(3);
    Pair("overhead.hashtable.main", database.table_bytes, reply);
    Pair("overhead.hashtable.expires", database.deadline_bytes, reply);
    Pair("overhead.hashtable.slot-to-keys", uint64_t{0}, reply);
  }
  Pair("overhead.total", report.overhead, reply);
  Pair("keys.count", report.keys, reply);
  Pair("keys.bytes-per-key", report.BytesPerKey(), reply);
  Pair("dataset.bytes", report.dataset, reply);
  Pair("dataset.percentage", report.DatasetPercent(), reply);
  Pair("peak.percentage", report.PeakPercent(), reply);
  const AllocatorUsage& allocator = report.allocator;
  Pair("allocator.allocated", allocator.allocated, reply);
  Pair("allocator.active", allocator.active, reply);
  Pair("allocator.resident", allocator.resident, reply);
  Excess("allocator-fragmentation.ratio", "allocator-fragmentation.bytes", allocator.active,
         allocator.allocated, reply);
  Excess("allocator-rss.ratio", "allocator-rss.bytes", allocator.resident, allocator.active, reply);
  Excess("rss-overhead.ratio", "rss-overhead.bytes", report.resident, allocator.resident, reply);
  Excess("fragmentation", "fragmentation.bytes", report.resident, report.used, reply);
}

// MEMORY HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  constexpr std::string_view kLines[] = {
      "DOCTOR",
      "    Which figures are out of the ordinary, in words.",
      "MALLOC-STATS",
      "    What the allocator says about itself.",
      "PURGE",
      "    Ask the allocator to return memory to the system.",
      "STATS",
      "    Where the memory is, in figures.",
      "USAGE <key> [SAMPLES <count>]",
      "    The memory that the key and its value take, in bytes. Nothing is sampled.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr KeySpec kUsageKey[] = {{.flags = kKeyReadOnly, .index = 2}};
constexpr std::string_view kFigures =
    "nondeterministic_output request_policy:all_shards response_policy:special";
constexpr std::string_view kOfAllocator = "Depends on how much memory is allocated, could be slow";
constexpr CommandSpec kCommands[] = {
    {.name = "MEMORY",
     .arity = -2,
     .flags = kContainer,
     .group = CommandGroup::kServer,
     .since = "4.0.0",
     .summary = "Commands about memory.",
     .complexity = "Depends on subcommand."},
    {.name = "MEMORY DOCTOR",
     .arity = 2,
     .flags = kNeedsWalk,
     .group = CommandGroup::kServer,
     .run = Doctor,
     .since = "4.0.0",
     .summary = "Describes what is out of the ordinary about memory.",
     .complexity = "O(1)",
     .tips = kFigures},
    {.name = "MEMORY HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = CommandGroup::kServer,
     .run = Help,
     .since = "4.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "MEMORY MALLOC-STATS",
     .arity = 2,
     .group = CommandGroup::kServer,
     .run = MallocStats,
     .since = "4.0.0",
     .summary = "Returns what the allocator says about itself.",
     .complexity = kOfAllocator,
     .tips = kFigures},
    {.name = "MEMORY PURGE",
     .arity = 2,
     .group = CommandGroup::kServer,
     .run = Purge,
     .since = "4.0.0",
     .summary = "Asks the allocator to return memory to the system.",
     .complexity = kOfAllocator,
     .tips = "request_policy:all_shards response_policy:all_succeeded"},
    {.name = "MEMORY STATS",
     .arity = 2,
     .flags = kNeedsWalk,
     .group = CommandGroup::kServer,
     .run = Stats,
     .since = "4.0.0",
     .summary = "Tells where the memory is, in figures.",
     .complexity = "O(1)",
     .tips = kFigures},
    {.name = "MEMORY USAGE",
     .args = "key [SAMPLES count]",
     .arity = -3,
     .keys = kUsageKey,
     .flags = kReadOnly,
     .group = CommandGroup::kServer,
     .run = Usage,
     .since = "4.0.0",
     .summary = "Tells how much memory a key and its value take.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows MemoryCommands() {
  return kCommands;
}

}  // namespace redstart
