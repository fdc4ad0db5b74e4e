#include "storage/set_edits.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace redstart {
namespace {

// Redis's limit for int sets, whatever the options say.
constexpr size_t kMaxIntSet = size_t{1} << 30;

size_t MaxIntSet(const CollectionLimits& limits) {
  return std::min(limits.set_max_intset_entries, kMaxIntSet);
}

}  // namespace

template <typename Holder>
void SetEdits<Holder>::PrepareFor(absl::Span<const std::string_view> members) {
  if (this->is_object()) return;
  const size_t count = members.size();
  if (!empty()) {
    if (count > (IsIntSet() ? limits_.set_max_intset_entries : limits_.set_max_listpack_entries)) {
      BecomeLarge();
    }
    return;
  }
  // The first member decides how a new set begins.
  if (count <= limits_.set_max_intset_entries && ParseInt64(members[0])) return;
  if (count <= limits_.set_max_listpack_entries) return BecomeListpack();
  BecomeLarge();
}

template <typename Holder>
bool SetEdits<Holder>::Add(const Element& member) {
  if (!this->is_object()) return AddPacked(member);
  IntegerText scratch;
  return this->template object<MemberTable>()->Add(member.View(&scratch));
}

template <typename Holder>
bool SetEdits<Holder>::AddPacked(const Element& member) {
  IntegerText scratch;
  if (IsIntSet()) {
    if (const auto integer = member.AsInteger()) return AddToIntSet(*integer);
    if (!FitsListpack(view().int_set(), member)) {
      BecomeLarge();
      return Add(member);
    }
    BecomeListpack();
    ListpackEditor(this->packed()).Append(member);
    return true;
  }
  ListpackEditor pack(this->packed());
  const std::string_view text = member.View(&scratch);
  if (pack.view().Find(pack.view().First(), text) != ListpackView::kNone) return false;
  if (pack.view().size() >= limits_.set_max_listpack_entries ||
      text.size() > limits_.set_max_listpack_value ||
      this->packed()->size() + text.size() > ListpackView::kMaxBytes) {
    BecomeLarge();
    return Add(member);
  }
  pack.Append(member);
  return true;
}

template <typename Holder>
bool SetEdits<Holder>::AddToIntSet(int64_t member) {
  if (!IntSetEditor(this->packed()).Insert(member)) return false;
  if (view().int_set().size() > MaxIntSet(limits_)) BecomeLarge();
  return true;
}

template <typename Holder>
bool SetEdits<Holder>::FitsListpack(IntSetView integers, const Element& member) const {
  size_t longest = member.size();
  if (!integers.empty()) {
    // The longest text is that of the least integer or of the greatest one.
    longest = std::max(
        {longest, Int64Chars(integers.Get(0)), Int64Chars(integers.Get(integers.size() - 1))});
  }
  return integers.size() < limits_.set_max_listpack_entries &&
         longest <= limits_.set_max_listpack_value;
}

template <typename Holder>
bool SetEdits<Holder>::Erase(const Element& member) {
  IntegerText scratch;
  if (this->is_object()) return this->template object<MemberTable>()->Erase(member.View(&scratch));
  if (IsIntSet()) {
    const std::optional<int64_t> integer = member.AsInteger();
    return integer && IntSetEditor(this->packed()).Erase(*integer);
  }
  ListpackEditor pack(this->packed());
  const auto at = pack.view().Find(pack.view().First(), member.View(&scratch));
  if (at == ListpackView::kNone) return false;
  pack.Erase(at);
  return true;
}

template <typename Holder>
std::string SetEdits<Holder>::PopRandom() {
  std::string popped;
  view().VisitRandomTimes(1, [&](const Element& member) { popped = member.ToString(); });
  Erase(std::string_view(popped));
  return popped;
}

template <typename Holder>
void SetEdits<Holder>::BecomeListpack() {
  PackedBuffer pack(kEmptyListpack);
  view().ForEach([&](const Element& member) { ListpackEditor(&pack).Append(member); });
  this->Become(Packing::kListpack, pack.bytes());
}

template <typename Holder>
void SetEdits<Holder>::BecomeLarge() {
  if (this->is_object()) return;
  auto table = std::make_unique<MemberTable>();
  view().ForEach([&](const Element& member) {
    IntegerText scratch;
    table->Add(member.View(&scratch));
  });
  this->Become(std::move(table));
}

template class SetEdits<CollectionEditor>;
template class SetEdits<LooseCollection>;

void SetBuilder::PreferIntSet() {
  if (view().is_int_set() || size() > MaxIntSet(limits_)) return;
  PackedBuffer integers(kEmptyIntSet);
  bool all = true;
  view().ForEachWhile([&](const Element& member) {
    const std::optional<int64_t> integer = member.AsInteger();
    all = integer.has_value();
    if (all) IntSetEditor(&integers).Insert(*integer);
    return all;
  });
  if (all) Become(Packing::kIntSet, integers.bytes());
}

}  // namespace redstart
