// BITFIELD: strings as arrays of small integers.

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "server/commands/bit_offset.h"
#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/types/bitmap.h"

namespace redstart {
namespace {

struct FieldOperation {
  enum class Kind : uint8_t { kGet, kSet, kIncrement };

  Kind kind;
  FieldType type;
  FieldOverflow overflow;
  uint64_t offset;
  int64_t operand = 0;  // The value to set, or the increment.

  bool writes() const { return kind != Kind::kGet; }
  // The byte behind the last one that the field touches.
  size_t end() const { return (offset + static_cast<uint64_t>(type.bits) - 1) / 8 + 1; }
};

using FieldOperations = absl::InlinedVector<FieldOperation, 4>;

// "i1" to "i64", "u1" to "u63".
FieldType ReadType(ArgReader& in) {
  const std::string_view text = in.Bytes();
  const bool is_signed = text.starts_with('i');
  const std::optional<int64_t> bits =
      is_signed || text.starts_with('u') ? ParseInt64(text.substr(1)) : std::nullopt;
  if (!bits || *bits < 1 || *bits > (is_signed ? 64 : 63)) {
    in.Fail(error::kBitFieldType);
    return {};
  }
  return {is_signed, static_cast<int>(*bits)};
}

FieldOverflow ReadOverflow(ArgReader& in) {
  if (in.Word("WRAP")) return FieldOverflow::kWrap;
  if (in.Word("SAT")) return FieldOverflow::kSaturate;
  if (!in.Word("FAIL")) in.Fail(error::kBitFieldOverflow);
  return FieldOverflow::kFail;
}

// A word counts as an operation only if enough arguments follow it.
std::optional<FieldOperation::Kind> ReadKind(ArgReader& in) {
  if (in.remaining() > 2 && in.Word("GET")) return FieldOperation::Kind::kGet;
  if (in.remaining() > 3 && in.Word("SET")) return FieldOperation::Kind::kSet;
  if (in.remaining() > 3 && in.Word("INCRBY")) return FieldOperation::Kind::kIncrement;
  return std::nullopt;
}

FieldOperations ReadOperations(ArgReader& in, const Config& config) {
  FieldOperations operations;
  FieldOverflow overflow = FieldOverflow::kWrap;
  while (in.ok() && !in.done()) {
    if (in.remaining() > 1 && in.Word("OVERFLOW")) {
      overflow = ReadOverflow(in);
      continue;
    }
    const auto kind = ReadKind(in);
    if (!kind) {
      in.Fail(error::kSyntax);
      break;
    }
    FieldOperation operation = {*kind, ReadType(in), overflow, 0};
    if (!in.ok()) break;
    const auto offset = ReadBitOffset(in.Bytes(), config, operation.type.bits);
    if (!offset) in.Fail(error::kBitOffsetRange);
    operation.offset = offset.value_or(0);
    if (operation.writes()) operation.operand = in.Integer();
    operations.push_back(operation);
  }
  return operations;
}

void ReplyWithFields(std::string_view text, const FieldOperations& operations,
                     ReplyBuilder& reply) {
  reply.Array(operations.size());
  for (const FieldOperation& operation : operations) {
    reply.Integer(ReadField(text, operation.type, operation.offset));
  }
}

void ReplyWithFields(const Found<StringRef>& found, const FieldOperations& operations,
                     ReplyBuilder& reply) {
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  IntegerText scratch;
  ReplyWithFields(found ? found->View(&scratch) : std::string_view(), operations, reply);
}

// SET answers with what was there, INCRBY with the sum; both with null if it does not fit and is
// not to be written. True if the field has another value now.
bool WriteField(char* bytes, size_t size, const FieldOperation& operation, ReplyBuilder& reply) {
  const int64_t before = ReadField({bytes, size}, operation.type, operation.offset);
  const bool increments = operation.kind == FieldOperation::Kind::kIncrement;
  const auto after = increments
                         ? AddToField(operation.type, before, operation.operand, operation.overflow)
                         : FitField(operation.type, operation.operand, operation.overflow);
  if (!after) {
    reply.Null();
    return false;
  }
  reply.Integer(increments ? *after : before);
  redstart::WriteField(bytes, operation.type, operation.offset, *after);
  return *after != before;
}

// BITFIELD key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>]
// <SET encoding offset value | INCRBY encoding offset increment> ...]
void BitField(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const FieldOperations operations = ReadOperations(in, keys.config());
  if (!in.ok()) return reply.Fail(in.error());
  size_t written = 0;
  for (const FieldOperation& operation : operations) {
    if (operation.writes()) written = std::max(written, operation.end());
  }
  if (written == 0) return ReplyWithFields(keys.Read<StringRef>(args[1]), operations, reply);

  auto str = keys.EditOrCreate<StringEditor>(args[1]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  // Room for all of them comes first. It is a change of its own, even if every operation fails: if
  // it were passed over, as on Redis, replicas would keep a shorter string.
  bool changed = str->size() < written;
  char* const bytes = str->Writable(written);
  const size_t size = str->size();
  reply.Array(operations.size());
  for (const FieldOperation& operation : operations) {
    if (operation.writes()) {
      changed |= WriteField(bytes, size, operation, reply);
    } else {
      reply.Integer(ReadField({bytes, size}, operation.type, operation.offset));
    }
  }
  if (changed) str.Changed(Event::kString, "setbit");
}

// BITFIELD_RO key [GET encoding offset [GET encoding offset ...]]
void BitFieldRo(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const FieldOperations operations = ReadOperations(in, keys.config());
  if (!in.ok()) return reply.Fail(in.error());
  const bool writes = std::any_of(operations.begin(), operations.end(),
                                  [](const FieldOperation& o) { return o.writes(); });
  if (writes) return reply.Fail(error::kBitFieldReadOnly);
  ReplyWithFields(keys.Find<StringRef>(args[1]), operations, reply);
}

// BITFIELD that only reads needs no right to write.
uint16_t BitFieldKeyFlags(Args args) {
  constexpr uint16_t kReads = kKeyReadOnly | kKeyAccess;
  constexpr uint16_t kWrites = kKeyReadWrite | kKeyAccess | kKeyUpdate;
  ArgReader in(args.subspan(2));
  while (!in.done()) {
    if (in.remaining() > 1 && in.Word("OVERFLOW")) {
      in.Bytes();
    } else if (ReadKind(in) == FieldOperation::Kind::kGet) {
      in.Bytes();
      in.Bytes();
    } else {
      return kWrites;  // Also what cannot be read, to be safe.
    }
  }
  return kReads;
}

constexpr KeySpec kFieldKey[] = {
    {.flags = kKeyReadWrite | kKeyUpdate | kKeyAccess | kKeyVariableFlags}};

constexpr CommandSpec kCommands[] = {
    {.name = "BITFIELD",
     .args = "key [<operation: GET <get-block: encoding offset> | <write: [OVERFLOW "
             "<overflow-block: WRAP | SAT | FAIL>] <write-operation: SET <set-block: encoding "
             "offset value#i> | INCRBY <incrby-block: encoding offset increment>>>> ...]",
     .arity = -2,
     .keys = kFieldKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kBitmap,
     .run = BitField,
     .since = "3.2.0",
     .summary = "Reads, sets and adds to integers of any width inside the string at a key.",
     .complexity = "O(1) for each operation",
     .key_flags = BitFieldKeyFlags},
    {.name = "BITFIELD_RO",
     .args = "key [GET <get-block: encoding offset> ...]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kBitmap,
     .run = BitFieldRo,
     .since = "6.0.0",
     .summary = "Reads integers of any width inside the string at a key.",
     .complexity = "O(1) for each operation"},
};

}  // namespace

CommandRows BitFieldCommands() {
  return kCommands;
}

}  // namespace redstart
