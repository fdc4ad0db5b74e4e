#include "storage/types/stream_node.h"

namespace redstart {
namespace {

constexpr int64_t kDeleted = 1;
constexpr int64_t kSameFields = 2;
// Flags, milliseconds, sequence.
constexpr int64_t kEntryHead = 3;

int64_t IntegerAt(const ListpackView& pack, ListpackView::At at) {
  return pack.Get(at).AsInteger().value_or(0);
}

// Whether the names of these fields are those at the head of a listpack.
bool HasNames(const ListpackView& pack, absl::Span<const std::string_view> fields_and_values) {
  auto at = pack.Next(pack.Next(pack.First()));
  if (static_cast<uint64_t>(IntegerAt(pack, at)) != fields_and_values.size() / 2) return false;
  for (size_t i = 0; i < fields_and_values.size(); i += 2) {
    at = pack.Next(at);
    if (!pack.Is(at, fields_and_values[i])) return false;
  }
  return true;
}

// Reads a listpack from outside element by element.
class Walker {
 public:
  explicit Walker(std::string_view bytes) : pack_(bytes), at_(pack_.First()) {}

  bool AtEnd() const { return at_ == ListpackView::kNone; }
  bool Skip(int64_t count) {
    for (; count > 0; --count) {
      if (AtEnd()) return false;
      at_ = pack_.Next(at_);
      ++passed_;
    }
    return true;
  }
  std::optional<int64_t> Integer() {
    if (AtEnd()) return std::nullopt;
    const Element element = pack_.Get(at_);
    if (!element.is_integer()) return std::nullopt;
    Skip(1);
    return element.integer();
  }
  int64_t passed() const { return passed_; }

 private:
  ListpackView pack_;
  ListpackView::At at_;
  int64_t passed_ = 0;
};

// One entry; *is_deleted says whether it is.
bool SkipEntry(Walker* walker, int64_t head_fields, bool* is_deleted) {
  const int64_t begin = walker->passed();
  const auto flags = walker->Integer();
  if (!flags || !walker->Integer() || !walker->Integer()) return false;
  *is_deleted = (*flags & kDeleted) != 0;
  if ((*flags & kSameFields) != 0) {
    if (!walker->Skip(head_fields)) return false;
  } else {
    const auto fields = walker->Integer();
    if (!fields || *fields < 0 || *fields > INT32_MAX || !walker->Skip(*fields * 2)) return false;
  }
  const int64_t elements = walker->passed() - begin;
  return walker->Integer() == elements;
}

}  // namespace

StreamNode::StreamNode(StreamId id, std::string_view bytes) : id_(id), pack_(bytes) {
  At at = pack_.First();
  live_ = static_cast<uint64_t>(IntegerAt(pack_, at));
  at = pack_.Next(at);
  deleted_ = static_cast<uint64_t>(IntegerAt(pack_, at));
  at = pack_.Next(at);
  fields_ = static_cast<uint64_t>(IntegerAt(pack_, at));
  at = names_ = pack_.Next(at);
  for (uint64_t i = 0; i < fields_; ++i) at = pack_.Next(at);
  zero_ = at;
}

bool StreamNode::Read(At at, StreamEntry* entry) const {
  const int64_t flags = IntegerAt(pack_, at);
  const At ms = pack_.Next(at);
  const At sequence = pack_.Next(ms);
  // Differences of ids may be larger than an int64 holds; the sums wrap as they did.
  entry->id = {id_.ms + static_cast<uint64_t>(IntegerAt(pack_, ms)),
               id_.sequence + static_cast<uint64_t>(IntegerAt(pack_, sequence))};
  entry->pack_ = pack_;
  const At behind = pack_.Next(sequence);
  if ((flags & kSameFields) != 0) {
    entry->fields = fields_;
    entry->names_ = names_;
    entry->values_ = behind;
  } else {
    entry->fields = static_cast<size_t>(IntegerAt(pack_, behind));
    entry->names_ = ListpackView::kNone;
    entry->values_ = pack_.Next(behind);
  }
  return (flags & kDeleted) == 0;
}

StreamNode::At StreamNode::Next(At at) const {
  const bool same = (IntegerAt(pack_, at) & kSameFields) != 0;
  At behind = SkipId(at);
  uint64_t elements = fields_;
  if (!same) {
    elements = static_cast<uint64_t>(IntegerAt(pack_, behind)) * 2;
    behind = pack_.Next(behind);
  }
  for (; elements > 0; --elements) behind = pack_.Next(behind);
  return pack_.Next(behind);  // Over the number of elements.
}

StreamNode::At StreamNode::Last() const {
  const At last = pack_.Last();
  if (last == zero_) return ListpackView::kNone;
  At at = last;
  for (int64_t i = IntegerAt(pack_, last); i > 0; --i) at = pack_.Previous(at);
  return at;
}

StreamNode::At StreamNode::Previous(At at) const {
  at = pack_.Previous(at);
  if (at == zero_) return ListpackView::kNone;
  for (int64_t i = IntegerAt(pack_, at); i > 0; --i) at = pack_.Previous(at);
  return at;
}

PackedBuffer StreamNode::New(absl::Span<const std::string_view> fields_and_values) {
  PackedBuffer buffer(kEmptyListpack);
  ListpackEditor pack(&buffer);
  pack.Append(int64_t{0});
  pack.Append(int64_t{0});
  pack.Append(static_cast<int64_t>(fields_and_values.size() / 2));
  for (size_t i = 0; i < fields_and_values.size(); i += 2) pack.Append(fields_and_values[i]);
  pack.Append(int64_t{0});
  return buffer;
}

void StreamNode::Count(ListpackEditor pack, int64_t live, int64_t deleted) {
  const At first = pack.view().First();
  pack.Replace(first, IntegerAt(pack.view(), first) + live);
  if (deleted == 0) return;
  const At second = pack.view().Next(pack.view().First());
  pack.Replace(second, IntegerAt(pack.view(), second) + deleted);
}

void StreamNode::Append(ListpackEditor pack, StreamId node_id, StreamId id,
                        absl::Span<const std::string_view> fields_and_values) {
  const bool same = HasNames(pack.view(), fields_and_values);
  Count(pack, 1, 0);
  pack.Append(same ? kSameFields : int64_t{0});
  pack.Append(static_cast<int64_t>(id.ms - node_id.ms));
  pack.Append(static_cast<int64_t>(id.sequence - node_id.sequence));
  const auto fields = static_cast<int64_t>(fields_and_values.size() / 2);
  if (!same) pack.Append(fields);
  for (size_t i = same ? 1 : 0; i < fields_and_values.size(); i += same ? 2 : 1) {
    pack.Append(fields_and_values[i]);
  }
  pack.Append(kEntryHead + (same ? fields : 2 * fields + 1));
}

void StreamNode::Delete(ListpackEditor pack, At at) {
  // The flags take one byte whatever they are, so that nothing moves; the counts come last.
  pack.Replace(at, IntegerAt(pack.view(), at) | kDeleted);
  Count(pack, -1, 1);
}

bool IsValidStreamNode(std::string_view bytes) {
  if (!IsValidListpack(bytes)) return false;
  Walker walker(bytes);
  const auto live = walker.Integer();
  const auto deleted = walker.Integer();
  const auto fields = walker.Integer();
  if (!live || !deleted || !fields || *live < 0 || *deleted < 0 || *fields < 0) return false;
  if (!walker.Skip(*fields) || walker.Integer() != 0) return false;
  int64_t counts[2] = {0, 0};
  while (!walker.AtEnd()) {
    bool is_deleted = false;
    if (!SkipEntry(&walker, *fields, &is_deleted)) return false;
    ++counts[is_deleted ? 1 : 0];
  }
  return counts[0] == *live && counts[1] == *deleted && counts[0] + counts[1] > 0;
}

}  // namespace redstart
