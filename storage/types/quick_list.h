#ifndef REDSTART_STORAGE_TYPES_QUICK_LIST_H_
#define REDSTART_STORAGE_TYPES_QUICK_LIST_H_

// A large list: a doubly linked list of listpacks of a few KiB each, so that both ends are at hand,
// an insertion moves a few KiB at the most, and an element costs little more than its bytes. An
// element too large for a listpack is a plain node, its bytes as they are. (The idea, and what
// makes a node full, are Redis's quicklist; nodes are not compressed here.)
//
// Owner. The entry of its key; guarded by the shard's lock. Invariants. No node is empty.
// A Position is valid until the list changes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/packed_store.h"

namespace redstart {

// The two ends of a list, and the directions along it.
enum class ListEnd : uint8_t { kHead, kTail };

// What list-max-listpack-size says: how much goes into one listpack.
struct ListNodeLimit {
  explicit ListNodeLimit(int option);
  // Whether a listpack of so many bytes and elements is too large.
  bool IsExceededBy(size_t bytes, size_t elements) const;

  size_t max_bytes = SIZE_MAX;
  size_t max_elements = SIZE_MAX;
};

class QuickList final : public Collection {
 public:
  struct Node {
    bool is_plain() const { return plain; }
    // A listpack, or the one element's bytes.
    std::string_view bytes() const { return block->bytes(); }

    Node* previous = nullptr;
    Node* next = nullptr;
    PackedBlock* block = nullptr;
    uint32_t count = 0;
    bool plain = false;
  };
  // An element; false: none.
  struct Position {
    explicit operator bool() const { return node != nullptr; }

    Node* node = nullptr;
    ListpackView::At at = 0;  // In a listpack.
  };

  QuickList() = default;
  ~QuickList() override;

  size_t size() const override { return size_; }
  size_t MemoryBytes() const override;
  std::unique_ptr<Collection> Clone() const override;
  std::string_view EncodingName() const override { return "quicklist"; }

  // Elements of so many bytes and more become plain nodes: 1 GiB, but for tests (0: that again).
  // For all lists, from any thread.
  static void SetPlainThreshold(size_t bytes);

  // Index -1 is the last element.
  Position Seek(int64_t index) const;
  Position First() const { return EndOf(head_, ListEnd::kHead); }
  Position Last() const { return EndOf(tail_, ListEnd::kTail); }
  // The neighbour in the direction of an end.
  Position Step(Position from, ListEnd towards) const;
  Element Get(Position at) const;
  bool Is(Position at, std::string_view text) const;

  // REQUIRES for all that take a text: it does not point into this list.
  void Push(ListEnd end, std::string_view text, const ListNodeLimit& limit);
  void InsertBefore(Position at, std::string_view text, const ListNodeLimit& limit);
  void InsertAfter(Position at, std::string_view text, const ListNodeLimit& limit);
  void Replace(Position at, std::string_view text, const ListNodeLimit& limit);
  // Returns the neighbour in the direction of an end.
  Position Erase(Position at, ListEnd towards);
  // REQUIRES: index + count <= size().
  void EraseRange(size_t index, size_t count);

  // The nodes, for codecs and conversions.
  const Node* head() const { return head_; }
  // REQUIRES: a listpack with elements.
  void AppendPack(std::string_view listpack);
  void AppendPlain(std::string_view text);

 private:
  class NodeStore;

  static Position EndOf(Node* node, ListEnd end);
  static bool HasRoom(const Node* node, std::string_view text, const ListNodeLimit& limit);
  static bool IsLarge(std::string_view text);
  // A new node in front of another one, or (null) at the tail.
  Node* Link(Node* before, std::string_view bytes, uint32_t count, bool plain);
  void Unlink(Node* node);
  // A node with this one element, in front of another one.
  void LinkElement(Node* before, std::string_view text);
  // Cuts a listpack in two in front of an element; returns the second part.
  Node* SplitBefore(Position at);
  // Puts the next node's elements into this one if they fit.
  void MergeWithNext(Node* node, const ListNodeLimit& limit);

  Node* head_ = nullptr;
  Node* tail_ = nullptr;
  size_t size_ = 0;
  size_t nodes_ = 0;
  size_t block_bytes_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_QUICK_LIST_H_
