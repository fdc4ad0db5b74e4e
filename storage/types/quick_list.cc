#include "storage/types/quick_list.h"

#include <algorithm>
#include <atomic>

namespace redstart {
namespace {

constexpr size_t kDefaultPlainThreshold = size_t{1} << 30;
// Lists whose nodes are limited by a number of elements have nodes up to this size nevertheless.
constexpr size_t kSafeBytes = 8192;
constexpr size_t kBytesOfLevels[] = {4096, 8192, 16384, 32768, 65536};
// What an element may add to a listpack beside its bytes.
constexpr size_t kElementOverhead = 8;
// What two listpacks have less than one each.
constexpr size_t kPackOverhead = 7;

std::atomic<size_t> g_plain_threshold{kDefaultPlainThreshold};

}  // namespace

ListNodeLimit::ListNodeLimit(int option) {
  if (option >= 0) {
    max_elements = option == 0 ? 1 : static_cast<size_t>(option);
  } else {
    const size_t level = std::min(static_cast<size_t>(-option) - 1, std::size(kBytesOfLevels) - 1);
    max_bytes = kBytesOfLevels[level];
  }
}

bool ListNodeLimit::IsExceededBy(size_t bytes, size_t elements) const {
  if (max_bytes != SIZE_MAX) return bytes > max_bytes;
  return bytes > kSafeBytes || elements > max_elements;
}

// Where the listpack of a node is edited.
class QuickList::NodeStore final : public PackedStore {
 public:
  NodeStore(QuickList* list, Node* node) : list_(list), node_(node) { Refresh(); }

  char* Splice(size_t at, size_t removed, size_t inserted) override {
    list_->block_bytes_ -= node_->block->MemoryBytes();
    node_->block = node_->block->Spliced(at, removed, inserted);
    list_->block_bytes_ += node_->block->MemoryBytes();
    Refresh();
    return data_;
  }

 private:
  void Refresh() {
    data_ = node_->block->data();
    size_ = node_->block->size();
  }

  QuickList* list_;
  Node* node_;
};

QuickList::~QuickList() {
  for (Node* node = head_; node != nullptr;) {
    Node* const next = node->next;
    PackedBlock::Delete(node->block);
    delete node;
    node = next;
  }
}

size_t QuickList::MemoryBytes() const {
  return sizeof(*this) + nodes_ * sizeof(Node) + block_bytes_;
}

std::unique_ptr<Collection> QuickList::Clone() const {
  auto copy = std::make_unique<QuickList>();
  for (const Node* node = head_; node != nullptr; node = node->next) {
    copy->Link(nullptr, node->bytes(), node->count, node->plain);
  }
  return copy;
}

void QuickList::SetPlainThreshold(size_t bytes) {
  g_plain_threshold.store(bytes == 0 ? kDefaultPlainThreshold : bytes, std::memory_order_relaxed);
}

bool QuickList::IsLarge(std::string_view text) {
  return text.size() >= g_plain_threshold.load(std::memory_order_relaxed);
}

QuickList::Position QuickList::EndOf(Node* node, ListEnd end) {
  if (node == nullptr) return {};
  if (node->plain) return {node, 0};
  const ListpackView pack(node->bytes());
  return {node, end == ListEnd::kHead ? pack.First() : pack.Last()};
}

QuickList::Position QuickList::Seek(int64_t index) const {
  const auto size = static_cast<int64_t>(size_);
  if (index < 0) index += size;
  if (index < 0 || index >= size) return {};
  Node* node;
  if (index < size / 2) {
    for (node = head_; index >= node->count; node = node->next) index -= node->count;
  } else {
    index -= size;  // From the tail on, -1 is the last.
    for (node = tail_; - index > node->count; node = node->previous) index += node->count;
  }
  return {node, node->plain ? 0 : ListpackView(node->bytes()).Seek(index)};
}

QuickList::Position QuickList::Step(Position from, ListEnd towards) const {
  if (!from.node->plain) {
    const ListpackView pack(from.node->bytes());
    const auto at = towards == ListEnd::kTail ? pack.Next(from.at) : pack.Previous(from.at);
    if (at != ListpackView::kNone) return {from.node, at};
  }
  return towards == ListEnd::kTail ? EndOf(from.node->next, ListEnd::kHead)
                                   : EndOf(from.node->previous, ListEnd::kTail);
}

Element QuickList::Get(Position at) const {
  if (at.node->plain) return Element(at.node->bytes());
  return ListpackView(at.node->bytes()).Get(at.at);
}

bool QuickList::Is(Position at, std::string_view text) const {
  if (at.node->plain) return at.node->bytes() == text;
  return ListpackView(at.node->bytes()).Is(at.at, text);
}

bool QuickList::HasRoom(const Node* node, std::string_view text, const ListNodeLimit& limit) {
  if (node == nullptr || node->plain || IsLarge(text)) return false;
  return !limit.IsExceededBy(node->bytes().size() + text.size() + kElementOverhead,
                             node->count + size_t{1});
}

QuickList::Node* QuickList::Link(Node* before, std::string_view bytes, uint32_t count, bool plain) {
  Node* node = new Node;
  node->block = PackedBlock::New(bytes);
  node->count = count;
  node->plain = plain;
  node->next = before;
  node->previous = before == nullptr ? tail_ : before->previous;
  (node->previous == nullptr ? head_ : node->previous->next) = node;
  (before == nullptr ? tail_ : before->previous) = node;
  ++nodes_;
  size_ += count;
  block_bytes_ += node->block->MemoryBytes();
  return node;
}

void QuickList::Unlink(Node* node) {
  (node->previous == nullptr ? head_ : node->previous->next) = node->next;
  (node->next == nullptr ? tail_ : node->next->previous) = node->previous;
  --nodes_;
  size_ -= node->count;
  block_bytes_ -= node->block->MemoryBytes();
  PackedBlock::Delete(node->block);
  delete node;
}

void QuickList::LinkElement(Node* before, std::string_view text) {
  if (IsLarge(text)) {
    Link(before, text, 1, /*plain=*/true);
    return;
  }
  Node* node = Link(before, kEmptyListpack, 1, /*plain=*/false);
  NodeStore store(this, node);
  ListpackEditor(&store).Append(text);
}

void QuickList::Push(ListEnd end, std::string_view text, const ListNodeLimit& limit) {
  Node* const node = end == ListEnd::kHead ? head_ : tail_;
  if (!HasRoom(node, text, limit)) {
    return LinkElement(end == ListEnd::kHead ? head_ : nullptr, text);
  }
  NodeStore store(this, node);
  ListpackEditor pack(&store);
  if (end == ListEnd::kHead) {
    pack.Prepend(text);
  } else {
    pack.Append(text);
  }
  ++node->count;
  ++size_;
}

void QuickList::InsertBefore(Position at, std::string_view text, const ListNodeLimit& limit) {
  Node* const node = at.node;
  if (HasRoom(node, text, limit)) {
    NodeStore store(this, node);
    ListpackEditor(&store).Insert(at.at, text);
    ++node->count;
    ++size_;
    return;
  }
  const bool is_first = node->plain || at.at == ListpackView(node->bytes()).First();
  if (!is_first) {
    Node* const rest = SplitBefore(at);
    LinkElement(rest, text);
    Node* const added = rest->previous;
    MergeWithNext(added, limit);
    return MergeWithNext(node, limit);
  }
  if (!HasRoom(node->previous, text, limit)) return LinkElement(node, text);
  NodeStore store(this, node->previous);
  ListpackEditor(&store).Append(text);
  ++node->previous->count;
  ++size_;
}

void QuickList::InsertAfter(Position at, std::string_view text, const ListNodeLimit& limit) {
  Node* const node = at.node;
  const auto next = node->plain ? ListpackView::kNone : ListpackView(node->bytes()).Next(at.at);
  if (next != ListpackView::kNone) return InsertBefore({node, next}, text, limit);
  if (HasRoom(node, text, limit)) {
    NodeStore store(this, node);
    ListpackEditor(&store).Append(text);
    ++node->count;
    ++size_;
  } else if (node->next != nullptr) {
    InsertBefore(EndOf(node->next, ListEnd::kHead), text, limit);
  } else {
    LinkElement(nullptr, text);
  }
}

void QuickList::Replace(Position at, std::string_view text, const ListNodeLimit& limit) {
  if (!at.node->plain && !IsLarge(text)) {
    NodeStore store(this, at.node);
    return ListpackEditor(&store).Replace(at.at, text);
  }
  Node* rest = at.node;
  if (!at.node->plain && at.at != ListpackView(at.node->bytes()).First()) rest = SplitBefore(at);
  Node* const first = rest->previous;
  LinkElement(rest, text);
  Erase(EndOf(rest, ListEnd::kHead), ListEnd::kTail);
  Node* const added = first == nullptr ? head_ : first->next;
  if (added != nullptr) MergeWithNext(added, limit);
  if (first != nullptr) MergeWithNext(first, limit);
}

QuickList::Position QuickList::Erase(Position at, ListEnd towards) {
  Node* const node = at.node;
  if (node->count == 1) {
    const Position neighbour = Step(at, towards);
    Unlink(node);
    return neighbour;
  }
  NodeStore store(this, node);
  ListpackEditor pack(&store);
  const auto next = pack.Erase(at.at);
  --node->count;
  --size_;
  if (towards == ListEnd::kTail) {
    if (next != ListpackView::kNone) return {node, next};
    return EndOf(node->next, ListEnd::kHead);
  }
  const auto previous =
      pack.view().Previous(next == ListpackView::kNone ? pack.view().end() : next);
  if (previous != ListpackView::kNone) return {node, previous};
  return EndOf(node->previous, ListEnd::kTail);
}

void QuickList::EraseRange(size_t index, size_t count) {
  if (count == 0) return;
  Node* node = Seek(static_cast<int64_t>(index)).node;
  // The index within that node.
  size_t before = 0;
  if (index < size_ / 2) {
    for (const Node* at = head_; at != node; at = at->next) before += at->count;
  } else {
    before = size_;
    for (const Node* at = tail_; at != node; at = at->previous) before -= at->count;
    before -= node->count;
  }
  size_t from = index - before;
  while (count > 0) {
    Node* const next = node->next;
    const size_t here = std::min<size_t>(count, node->count - from);
    count -= here;
    if (here == node->count) {
      Unlink(node);
    } else {
      NodeStore store(this, node);
      ListpackEditor(&store).EraseRange(static_cast<int64_t>(from), here);
      node->count -= static_cast<uint32_t>(here);
      size_ -= here;
    }
    node = next;
    from = 0;
  }
}

QuickList::Node* QuickList::SplitBefore(Position at) {
  Node* const node = at.node;
  const ListpackView pack(node->bytes());
  size_t index = 0;
  for (auto i = pack.First(); i != at.at; i = pack.Next(i)) ++index;
  Node* const rest = Link(node->next, node->bytes(), node->count, /*plain=*/false);
  {
    NodeStore store(this, rest);
    ListpackEditor(&store).EraseRange(0, index);
  }
  NodeStore store(this, node);
  ListpackEditor(&store).EraseRange(static_cast<int64_t>(index), node->count - index);
  size_ -= node->count;  // Each element is in one of the two.
  rest->count = node->count - static_cast<uint32_t>(index);
  node->count = static_cast<uint32_t>(index);
  return rest;
}

void QuickList::MergeWithNext(Node* node, const ListNodeLimit& limit) {
  Node* const next = node->next;
  if (next == nullptr || node->plain || next->plain) return;
  if (limit.IsExceededBy(node->bytes().size() + next->bytes().size() - kPackOverhead,
                         size_t{node->count} + next->count)) {
    return;
  }
  NodeStore store(this, node);
  ListpackEditor(&store).AppendAll(ListpackView(next->bytes()));
  node->count += next->count;
  size_ += next->count;  // Unlinking it takes them off again.
  Unlink(next);
}

void QuickList::AppendPack(std::string_view listpack) {
  Link(nullptr, listpack, static_cast<uint32_t>(ListpackView(listpack).size()), /*plain=*/false);
}

void QuickList::AppendPlain(std::string_view text) {
  Link(nullptr, text, 1, /*plain=*/true);
}

}  // namespace redstart
