#include "server/commands/scan_options.h"

#include <charconv>

#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "storage/base/glob.h"

namespace redstart {

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

std::string_view ScanOptions::Read(Args words, ScanKind kind) {
  ArgReader in(words);
  while (in.ok() && !in.done()) {
    if (in.remaining() >= 2 && in.Word("COUNT")) {
      count = static_cast<size_t>(in.Integer({.min = 1, .otherwise = error::kSyntax}));
    } else if (in.remaining() >= 2 && in.Word("MATCH")) {
      pattern = in.Bytes();
      if (pattern == "*") pattern.reset();
    } else if (kind == ScanKind::kKeys && in.remaining() >= 2 && in.Word("TYPE")) {
      // A type that does not exist is no error: no key has it.
      type = in.Bytes();
    } else if (kind != ScanKind::kKeys && in.Word("NOVALUES")) {
      if (kind != ScanKind::kHash) in.Fail(error::kNoValuesNeedsHash);
      no_values = true;
    } else {
      in.Fail(error::kSyntax);
    }
  }
  return in.ok() ? std::string_view() : in.error();
}

bool ScanOptions::Matches(std::string_view name) const {
  return !pattern || GlobMatches(*pattern, name);
}

void ScanReply::Write(uint64_t cursor, ReplyBuilder& reply) const {
  reply.Array(2);
  reply.Bulk(FormatInt64(static_cast<int64_t>(cursor)));
  reply.Array(ends_.size());
  size_t begin = 0;
  for (const size_t end : ends_) {
    reply.Bulk(std::string_view(texts_).substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace redstart
