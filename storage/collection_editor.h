#ifndef REDSTART_STORAGE_COLLECTION_EDITOR_H_
#define REDSTART_STORAGE_COLLECTION_EDITOR_H_

// What the editors of all collections (HashEditor, ...) share: where the value stands while it is
// edited, and how it gets from one form to another.
//
// A small value is changed in place where its size stays. As soon as its size changes it is edited
// in a scratch buffer, and Commit gives the entry its new size, so that a command of many elements
// makes one allocation, and one that creates a key makes no entry before it knows how large. Bytes
// beyond kMaxInlinePacked go to a PackedBlock at once, and an object replaces packed bytes at once.
// Until Commit the entry holds a whole value, perhaps the one before.
//
// Opening one shows a running snapshot the value as it is (Shard::Edit).
//
// Owner. The guard of a command (server/exec/key_access.h), which calls Commit, or Drop if no
// element is left; on its stack, for as long as the shard is locked. Nobody else may edit the same
// key meanwhile, and views of the value end with the next edit.

#include <memory>
#include <string_view>

#include "storage/entry_slot.h"
#include "storage/types/collection.h"
#include "storage/types/packed_store.h"

namespace redstart {

class CollectionEditor {
 public:
  // Whether a key without elements goes away.
  static constexpr bool kDropsEmpty = true;

  // Opens the value of the slot; a key that is not there begins as `empty`, and becomes an entry
  // once something was added. REQUIRES: the entry, if there is one, has this type.
  CollectionEditor(const EntrySlot& slot, ValueType type, Packing packing, std::string_view empty);
  CollectionEditor(const CollectionEditor&) = delete;
  CollectionEditor& operator=(const CollectionEditor&) = delete;

  // The value with all edits so far.
  CollectionRef held() const;
  // Puts a small value that was edited into its entry.
  void Commit();
  // Removes the key with its value. The editor may still be asked, and is empty.
  void Drop();

 protected:
  ~CollectionEditor() = default;

  EntrySlot* slot() { return &slot_; }
  bool is_object() const { return object_ != nullptr; }
  // For the editors of packed bytes. REQUIRES: !is_object().
  PackedStore* packed() { return &store_; }
  template <typename T>
  T* object() const {
    return static_cast<T*>(object_);
  }
  // The value becomes this one; the one before is freed.
  void Become(std::unique_ptr<Collection> object);
  void Become(Packing packing, std::string_view bytes);

 private:
  class Store final : public PackedStore {
   public:
    explicit Store(CollectionEditor* editor) : editor_(editor) {}
    char* Splice(size_t at, size_t removed, size_t inserted) override;

    void Set(char* data, size_t size) {
      data_ = data;
      size_ = size;
    }
    // Copies bytes into the scratch buffer. REQUIRES: they fit.
    void SetScratch(std::string_view bytes);
    bool is_scratch() const { return data_ == scratch_; }

   private:
    char* SpliceScratch(size_t at, size_t removed, size_t inserted);

    CollectionEditor* editor_;
    char scratch_[kMaxInlinePacked];
  };

  void Open();
  void FreeHeld();
  // The entry's payload becomes a pointer.
  void PointTo(CollectionForm form, const void* pointer);
  void UseBlock(PackedBlock* block);
  void MoveInside();

  EntrySlot slot_;
  const ValueType type_;
  Packing packing_;
  const Packing empty_packing_;
  const std::string_view empty_;
  Collection* object_ = nullptr;  // Owned by the entry.
  PackedBlock* block_ = nullptr;  // The same.
  Store store_{this};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_COLLECTION_EDITOR_H_
