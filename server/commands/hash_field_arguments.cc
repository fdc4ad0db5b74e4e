#include "server/commands/hash_field_arguments.h"

#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr int64_t kLastDeadline = (int64_t{1} << 46) - 1;

}  // namespace

std::optional<int64_t> ReadFieldDeadline(std::string_view amount, const FieldTimeForm& form,
                                         uint64_t now_ms, ReplyBuilder& reply) {
  const std::optional<int64_t> number = ParseInt64(amount);
  if (!number) {
    reply.Fail(error::kNotInteger);
    return std::nullopt;
  }
  if (*number < 0) {
    reply.Fail(error::kFieldTimeNegative);
    return std::nullopt;
  }
  const int64_t base = form.relative ? static_cast<int64_t>(now_ms) : 0;
  if (*number > kLastDeadline / form.unit_ms || *number * form.unit_ms > kLastDeadline - base) {
    reply.Fail(error::InvalidExpire(form.command));
    return std::nullopt;
  }
  return *number * form.unit_ms + base;
}

std::optional<Args> ReadFieldNames(Args args, std::string_view no_count, ReplyBuilder& reply) {
  ArgReader in(args);
  if (!in.Word("FIELDS")) {
    reply.Fail(error::kFieldsMissing);
    return std::nullopt;
  }
  const int64_t count = in.Integer({.min = 1, .otherwise = no_count, .malformed = no_count});
  if (!in.ok()) {
    reply.Fail(in.error());
    return std::nullopt;
  }
  if (static_cast<uint64_t>(count) != in.remaining()) {
    reply.Fail(error::kFieldCountMismatch);
    return std::nullopt;
  }
  return args.subspan(2);
}

}  // namespace redstart
