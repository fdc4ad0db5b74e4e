#include "storage/zset_editor.h"

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace redstart {

void InsertScored(PackedStore* store, ListpackView::At before, std::string_view member,
                  double score) {
  ListpackEditor pack(store);
  const auto score_at = before + static_cast<ListpackView::At>(ListpackBytesOf(member));
  pack.Insert(before, member);
  // Beyond half of their range Redis does not write integers; those texts are no integers either.
  constexpr double kLimit = static_cast<double>(std::numeric_limits<int64_t>::max() / 2);
  if (std::abs(score) <= kLimit && score == std::trunc(score)) {
    pack.Insert(score_at, static_cast<int64_t>(score));
    return;
  }
  char text[kMaxDoubleChars];
  pack.Insert(score_at, {text, static_cast<size_t>(FormatDouble(score, text) - text)});
}

void ZSetEditor::PrepareFor(size_t count, size_t longest) {
  if (is_object()) return;
  // What is there already is not looked at twice, as on Redis.
  if (count > limits_.zset_max_listpack_entries ||
      (empty() && longest > limits_.zset_max_listpack_value)) {
    BecomeLarge();
  }
}

bool ZSetEditor::Set(std::string_view member, double score) {
  if (is_object()) return object<ScoredSet>()->Set(member, score);
  ListpackEditor pack(packed());
  const auto at = pack.view().Find(pack.view().First(), member, /*skip=*/1);
  if (at != ListpackView::kNone) {
    if (ScoreOf(pack.view().Get(pack.view().Next(at))) == score) return false;
    pack.Erase(at, 2);
    Insert(member, score);
    return false;
  }
  if (size() + 1 > limits_.zset_max_listpack_entries ||
      member.size() > limits_.zset_max_listpack_value ||
      packed()->size() + member.size() > ListpackView::kMaxBytes) {
    BecomeLarge();
    return object<ScoredSet>()->Set(member, score);
  }
  Insert(member, score);
  return true;
}

void ZSetEditor::Insert(std::string_view member, double score) {
  const PackedPlace place =
      FindPlace(ListpackView(packed()->bytes()), ScoreBound::Before(score, member));
  InsertScored(packed(), place.at, member, score);
}

bool ZSetEditor::Erase(std::string_view member) {
  if (is_object()) return object<ScoredSet>()->Erase(member);
  ListpackEditor pack(packed());
  const auto at = pack.view().Find(pack.view().First(), member, /*skip=*/1);
  if (at == ListpackView::kNone) return false;
  pack.Erase(at, 2);
  return true;
}

void ZSetEditor::EraseRange(size_t first, size_t count) {
  if (count == 0) return;
  if (is_object()) return object<ScoredSet>()->EraseRange(first, count);
  ListpackEditor(packed()).EraseRange(static_cast<int64_t>(first * 2), count * 2);
}

void ZSetEditor::BecomeLarge() {
  auto set = std::make_unique<ScoredSet>();
  view().ForEach([&](const Element& member, double score) {
    IntegerText scratch;
    set->Set(member.View(&scratch), score);
  });
  Become(std::move(set));
}

}  // namespace redstart
