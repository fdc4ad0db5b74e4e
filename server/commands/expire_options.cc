#include "server/commands/expire_options.h"

#include <limits>

#include "server/exec/errors.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

using Kind = ExpireOption::Kind;

struct OptionWord {
  std::string_view word;
  Kind kind;
  bool has_amount;
};
constexpr OptionWord kWords[] = {
    {"EX", Kind::kSeconds, true},       {"PX", Kind::kMilliseconds, true},
    {"EXAT", Kind::kUnixSeconds, true}, {"PXAT", Kind::kUnixMilliseconds, true},
    {"KEEPTTL", Kind::kKeepTtl, false}, {"PERSIST", Kind::kPersist, false},
};

}  // namespace

bool ExpireOption::Read(ArgReader& in, Kind flag) {
  for (const OptionWord& option : kWords) {
    if (!option.has_amount && option.kind != flag) continue;
    if (!in.Word(option.word)) continue;
    if (kind != Kind::kNone && kind != option.kind) in.Fail(error::kSyntax);
    kind = option.kind;
    if (option.has_amount) amount = in.Bytes();
    return true;
  }
  return false;
}

std::optional<uint64_t> ExpireOption::Deadline(uint64_t now_ms, std::string_view command,
                                               ReplyBuilder& reply) const {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::optional<int64_t> number = ParseInt64(amount);
  if (!number) {
    reply.Fail(error::kNotInteger);
    return std::nullopt;
  }
  const int64_t unit = kind == Kind::kSeconds || kind == Kind::kUnixSeconds ? 1000 : 1;
  const int64_t base = IsAbsolute() ? 0 : static_cast<int64_t>(now_ms);
  if (*number <= 0 || *number > kMax / unit || *number * unit > kMax - base) {
    reply.Fail(error::InvalidExpire(command));
    return std::nullopt;
  }
  return static_cast<uint64_t>(*number * unit + base);
}

}  // namespace redstart
