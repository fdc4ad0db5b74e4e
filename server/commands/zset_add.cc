#include "server/commands/zset_add.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "storage/base/number.h"
#include "storage/zset_editor.h"

namespace redstart {
namespace {

struct AddOptions {
  bool only_new = false;       // NX
  bool only_existing = false;  // XX
  bool only_greater = false;   // GT
  bool only_less = false;      // LT
  bool count_changed = false;  // CH
  bool increment = false;      // INCR

  // Reads the words up to the first score. Returns how many there were.
  size_t Read(Args words) {
    size_t count = 0;
    for (; count < words.size(); ++count) {
      if (!ReadWord(words[count])) break;
    }
    return count;
  }
  // The error that they are together, or nothing.
  std::string_view Conflict(size_t elements) const {
    if (only_new && only_existing) return error::kAddXxAndNx;
    if ((only_greater && only_new) || (only_less && only_new) || (only_greater && only_less)) {
      return error::kAddGtLtNx;
    }
    if (increment && elements > 1) return error::kAddIncrementsOne;
    return {};
  }

 private:
  bool ReadWord(std::string_view word) {
    // Scores are not looked at six times.
    if (word.size() < 2 || word.size() > 4) return false;
    const struct {
      std::string_view name;
      bool* option;
    } kWords[] = {{"NX", &only_new},    {"XX", &only_existing}, {"CH", &count_changed},
                  {"INCR", &increment}, {"GT", &only_greater},  {"LT", &only_less}};
    for (const auto& [name, option] : kWords) {
      if (!SameWord(word, name)) continue;
      *option = true;
      return true;
    }
    return false;
  }
};

// What became of one element.
struct Added {
  bool is_new = false;
  bool changed = false;
  std::optional<double> score;  // None if the options left it alone.
  bool is_nan = false;
};

Added AddElement(const AddOptions& options, std::string_view member, double score,
                 ZSetEditor* zset) {
  const std::optional<double> before = zset->view().Score(member);
  if (!before) {
    if (options.only_existing) return {};
    zset->Set(member, score);
    return {.is_new = true, .score = score};
  }
  if (options.only_new) return {};
  if (options.increment) {
    score += *before;
    if (std::isnan(score)) return {.is_nan = true};
  }
  if ((options.only_less && score >= *before) || (options.only_greater && score <= *before)) {
    return {};
  }
  if (score == *before) return {.score = score};
  zset->Set(member, score);
  return {.changed = true, .score = score};
}

bool Refuse(std::string_view error, ReplyBuilder& reply) {
  reply.Fail(error);
  return false;
}

}  // namespace

bool AddScored(WriteKeys& keys, Args args, bool increment, ReplyBuilder& reply) {
  AddOptions options = {.increment = increment};
  const size_t words = options.Read(args.subspan(2));
  const Args pairs = args.subspan(2 + words);
  if (pairs.empty() || pairs.size() % 2 != 0) return Refuse(error::kSyntax, reply);
  const size_t elements = pairs.size() / 2;
  const std::string_view conflict = options.Conflict(elements);
  if (!conflict.empty()) return Refuse(conflict, reply);
  absl::InlinedVector<double, 16> scores;
  for (size_t i = 0; i < pairs.size(); i += 2) {
    const std::optional<double> score = ParseDouble(pairs[i]);
    if (!score) return Refuse(error::kNotFloat, reply);
    scores.push_back(*score);
  }

  auto zset = keys.EditOrCreate<ZSetEditor>(args[1]);
  if (zset.IsWrongType()) return Refuse(error::kWrongType, reply);
  if (!zset->empty() || !options.only_existing) zset->PrepareFor(elements, pairs[1].size());
  int64_t added = 0;
  int64_t changed = 0;
  Added last;
  for (size_t i = 0; i < elements; ++i) {
    last = AddElement(options, pairs[i * 2 + 1], scores[i], zset.operator->());
    if (last.is_nan) return Refuse(error::kScoreNan, reply);
    added += last.is_new;
    changed += last.changed;
  }
  if (added + changed > 0) {
    zset.Changed(Event::kSortedSet, options.increment ? "zincr" : "zadd",
                 static_cast<uint64_t>(added + changed));
  }
  if (!options.increment) {
    reply.Integer(options.count_changed ? added + changed : added);
  } else if (last.score) {
    reply.Double(*last.score);
  } else {
    reply.Null();
  }
  return added + changed > 0;
}

}  // namespace redstart
