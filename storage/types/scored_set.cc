#include "storage/types/scored_set.h"

#include <algorithm>
#include <vector>

namespace redstart {

ScoredSet::ScoredSet() : table_(Policy{}, /*roots=*/1, /*reclaimer=*/nullptr) {}

ScoredSet::~ScoredSet() {
  for (std::optional<uint64_t> at = 0; at;) {
    at = table_.Drain(*at, [](ScoredMember* element) { ScoredMember::Delete(element); });
  }
}

size_t ScoredSet::MemoryBytes() const {
  return sizeof(ScoredSet) - sizeof(table_) - sizeof(tree_) + table_.MemoryBytes() +
         tree_.MemoryBytes() + element_bytes_;
}

std::unique_ptr<Collection> ScoredSet::Clone() const {
  auto copy = std::make_unique<ScoredSet>();
  tree_.VisitUp(0, size(),
                [&](const ScoredMember& element) { copy->Set(element.member(), element.score()); });
  return copy;
}

bool ScoredSet::Set(std::string_view member, double score) {
  const uint64_t position = MemberPosition(member);
  const auto place = table_.Find(member, position);
  if (place) {
    tree_.ChangeScore(place.node(), score);
    return false;
  }
  ScoredMember* element = ScoredMember::New(score, member);
  element_bytes_ += element->MemoryBytes();
  table_.Insert(element, position);
  tree_.Insert(element);
  return true;
}

bool ScoredSet::Erase(std::string_view member) {
  const auto place = table_.Find(member, MemberPosition(member));
  if (place) Erase(place);
  return static_cast<bool>(place);
}

void ScoredSet::Erase(Table<Policy>::Place place) {
  ScoredMember* element = place.node();
  tree_.Erase(*element);
  table_.Erase(place);
  element_bytes_ -= element->MemoryBytes();
  ScoredMember::Delete(element);
}

void ScoredSet::EraseRange(size_t first, size_t count) {
  // Portion by portion, so that no list of millions is made.
  constexpr size_t kPortion = 256;
  std::vector<const ScoredMember*> elements;
  for (size_t portion; count > 0; count -= portion) {
    portion = std::min(count, kPortion);
    elements.clear();
    tree_.VisitUp(first, portion,
                  [&](const ScoredMember& element) { elements.push_back(&element); });
    for (const ScoredMember* element : elements) Erase(element->member());
  }
}

}  // namespace redstart
