// Commands that look at a part of a string, change a part of it, or compare two.

#include <algorithm>

#include "server/commands/command_families.h"
#include "server/commands/string_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/common_subsequence.h"

namespace redstart {
namespace {

// Whether a string of size + added bytes may be. `size` may be any offset that a client sends.
bool MayHold(const Config& config, size_t size, size_t added) {
  const auto max = static_cast<uint64_t>(config.proto_max_bulk_len);
  return size <= max && added <= max - size;
}

// APPEND key value
void Append(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto str = keys.Edit<StringEditor>(args[1]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!str) {
    keys.Put(args[1], args[2]);
    keys.Changed(args[1], Event::kString, "append");
    return reply.Integer(static_cast<int64_t>(args[2].size()));
  }
  if (!MayHold(keys.config(), str->size(), args[2].size())) {
    return reply.Fail(error::kStringTooLong);
  }
  str->Append(args[2]);
  str.Changed(Event::kString, "append");
  reply.Integer(static_cast<int64_t>(str->size()));
}

// STRLEN key
void StrLen(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(found ? static_cast<int64_t>(found->size()) : 0);
}

// GETRANGE key start end
void GetRange(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  int64_t start = in.Integer();
  int64_t end = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!found) return reply.Bulk({});
  const auto size = static_cast<int64_t>(found->size());
  // Tested before the clamping below, which would make 0 of both.
  if (start < 0 && end < 0 && start > end) return reply.Bulk({});
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (end < 0) end = std::max<int64_t>(end + size, 0);
  end = std::min(end, size - 1);
  if (start > end) return reply.Bulk({});
  ReplyWithSubstring(*found, static_cast<size_t>(start), static_cast<size_t>(end - start + 1),
                     reply);
}

// SETRANGE key offset value
void SetRange(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t offset = in.Integer({.min = 0, .otherwise = error::kOffsetRange});
  const std::string_view patch = in.Bytes();
  if (!in.ok()) return reply.Fail(in.error());
  auto str = keys.EditOrCreate<StringEditor>(args[1]);
  if (str.IsWrongType()) return reply.Fail(error::kWrongType);
  // An empty patch must not create the key: clients use it to ask for the length.
  if (patch.empty()) return reply.Integer(static_cast<int64_t>(str->size()));
  if (!MayHold(keys.config(), static_cast<size_t>(offset), patch.size())) {
    return reply.Fail(error::kStringTooLong);
  }
  str->Overwrite(static_cast<size_t>(offset), patch);
  str.Changed(Event::kString, "setrange");
  reply.Integer(static_cast<int64_t>(str->size()));
}

struct LcsOptions {
  bool length = false;
  bool indexes = false;
  bool with_match_length = false;
  size_t min_match_length = 0;
};

LcsOptions ReadLcsOptions(ArgReader& in) {
  LcsOptions options;
  while (in.ok() && !in.done()) {
    if (in.Word("IDX")) {
      options.indexes = true;
    } else if (in.Word("LEN")) {
      options.length = true;
    } else if (in.Word("WITHMATCHLEN")) {
      options.with_match_length = true;
    } else if (in.remaining() > 1 && in.Word("MINMATCHLEN")) {
      options.min_match_length = static_cast<size_t>(std::max<int64_t>(in.Integer(), 0));
    } else {
      in.Fail(error::kSyntax);
    }
  }
  if (options.length && options.indexes) in.Fail(error::kLcsLengthAndIndexes);
  return options;
}

void ReplyWithRange(size_t begin, size_t length, ReplyBuilder& reply) {
  reply.Array(2);
  reply.Integer(static_cast<int64_t>(begin));
  reply.Integer(static_cast<int64_t>(begin + length - 1));
}

void ReplyWithMatches(const CommonSubsequence& found, const LcsOptions& options,
                      ReplyBuilder& reply) {
  reply.Map(2);
  reply.Bulk("matches");
  const size_t matches = reply.BeginArray();
  size_t count = 0;
  for (const CommonRun& run : found.runs) {
    if (run.length < options.min_match_length) continue;
    reply.Array(options.with_match_length ? 3 : 2);
    ReplyWithRange(run.a, run.length, reply);
    ReplyWithRange(run.b, run.length, reply);
    if (options.with_match_length) reply.Integer(static_cast<int64_t>(run.length));
    ++count;
  }
  reply.EndArray(matches, count);
  reply.Bulk("len");
  reply.Integer(static_cast<int64_t>(found.text.size()));
}

// The size of the texts that may be compared, which bounds the time that their shards are locked.
std::string_view LcsSizeError(const Config& config, size_t a_size, size_t b_size) {
  constexpr size_t kMaxSize = std::numeric_limits<uint32_t>::max() - 1;
  if (a_size >= kMaxSize || b_size >= kMaxSize) return error::kLcsTooLong;
  // What Redis's matrix would take: ours is smaller, the limit is the same.
  const auto cells = static_cast<uint64_t>(config.proto_max_bulk_len) / sizeof(uint32_t);
  if ((a_size + 1) * (b_size + 1) > cells) return error::kLcsMemory;
  return {};
}

// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]
void Lcs(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto found_a = keys.Find<StringRef>(args[1]);
  const auto found_b = keys.Find<StringRef>(args[2]);
  if (found_a.IsWrongType() || found_b.IsWrongType()) return reply.Fail(error::kLcsNeedsStrings);
  ArgReader in(args.subspan(3));
  const LcsOptions options = ReadLcsOptions(in);
  if (!in.ok()) return reply.Fail(in.error());
  IntegerText scratch_a;
  IntegerText scratch_b;
  const std::string_view a = found_a ? found_a->View(&scratch_a) : std::string_view();
  const std::string_view b = found_b ? found_b->View(&scratch_b) : std::string_view();
  const std::string_view size_error = LcsSizeError(keys.config(), a.size(), b.size());
  if (!size_error.empty()) return reply.Fail(size_error);
  if (options.indexes) {
    ReplyWithMatches(FindCommonSubsequence(a, b), options, reply);
  } else if (options.length) {
    reply.Integer(static_cast<int64_t>(CommonSubsequenceLength(a, b)));
  } else {
    reply.Bulk(FindCommonSubsequence(a, b).text);
  }
}

constexpr KeySpec kReadTwoKeys[] = {{.flags = kKeyReadOnly | kKeyAccess, .last = 1}};

constexpr CommandSpec kCommands[] = {
    {.name = "APPEND",
     .args = "key value",
     .arity = 3,
     .keys = kInsertFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kString,
     .run = Append,
     .since = "2.0.0",
     .summary = "Adds a text to the end of the string at a key, or creates the key with it.",
     .complexity = "O(1) amortised, for appended texts of constant size"},
    {.name = "STRLEN",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kString,
     .run = StrLen,
     .since = "2.2.0",
     .summary = "Answers with the length of the string at a key.",
     .complexity = "O(1)"},
    {.name = "GETRANGE",
     .args = "key start end",
     .arity = 4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kString,
     .run = GetRange,
     .since = "2.4.0",
     .summary = "Answers with a part of the string at a key.",
     .complexity = "O(N), N being the length of the part"},
    {.name = "SUBSTR",
     .args = "key start end",
     .arity = 4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kString,
     .run = GetRange,
     .since = "1.0.0",
     .deprecated = "2.0.0 GETRANGE",
     .summary = "The old name of GETRANGE.",
     .complexity = "O(N), N being the length of the part"},
    {.name = "SETRANGE",
     .args = "key offset value",
     .arity = 4,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = SetRange,
     .since = "2.2.0",
     .summary = "Overwrites the string at a key from an offset on, filling a gap with zero bytes.",
     .complexity = "O(M), M being the length of the value, where the string need not grow"},
    {.name = "LCS",
     .args = "key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]",
     .arity = -3,
     .keys = kReadTwoKeys,
     .flags = kReadOnly,
     .group = CommandGroup::kString,
     .run = Lcs,
     .since = "7.0.0",
     .summary = "Finds the longest common subsequence of two strings.",
     .complexity = "O(N*M), N and M being the lengths of the strings"},
};

}  // namespace

CommandRows StringRangeCommands() {
  return kCommands;
}

}  // namespace redstart
