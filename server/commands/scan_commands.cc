// SCAN, KEYS and RANDOMKEY: finding keys that the client does not name.

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "storage/base/glob.h"

namespace redstart {
namespace {

struct ScanOptions {
  // Absent: every key.
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;
  int64_t count = 10;

  bool Wants(const Entry& entry) const {
    return (!pattern || GlobMatches(*pattern, entry.key())) &&
           (!type || SameWord(*type, TypeName(entry.type())));
  }
};

// A cursor as strtoul reads it: a sign is accepted (and negates modulo 2^64), no text at all is 0,
// and what follows a zero byte is not looked at.
std::optional<uint64_t> ParseCursor(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.empty()) return 0;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  uint64_t cursor = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cursor);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? -cursor : cursor;
}

// The error to answer, or nothing.
std::string_view ReadScanOptions(Args words, ScanOptions* options) {
  ArgReader in(words);
  while (in.ok() && !in.done()) {
    if (in.remaining() >= 2 && in.Word("COUNT")) {
      options->count = in.Integer({.min = 1, .otherwise = error::kSyntax});
    } else if (in.remaining() >= 2 && in.Word("MATCH")) {
      options->pattern = in.Bytes();
      if (options->pattern == "*") options->pattern.reset();
    } else if (in.remaining() >= 2 && in.Word("TYPE")) {
      // A type that does not exist is no error: no key has it.
      options->type = in.Bytes();
    } else {
      in.Fail(error::kSyntax);
    }
  }
  return in.ok() ? std::string_view() : in.error();
}

// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
void Scan(KeyWalk& walk, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> cursor = ParseCursor(args[1]);
  if (!cursor) return reply.Fail(error::kInvalidCursor);
  ScanOptions options;
  const std::string_view error = ReadScanOptions(args.subspan(2), &options);
  if (!error.empty()) return reply.Fail(error);

  // The cursor stands before the keys in the reply, but is known after them.
  std::string names;
  std::vector<size_t> ends;
  const uint64_t next =
      walk.Step(*cursor, static_cast<size_t>(options.count), [&](const Entry& entry) {
        if (!options.Wants(entry)) return;
        names.append(entry.key());
        ends.push_back(names.size());
      });
  reply.Array(2);
  reply.Bulk(FormatInt64(static_cast<int64_t>(next)));
  reply.Array(ends.size());
  size_t begin = 0;
  for (const size_t end : ends) {
    reply.Bulk(std::string_view(names).substr(begin, end - begin));
    begin = end;
  }
}

// KEYS pattern
void Keys(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply) {
  const std::string_view pattern = args[1];
  const bool all = pattern == "*";
  size_t found = 0;
  const size_t handle = reply.BeginArray();
  keyspace.ForEach([&](const Entry& entry) {
    if (!all && !GlobMatches(pattern, entry.key())) return;
    reply.Bulk(entry.key());
    ++found;
  });
  reply.EndArray(handle, found);
}

// RANDOMKEY
void RandomKey(KeyWalk& walk, Args, ReplyBuilder& reply) {
  const std::optional<std::string> key = walk.RandomKey();
  if (!key) return reply.Null();
  reply.Bulk(*key);
}

constexpr CommandSpec kCommands[] = {
    {.name = "SCAN",
     .args = "cursor [MATCH pattern] [COUNT count] [TYPE type]",
     .arity = -2,
     .flags = kReadOnly | kTouchesArbitraryKeys,
     .run = Scan,
     .since = "2.8.0",
     .summary = "Visits the keys of the database a few at a time.",
     .complexity = "O(1) for every call, O(N) for N keys from cursor 0 back to cursor 0.",
     .tips = "nondeterministic_output request_policy:special response_policy:special"},
    {.name = "KEYS",
     .args = "pattern",
     .arity = 2,
     .flags = kReadOnly,
     .categories = kCategoryDangerous,
     .run = Keys,
     .since = "1.0.0",
     .summary = "Lists all keys whose names match a pattern.",
     .complexity = "O(N) for N keys in the database.",
     .tips = "request_policy:all_shards nondeterministic_output_order"},
    {.name = "RANDOMKEY",
     .arity = 1,
     .flags = kReadOnly | kTouchesArbitraryKeys,
     .run = RandomKey,
     .since = "1.0.0",
     .summary = "Picks a key at random.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:special nondeterministic_output"},
};

}  // namespace

CommandRows ScanCommands() {
  return kCommands;
}

}  // namespace redstart
