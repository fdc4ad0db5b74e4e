// PFADD and its relatives: strings that estimate how many different elements were added to them.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/types/hyperloglog.h"
#include "storage/types/hyperloglog_sparse.h"

namespace redstart {
namespace {

size_t MaxSparseBytes(const Config& config) {
  return static_cast<size_t>(config.hll_sparse_max_bytes);
}

// Whether a string is a HyperLogLog; otherwise the error has been written. Its text is in `bytes`.
bool ReadHyperLogLog(const StringRef& value, std::string_view* bytes, ReplyBuilder& reply) {
  IntegerText scratch;
  *bytes = value.is_integer() ? std::string_view() : value.View(&scratch);
  if (IsHyperLogLog(*bytes)) return true;
  reply.Fail(error::kNotHyperLogLog);
  return false;
}

HllOutcome AddToDense(char* bytes, Args elements) {
  HllOutcome outcome = HllOutcome::kUnchanged;
  for (const std::string_view element : elements) {
    outcome = std::max(outcome, RaiseDenseRegister(bytes, ObserveElement(element)));
  }
  return outcome;
}

// Works on a copy, so that a corrupt value stays as it was, and that several elements move the
// entry once. It is short: at most hll-sparse-max-bytes.
HllOutcome AddToSparse(std::string* bytes, Args elements, size_t max_sparse_bytes) {
  HllOutcome outcome = HllOutcome::kUnchanged;
  for (const std::string_view element : elements) {
    outcome = std::max(outcome, RaiseRegister(bytes, ObserveElement(element), max_sparse_bytes));
    if (outcome == HllOutcome::kCorrupt) break;
  }
  return outcome;
}

// PFADD key [element [element ...]]
void PfAdd(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Args elements = args.subspan(2);
  auto str = keys.Edit<StringEditor>(args[1]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  const size_t max_sparse_bytes = MaxSparseBytes(keys.config());
  if (!str) {
    std::string bytes = NewHyperLogLog();
    AddToSparse(&bytes, elements, max_sparse_bytes);
    InvalidateCardinality(bytes.data());
    auto created = keys.EditOrCreate<StringEditor>(args[1]);
    created->AssignRaw(bytes);
    created.Changed(Event::kString, "pfadd");
    return reply.Integer(1);
  }
  std::string_view before;
  if (!ReadHyperLogLog(str->value(), &before, reply)) return;
  HllOutcome outcome;
  if (IsDenseHyperLogLog(before)) {
    outcome = AddToDense(str->Writable(kHllDenseSize), elements);
  } else {
    std::string bytes(before);
    outcome = AddToSparse(&bytes, elements, max_sparse_bytes);
    if (outcome == HllOutcome::kCorrupt) return reply.Fail(error::kCorruptHyperLogLog);
    if (outcome == HllOutcome::kRaised || !str->value().is_raw()) str->AssignRaw(bytes);
  }
  if (outcome == HllOutcome::kRaised) str.Changed(Event::kString, "pfadd");
  reply.Integer(outcome == HllOutcome::kRaised ? 1 : 0);
}

// Merges what the keys hold. False if one of them is no HyperLogLog, which has been answered.
bool MergeKeys(WriteKeys& keys, Args names, HllRegisters* registers, bool* any_dense,
               ReplyBuilder& reply) {
  for (const std::string_view name : names) {
    const auto found = keys.Read<StringRef>(name);
    if (!found) continue;
    if (found.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return false;
    }
    std::string_view bytes;
    if (!ReadHyperLogLog(*found, &bytes, reply)) return false;
    *any_dense |= IsDenseHyperLogLog(bytes);
    if (!MergeRegisters(bytes, registers)) {
      reply.Fail(error::kCorruptHyperLogLog);
      return false;
    }
  }
  return true;
}

// PFCOUNT key: what is cached, or computed anew and then cached. Redis counts that as a change and
// passes the PFCOUNT on, because the value's bytes changed.
void CountOne(WriteKeys& keys, std::string_view key, ReplyBuilder& reply) {
  const auto found = keys.Read<StringRef>(key);
  if (!found) return reply.Integer(0);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  std::string_view bytes;
  if (!ReadHyperLogLog(*found, &bytes, reply)) return;
  const auto cached = CachedCardinality(bytes);
  if (cached && found->is_raw()) return reply.Integer(static_cast<int64_t>(*cached));
  const auto cardinality = cached ? cached : EstimateCardinality(bytes);
  if (!cardinality) return reply.Fail(error::kCorruptHyperLogLog);
  auto str = keys.Edit<StringEditor>(key);
  CacheCardinality(str->Writable(0), *cardinality);
  if (!cached) str.Changed(Event::kSilent, {});
  reply.Integer(static_cast<int64_t>(*cardinality));
}

// PFCOUNT key [key ...]
void PfCount(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() == 2) return CountOne(keys, args[1], reply);
  HllRegisters registers{};
  bool any_dense = false;
  if (!MergeKeys(keys, args.subspan(1), &registers, &any_dense, reply)) return;
  reply.Integer(static_cast<int64_t>(EstimateCardinality(registers)));
}

// PFMERGE destkey [sourcekey [sourcekey ...]]
void PfMerge(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  HllRegisters registers{};
  bool any_dense = false;
  if (!MergeKeys(keys, args.subspan(1), &registers, &any_dense, reply)) return;
  auto str = keys.EditOrCreate<StringEditor>(args[1]);
  IntegerText scratch;
  std::string bytes(str->value().View(&scratch));
  if (bytes.empty()) bytes = NewHyperLogLog();
  if (any_dense) MakeDense(&bytes);
  RaiseAllRegisters(&bytes, registers, MaxSparseBytes(keys.config()));
  str->AssignRaw(bytes);
  // PFMERGE is told as an addition of many elements.
  str.Changed(Event::kString, "pfadd");
  reply.Ok();
}

// Makes the value dense. Nullopt if it is corrupt, which has been answered; otherwise whether it
// was sparse.
std::optional<bool> MakeKeyDense(EditGuard<StringEditor>& str, std::string_view before,
                                 ReplyBuilder& reply) {
  if (IsDenseHyperLogLog(before)) return false;
  std::string bytes(before);
  if (!MakeDense(&bytes)) {
    reply.Fail(error::kCorruptHyperLogLog);
    return std::nullopt;
  }
  str->AssignRaw(bytes);
  str.Changed(Event::kSilent, {});
  return true;
}

void ReplyWithRegisters(std::string_view bytes, ReplyBuilder& reply) {
  HllRegisters registers{};
  MergeRegisters(bytes, &registers);
  reply.Array(registers.size());
  for (const uint8_t value : registers) reply.Integer(value);
}

// PFDEBUG <GETREG | DECODE | ENCODING | TODENSE> key. One row, as on Redis, where the key is looked
// at before the subcommand.
void PfDebug(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto str = keys.Edit<StringEditor>(args[2]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!str) return reply.Fail(error::kSpecifiedKeyMissing);
  std::string_view bytes;
  if (!ReadHyperLogLog(str->value(), &bytes, reply)) return;
  if (!str->value().is_raw()) bytes = {str->Writable(0), str->size()};
  const std::string_view subcommand = args[1];
  if (SameWord(subcommand, "GETREG")) {
    if (!MakeKeyDense(str, bytes, reply)) return;
    ReplyWithRegisters({str->Writable(0), str->size()}, reply);
  } else if (SameWord(subcommand, "DECODE")) {
    if (IsDenseHyperLogLog(bytes)) return reply.Fail(error::kHyperLogLogNotSparse);
    reply.Bulk(DescribeSparseRuns(bytes.substr(kHllHeaderSize)));
  } else if (SameWord(subcommand, "ENCODING")) {
    reply.Simple(IsDenseHyperLogLog(bytes) ? "dense" : "sparse");
  } else if (SameWord(subcommand, "TODENSE")) {
    const std::optional<bool> was_sparse = MakeKeyDense(str, bytes, reply);
    if (was_sparse) reply.Integer(*was_sparse ? 1 : 0);
  } else {
    reply.FailWith({"ERR Unknown PFDEBUG subcommand '", error::Quotable(subcommand), "'"});
  }
}

// Every register holds every value, whatever its neighbours hold.
std::string TestRegisters(std::mt19937_64& random) {
  for (int round = 0; round < 100; ++round) {
    std::string bytes = NewHyperLogLog();
    MakeDense(&bytes);
    HllRegisters expected;
    for (int i = 0; i < kHllRegisters; ++i) {
      const auto value = static_cast<uint8_t>(random() % 64);
      expected[static_cast<size_t>(i)] = value;
      RaiseDenseRegister(bytes.data(), {i, value});
    }
    HllRegisters actual{};
    MergeRegisters(bytes, &actual);
    const auto [wrong, right] = std::mismatch(actual.begin(), actual.end(), expected.begin());
    if (wrong == actual.end()) continue;
    return fmt::format("ERR TESTFAILED Register {} should be {} but is {}", wrong - actual.begin(),
                       *right, *wrong);
  }
  return {};
}

// The estimate stays within six standard errors, and does not depend on the encoding. Ten million
// elements, as on Redis, would stop the thread for a second; a million make every register count.
std::string TestEstimates(std::mt19937_64& random, size_t max_sparse_bytes) {
  constexpr uint64_t kElements = 1'000'000;
  std::string dense = NewHyperLogLog();
  MakeDense(&dense);
  std::string either = NewHyperLogLog();
  const uint64_t seed = random();
  uint64_t checkpoint = 1;
  for (uint64_t i = 1; i <= kElements; ++i) {
    const uint64_t element = i ^ seed;
    const HllObservation observation =
        ObserveElement({reinterpret_cast<const char*>(&element), sizeof(element)});
    RaiseDenseRegister(dense.data(), observation);
    RaiseRegister(&either, observation, max_sparse_bytes);
    if (i != checkpoint) continue;
    if (i < max_sparse_bytes / 2 && IsDenseHyperLogLog(either)) {
      return "ERR TESTFAILED sparse encoding not used";
    }
    const uint64_t estimate = EstimateCardinality(dense).value_or(0);
    if (estimate != EstimateCardinality(either)) return "ERR TESTFAILED dense/sparse disagree";
    const uint64_t error = estimate > i ? estimate - i : i - estimate;
    const double bound = std::ceil(1.04 / std::sqrt(kHllRegisters) * 6 * static_cast<double>(i));
    if (static_cast<double>(error) > bound) {
      return fmt::format("ERR TESTFAILED Too big error. card:{} abserr:{}", i, error);
    }
    checkpoint *= 10;
  }
  return {};
}

// PFSELFTEST
void PfSelfTest(Call& call, Args, ReplyBuilder& reply) {
  std::mt19937_64 random(std::random_device{}());
  std::string failure = TestRegisters(random);
  if (failure.empty()) failure = TestEstimates(random, MaxSparseBytes(call.config()));
  if (!failure.empty()) return reply.Fail(failure);
  reply.Ok();
}

constexpr KeySpec kCountedKeys[] = {{.flags = kKeyReadWrite | kKeyAccess, .last = -1}};
constexpr KeySpec kDestinationAndSources[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyInsert},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1}};
constexpr KeySpec kDebuggedKey[] = {{.flags = kKeyReadWrite | kKeyAccess, .index = 2}};

constexpr CommandSpec kCommands[] = {
    {.name = "PFADD",
     .args = "key [element ...]",
     .arity = -2,
     .keys = kInsertFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kHyperLogLog,
     .run = PfAdd,
     .since = "2.8.9",
     .summary = "Adds elements to the HyperLogLog at a key, or creates it.",
     .complexity = "O(1) for each element"},
    {.name = "PFCOUNT",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kCountedKeys,
     .flags = kReadOnly | kMayReplicate,
     .group = CommandGroup::kHyperLogLog,
     .run = PfCount,
     .since = "2.8.9",
     .summary = "Estimates how many different elements were added to the HyperLogLogs at keys.",
     .complexity = "O(1) for one key, with a small constant; O(N) for N keys, with a large one"},
    {.name = "PFMERGE",
     .args = "destkey [sourcekey ...]",
     .arity = -2,
     .keys = kDestinationAndSources,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kHyperLogLog,
     .run = PfMerge,
     .since = "2.8.9",
     .summary = "Merges HyperLogLogs into one, which has been sent what all of them were sent.",
     .complexity = "O(N), N being the number of HyperLogLogs, with a large constant"},
    {.name = "PFDEBUG",
     .args = "subcommand key",
     .arity = 3,
     .keys = kDebuggedKey,
     .flags = kWrite | kDenyOom | kAdmin,
     .group = CommandGroup::kHyperLogLog,
     .run = PfDebug,
     .since = "2.8.9",
     .is_internal = true,
     .summary = "Shows how a HyperLogLog is held, or changes it.",
     .complexity = "N/A"},
    {.name = "PFSELFTEST",
     .arity = 1,
     .flags = kAdmin,
     .group = CommandGroup::kHyperLogLog,
     .run = PfSelfTest,
     .since = "2.8.9",
     .is_internal = true,
     .summary = "Tests registers and estimates of HyperLogLogs.",
     .complexity = "N/A"},
};

}  // namespace

CommandRows HyperLogLogCommands() {
  return kCommands;
}

}  // namespace redstart
