// SETBIT and its relatives: strings as rows of bits.

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/container/inlined_vector.h"
#include "server/commands/bit_offset.h"
#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/types/bitmap.h"

namespace redstart {
namespace {

// SETBIT key offset value
void SetBitCommand(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto offset = ReadBitOffset(args[2], keys.config());
  if (!offset) return reply.Fail(error::kBitOffsetRange);
  ArgReader in(args.subspan(3));
  const bool bit =
      in.Integer(
          {.min = 0, .max = 1, .otherwise = error::kBitRange, .malformed = error::kBitRange}) != 0;
  if (!in.ok()) return reply.Fail(in.error());
  auto str = keys.EditOrCreate<StringEditor>(args[1]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  IntegerText scratch;
  const std::string_view text = str->value().View(&scratch);
  const size_t needed = *offset / 8 + 1;
  const bool before = GetBit(text, *offset);
  // A bit that is as it should be costs no copy of a value that a snapshot or a reply shares. A
  // short text becomes raw all the same, as on Redis.
  const bool changes = before != bit || text.size() < needed;
  if (changes || !str->value().is_raw()) {
    SetBit(str->Writable(needed), *offset, bit);
  }
  if (changes) str.Changed(Event::kString, "setbit");
  reply.Integer(before ? 1 : 0);
}

// GETBIT key offset
void GetBitCommand(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto offset = ReadBitOffset(args[2], keys.config());
  if (!offset) return reply.Fail(error::kBitOffsetRange);
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  IntegerText scratch;
  reply.Integer(found && GetBit(found->View(&scratch), *offset) ? 1 : 0);
}

// The bits that a start and an end mean, both of which may count from the end.
struct BitRange {
  uint64_t first;
  uint64_t last;
};

// What BITCOUNT and BITPOS read the same way; nullopt if the range is empty.
std::optional<BitRange> ResolveRange(int64_t start, int64_t end, size_t size, bool in_bits) {
  const auto units = static_cast<int64_t>(in_bits ? size * 8 : size);
  if (start < 0) start = std::max<int64_t>(start + units, 0);
  if (end < 0) end = std::max<int64_t>(end + units, 0);
  end = std::min(end, units - 1);
  if (start > end) return std::nullopt;
  const auto first = static_cast<uint64_t>(start);
  const auto last = static_cast<uint64_t>(end);
  return in_bits ? BitRange{first, last} : BitRange{first * 8, last * 8 + 7};
}

// BYTE or BIT; whether it was BIT.
bool ReadUnit(ArgReader& in) {
  if (in.Word("BIT")) return true;
  if (!in.Word("BYTE")) in.Fail(error::kSyntax);
  return false;
}

// BITCOUNT key [start end [BYTE | BIT]]
void BitCount(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  // The arguments are looked at only if there is something to count.
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!found) return reply.Integer(0);
  IntegerText scratch;
  const std::string_view text = found->View(&scratch);
  if (args.size() == 2) return reply.Integer(static_cast<int64_t>(CountBits(text)));
  if (args.size() == 3 || args.size() > 5) return reply.Fail(error::kSyntax);
  ArgReader in(args.subspan(2));
  const int64_t start = in.Integer();
  const int64_t end = in.Integer();
  // Before the unit is read: a wrong one is then no error.
  if (in.ok() && start < 0 && end < 0 && start > end) return reply.Integer(0);
  const bool in_bits = in.ok() && !in.done() && ReadUnit(in);
  if (!in.ok()) return reply.Fail(in.error());
  const auto range = ResolveRange(start, end, text.size(), in_bits);
  reply.Integer(range ? static_cast<int64_t>(CountBits(text, range->first, range->last)) : 0);
}

// BITPOS key bit [start [end [BYTE | BIT]]]
void BitPos(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t wanted = in.Integer({.min = 0, .max = 1, .otherwise = error::kBitIsNoBit});
  if (!in.ok()) return reply.Fail(in.error());
  const bool bit = wanted != 0;
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  // A missing key is an endless row of clear bits.
  if (!found) return reply.Integer(bit ? -1 : 0);
  if (args.size() > 6) return reply.Fail(error::kSyntax);
  int64_t start = 0;
  int64_t end = std::numeric_limits<int64_t>::max();
  if (!in.done()) start = in.Integer();
  bool in_bits = false;
  if (args.size() == 6) {  // Redis looks at the unit before the end.
    ArgReader unit(args.subspan(5));
    in_bits = in.ok() && ReadUnit(unit);
    if (!unit.ok()) in.Fail(unit.error());
  }
  const bool has_end = !in.done();
  if (in.ok() && has_end) end = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  IntegerText scratch;
  const std::string_view text = found->View(&scratch);
  const auto range = ResolveRange(start, end, text.size(), in_bits);
  if (!range) return reply.Integer(-1);
  const auto position = FindBit(text, range->first, range->last, bit);
  if (position) return reply.Integer(static_cast<int64_t>(*position));
  // Without an end the string goes on with clear bits.
  reply.Integer(bit || has_end ? -1 : static_cast<int64_t>(text.size() * 8));
}

std::optional<BitOperation> ReadOperation(std::string_view word) {
  if (SameWord(word, "AND")) return BitOperation::kAnd;
  if (SameWord(word, "OR")) return BitOperation::kOr;
  if (SameWord(word, "XOR")) return BitOperation::kXor;
  if (SameWord(word, "NOT")) return BitOperation::kNot;
  return std::nullopt;
}

// BITOP <AND | OR | XOR | NOT> destkey key [key ...]
void BitOp(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<BitOperation> operation = ReadOperation(args[1]);
  if (!operation) return reply.Fail(error::kSyntax);
  if (*operation == BitOperation::kNot && args.size() != 4) {
    return reply.Fail(error::kBitOpNotSources);
  }
  const std::string_view destination = args[2];
  const Args names = args.subspan(3);
  absl::InlinedVector<IntegerText, 4> scratch(names.size());
  absl::InlinedVector<std::string_view, 16> sources;
  size_t size = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto found = keys.Read<StringRef>(names[i]);
    if (found.IsWrongType()) return reply.Fail(error::kWrongType);
    sources.push_back(found ? found->View(&scratch[i]) : std::string_view());
    size = std::max(size, sources.back().size());
  }
  reply.Integer(static_cast<int64_t>(size));
  if (size == 0) {
    if (keys.Delete(destination)) keys.Changed(destination, Event::kGeneric, "del");
    return;
  }
  // Beside the destination, which may be one of the sources.
  const std::unique_ptr<char[]> result(new char[size]);
  CombineBits(*operation, sources, result.get());
  keys.Put(destination, {result.get(), size}, {.may_be_integer = false});
  keys.Edit<StringEditor>(destination)->Writable(0);  // Raw, however short it is.
  keys.Changed(destination, Event::kString, "set");
}

constexpr KeySpec kDestinationAndSources[] = {
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 2},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 3, .last = -1}};

constexpr CommandSpec kCommands[] = {
    {.name = "SETBIT",
     .args = "key offset value#i",
     .arity = 4,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kBitmap,
     .run = SetBitCommand,
     .since = "2.2.0",
     .summary = "Sets or clears one bit of the string at a key, and answers with what it was.",
     .complexity = "O(1)"},
    {.name = "GETBIT",
     .args = "key offset",
     .arity = 3,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kBitmap,
     .run = GetBitCommand,
     .since = "2.2.0",
     .summary = "Answers with one bit of the string at a key.",
     .complexity = "O(1)"},
    {.name = "BITCOUNT",
     .args = "key [range: start end [unit@7.0.0: BYTE | BIT]]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kBitmap,
     .run = BitCount,
     .since = "2.6.0",
     .history = "7.0.0 options BYTE and BIT",
     .summary = "Counts the bits that are set in the string at a key, or in a part of it.",
     .complexity = "O(N), N being the length of the part"},
    {.name = "BITPOS",
     .args = "key bit#i [range: start [end-unit-block: end [unit@7.0.0: BYTE | BIT]]]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kBitmap,
     .run = BitPos,
     .since = "2.8.7",
     .history = "7.0.0 options BYTE and BIT",
     .summary = "Finds the first bit that is set, or clear, in the string at a key.",
     .complexity = "O(N), N being the length of the part"},
    {.name = "BITOP",
     .args = "<operation: AND | OR | XOR | NOT> destkey key [key ...]",
     .arity = -4,
     .keys = kDestinationAndSources,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kBitmap,
     .run = BitOp,
     .since = "2.6.0",
     .summary = "Combines strings bit by bit and stores the result.",
     .complexity = "O(N), N being the length of all the strings"},
};

}  // namespace

CommandRows BitmapCommands() {
  return kCommands;
}

}  // namespace redstart
