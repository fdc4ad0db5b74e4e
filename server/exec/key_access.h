#ifndef REDSTART_SERVER_EXEC_KEY_ACCESS_H_
#define REDSTART_SERVER_EXEC_KEY_ACCESS_H_

// What a data handler may do with keys. The dispatcher has locked the shards before it makes one of
// these; handlers never lock.
//
// ReadKeys looks keys up and changes nothing but the access clock. WriteKeys is the one mutable
// door: Put, Edit and Delete change values, and only Changed tells everybody who must know (WATCH,
// journal, statistics), so that a command that finds nothing to do touches nothing. Time is frozen:
// all of a command, transaction or script sees one `now`.
//
// Expiry. A key past its deadline is gone for everyone. A writer deletes it at once, with its
// effect; a reader sees nothing, and the dispatcher deletes it after the handler, in the same hold
// of the lock (SweepExpired). With ExpiryMode::kHide nobody deletes: a replica, or a server that is
// loading, waits for its source to say so. With kKeep it is still there for everybody: the commands
// of an append-only file are replayed as they were when the key had not expired. The same holds for
// the fields of hashes, which the handlers note one by one as they find them expired: what is not
// asked for stays until the sweep (field_expiry.cc).
//
// Ownership. On the dispatcher's stack for one command. Pointers to entries are valid until the
// next change of their key.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "server/config/config.h"
#include "server/exec/change_recorder.h"
#include "server/exec/collection_limits.h"
#include "server/exec/publisher.h"
#include "server/exec/ready_keys.h"
#include "server/exec/stats.h"
#include "storage/disk/value_codec.h"
#include "storage/hash_editor.h"
#include "storage/keyspace.h"
#include "storage/string_editor.h"

namespace redstart {

enum class ExpiryMode : uint8_t { kDelete, kHide, kKeep };

// What kind of change it was, as keyspace notifications sort them.
enum class Event : uint8_t {
  kGeneric,
  kString,
  kList,
  kSet,
  kHash,
  kSortedSet,
  kStream,
  kExpired,
  kEvicted,
  kNew,
  kKeyMiss,
  // A change that nobody is notified of, such as PFCOUNT's of the cached cardinality.
  kSilent
};

// A key of the running command with its hash, computed once, when the command was looked up.
struct KeyRef {
  std::string_view name;
  uint64_t hash;
};

// The result of a typed lookup: nothing, a value of another type, or the value. A View (StringRef,
// HashView, ...) has its type as kType and is made from an entry's encoding and payload; one whose
// parts may expire (HideDue) shows what is there at `now`.
template <typename View>
class Found {
 public:
  Found() = default;
  explicit Found(const Entry* entry, uint64_t now = 0) : entry_(entry) {
    if (entry == nullptr || IsWrongType()) return;
    view_ = View(entry->encoding(), entry->payload(), entry->payload_size());
    if constexpr (requires { view_.HideDue(now); }) view_.HideDue(now);
  }

  explicit operator bool() const { return entry_ != nullptr; }
  bool IsWrongType() const { return entry_ != nullptr && entry_->type() != View::kType; }
  const View& operator*() const { return view_; }
  const View* operator->() const { return &view_; }
  const Entry& entry() const { return *entry_; }

 private:
  const Entry* entry_ = nullptr;
  View view_;
};

// The surroundings of a command that touches keys; the handlers' views below do their work through
// it.
class KeyAccess {
 public:
  struct Parts {
    Keyspace* keyspace;
    ChangeRecorder* recorder;
    ThreadStats* stats;
    const Config* config;
    Publisher* publisher;
    ReadyKeys* ready = nullptr;  // Of whoever serves those who wait for keys.
  };
  struct Frame {
    ShardLocks* locks;
    int database = 0;
    uint64_t now_ms = 0;
    absl::Span<const KeyRef> keys = {};
    bool touch = true;  // Lookups count as uses of the key (not with CLIENT NO-TOUCH).
    ExpiryMode expiry = ExpiryMode::kDelete;
    bool may_wait = true;  // Not inside EXEC or a script.
    bool in_script = false;

    // What has passed its deadline before this is not there for the command.
    uint64_t gone_before_ms() const { return expiry == ExpiryMode::kKeep ? 0 : now_ms; }
    bool IsGone(const Entry& entry) const {
      return entry.IsExpired(now_ms) && expiry != ExpiryMode::kKeep;
    }
  };
  KeyAccess(const Parts& parts, const Frame& frame) : parts_(parts), frame_(frame) {}
  KeyAccess(const KeyAccess&) = delete;
  KeyAccess& operator=(const KeyAccess&) = delete;

  const Parts& parts() const { return parts_; }
  const Frame& frame() const { return frame_; }
  // As the configuration in force has them.
  const CollectionLimits& limits() const {
    if (!limits_) limits_ = LimitsOf(*parts_.config);
    return *limits_;
  }

  struct Located {
    Shard* shard;
    uint64_t position;
    Shard::Place place;
  };
  uint64_t HashOf(std::string_view key) const {
    // The views of a request are compared by address: equal text elsewhere just costs another hash.
    if (next_key_ < frame_.keys.size() && IsKey(next_key_, key)) [[likely]] {
      return frame_.keys[next_key_++].hash;
    }
    return HashOutOfTurn(key);
  }
  Located Locate(std::string_view key, int database) const {
    const uint64_t hash = HashOf(key);
    const uint64_t position = parts_.keyspace->PositionInShard(hash);
    Shard& shard = (*frame_.locks)[parts_.keyspace->ShardOf(hash)];
    return {&shard, position, shard.Find(database, key, position)};
  }
  // The entry, or null if there is none or it has expired; what has expired is noted for
  // SweepExpired.
  const Entry* FindLive(std::string_view key, int database) const;
  void NoteUse(const Entry* entry) const;
  uint32_t NewAccessClock() const;
  // The same for a field, and for all fields of a key that have expired.
  void NoteExpiredField(std::string_view key, std::string_view field, int database) const {
    if (frame_.expiry == ExpiryMode::kDelete)
      expired_.push_back({database, Expired::Kind::kField, key, field});
  }
  void NoteExpiredFields(std::string_view key, int database) const {
    if (frame_.expiry == ExpiryMode::kDelete)
      expired_.push_back({database, Expired::Kind::kAllFields, key, {}});
  }
  // Deletes what was noted, if it still is expired. To be called while the locks are held.
  void SweepExpired() {
    if (!expired_.empty()) [[unlikely]] {
      DeleteNoted();
    }
  }
  // Tells those who listen to a key that it has changed. REQUIRES: shard.attention().
  void TellListeners(Shard& shard, int database, std::string_view key, uint64_t hash,
                     bool is_there) const {
    shard.listeners().Touch(database, key, is_there);
    if (shard.listeners().IsAwaited(database, key)) parts_.ready->Add(database, key, hash);
  }
  // Publishes a keyspace notification, if notify-keyspace-events asks for it.
  void Notify(Event event, std::string_view name, int database, std::string_view key) const {
    if (parts_.config->notify_keyspace_events != 0) [[unlikely]] {
      PublishEvent(event, name, database, key);
    }
  }
  // Removes an expired key, or one that was chosen to make room, with its effect. The place is gone
  // afterwards.
  void DeleteExpired(const Located& located, int database, std::string_view key);
  void DeleteEvicted(const Located& located, int database, std::string_view key);
  // Removes those of these fields that have expired, each with its effect. True if there were any:
  // then the key has to be located anew. REQUIRES: the key is a hash.
  bool DeleteExpiredFields(const Located& located, int database, std::string_view key, Args fields);
  // Removes fields of the hash that have expired, at most `max` of them. False if there may be
  // more. REQUIRES: the key is a hash.
  bool DeleteDueFields(const Located& located, int database, std::string_view key, size_t max);

 private:
  bool IsKey(size_t i, std::string_view key) const {
    return frame_.keys[i].name.data() == key.data() && frame_.keys[i].name.size() == key.size();
  }
  uint64_t HashOutOfTurn(std::string_view key) const;
  void PublishEvent(Event event, std::string_view name, int database, std::string_view key) const;
  void DeleteNoted();
  // Removes a key that no command names.
  void DeleteAside(const Located& located, int database, std::string_view key, bool lazily);
  // What the deletion of `count` fields means for everybody, once the editor has done it.
  void FinishFields(HashEditor* hash, const Located& located, int database, std::string_view key,
                    size_t count);

  struct Expired {
    enum class Kind : uint8_t { kKey, kField, kAllFields };
    int database;
    Kind kind;
    std::string_view key;
    std::string_view field;
  };

  Parts parts_;
  Frame frame_;
  mutable std::optional<CollectionLimits> limits_;  // Made when first needed.
  mutable size_t next_key_ = 0;                     // Handlers mostly ask for their keys in order.
  mutable absl::InlinedVector<Expired, 1> expired_;
};

class ReadKeys {
 public:
  explicit ReadKeys(KeyAccess* access) : access_(access) {}

  int database() const { return access_->frame().database; }
  uint64_t now_ms() const { return access_->frame().now_ms; }
  const Config& config() const { return *access_->parts().config; }
  const Keyspace& keyspace() const { return *access_->parts().keyspace; }
  // The shard of a key, for what stands beside its entry (WATCH).
  Shard& ShardOf(std::string_view key) const { return *access_->Locate(key, database()).shard; }

  // A lookup that counts: as a use of the key, and as a hit or miss.
  const Entry* FindEntry(std::string_view key) const;
  template <typename View>
  Found<View> Find(std::string_view key) const {
    return Found<View>(FindEntry(key), access_->frame().gone_before_ms());
  }
  // A lookup that leaves no trace in the access clock (TYPE, TTL, OBJECT) but counts as a hit or
  // miss.
  const Entry* Peek(std::string_view key) const;
  // A lookup that counts as nothing (OBJECT, DEBUG, WATCH).
  const Entry* PeekSilently(std::string_view key) const {
    return access_->FindLive(key, database());
  }
  // What is stored at a key, even if it has expired already (DEBUG OBJECT). Counts as nothing.
  const Entry* PeekAtStored(std::string_view key) const {
    const KeyAccess::Located located = access_->Locate(key, database());
    return located.place ? located.place.node() : nullptr;
  }
  // A field that was found expired, and all of them of one hash: deleted after the command.
  void NoteExpiredField(std::string_view key, std::string_view field) const {
    access_->NoteExpiredField(key, field, database());
  }
  void NoteExpiredFields(std::string_view key) const {
    access_->NoteExpiredFields(key, database());
  }
  // Whether the key is still there physically but past its deadline.
  bool IsExpired(std::string_view key) const;
  // Marks the key as used whatever CLIENT NO-TOUCH says: TOUCH.
  bool Touch(std::string_view key) const;

 private:
  KeyAccess* access_;
};

template <typename Editor>
class EditGuard;

class WriteKeys {
 public:
  explicit WriteKeys(KeyAccess* access) : access_(access) {}

  int database() const { return access_->frame().database; }
  int databases() const { return access_->parts().keyspace->databases(); }
  uint64_t now_ms() const { return access_->frame().now_ms; }
  const Config& config() const { return *access_->parts().config; }
  // Whether the command may wait; otherwise it is to answer as if its time had passed.
  bool may_wait() const { return access_->frame().may_wait; }
  bool in_script() const { return access_->frame().in_script; }

  const CollectionLimits& limits() const { return access_->limits(); }

  // The shard of a key, for what stands beside its entry.
  Shard& ShardOf(std::string_view key) { return *access_->Locate(key, database()).shard; }

  // The entry, or null; an expired one is deleted first. It counts as a use of the key, not as a
  // hit or miss.
  const Entry* FindEntry(std::string_view key) { return FindEntryIn(database(), key); }
  const Entry* FindEntryIn(int database, std::string_view key);
  template <typename View>
  Found<View> Find(std::string_view key) {
    return Found<View>(FindEntry(key), access_->frame().gone_before_ms());
  }
  // The same for a command that answers with the value as well (GETDEL, GETEX): it counts as a hit
  // or miss, too.
  const Entry* ReadEntry(std::string_view key);
  template <typename View>
  Found<View> Read(std::string_view key) {
    return Found<View>(ReadEntry(key), access_->frame().gone_before_ms());
  }
  // Whether the key is there, without counting as a use.
  bool Exists(std::string_view key) { return ExistsIn(database(), key); }
  bool ExistsIn(int database, std::string_view key);

  struct PutOptions {
    uint64_t deadline = Entry::kNever;
    bool keep_deadline = false;  // Instead of `deadline`.
    bool may_be_integer = true;
  };
  // Sets a key to a string, whatever it held.
  void Put(std::string_view key, std::string_view text) { Put(key, text, PutOptions{}); }
  void Put(std::string_view key, std::string_view text, const PutOptions& options);

  // Opens an existing value for editing; the guard is empty if there is none, or one of another
  // type. This and EditOrCreate are the only ways to change a part of a value.
  template <typename Editor>
  EditGuard<Editor> Edit(std::string_view key) {
    return EditGuard<Editor>(this, OpenForEdit(key, Editor::View::kType, /*create=*/false));
  }
  // The same, but a key that is not there begins as an empty value. A collection becomes a key only
  // once it has an element.
  template <typename Editor>
  EditGuard<Editor> EditOrCreate(std::string_view key) {
    return EditGuard<Editor>(this, OpenForEdit(key, Editor::View::kType, /*create=*/true));
  }
  // The same for a hash, after those of the fields have been deleted that have expired.
  EditGuard<HashEditor> EditHash(std::string_view key, Args fields);
  EditGuard<HashEditor> EditOrCreateHash(std::string_view key, Args fields);

  // Adds a key with a value that came from outside. REQUIRES: the key is not there.
  void Add(std::string_view key, DecodedValue&& value, uint64_t deadline);

  // Removes a key. False if it was not there.
  bool Delete(std::string_view key) { return DeleteIn(database(), key); }
  bool DeleteIn(int database, std::string_view key);
  // Whether a key given this deadline is to be deleted at once. Never where somebody else decides
  // about expiry (ExpiryMode::kHide).
  bool IsOver(int64_t deadline) const {
    return deadline <= static_cast<int64_t>(now_ms()) &&
           access_->frame().expiry == ExpiryMode::kDelete;
  }
  // The command was executed before, and its effect recorded: nothing is to be refused or limited
  // once more.
  bool repeats() const { return access_->frame().expiry == ExpiryMode::kKeep; }
  // Sets or (kNever) removes the deadline of a key that is there.
  void SetDeadline(std::string_view key, uint64_t deadline);
  // Puts a copy of the value of `from` under another key, which must be free. Long values are
  // shared, not copied. `move`: the value leaves `from`, which is removed.
  void Transplant(std::string_view from, int to_database, std::string_view to, bool move);
  // Sets the access word of a key, as RESTORE's IDLETIME and FREQ do.
  void SetAccessClock(std::string_view key, uint32_t access);

  // Tells everybody that a key changed, and that the command is to be repeated elsewhere. `event`
  // as in Redis's notifications. To be called after the change. `changes` is what it counts for in
  // rdb_changes_since_last_save.
  void Changed(std::string_view key, Event event, std::string_view name, uint64_t changes = 1) {
    ChangedIn(database(), key, event, name, changes);
  }
  // An effect that comes before the command's own, and does not take its place.
  void Aside(absl::Span<const std::string_view> command) {
    access_->parts().recorder->Aside(database(), command);
  }
  void ChangedIn(int database, std::string_view key, Event event, std::string_view name,
                 uint64_t changes = 1);
  // The same for the second key of one and the same change (RENAME), which counts once.
  void AlsoChanged(std::string_view key, Event event, std::string_view name) {
    AlsoChangedIn(database(), key, event, name);
  }
  void AlsoChangedIn(int database, std::string_view key, Event event, std::string_view name);
  // A further notification about a change that Changed has told of: SET's deadline.
  void Notify(std::string_view key, Event event, std::string_view name) {
    access_->Notify(event, name, database(), key);
  }
  // The same for what WATCH does not take for a change of the key: reading as a group of a stream,
  // and acknowledging.
  void ChangedQuietly(std::string_view key, Event event, std::string_view name,
                      uint64_t changes = 1);
  // The same for what has effects of its own and no event.
  void CountChanges(uint64_t changes) { access_->parts().stats->changes.Add(changes); }
  // Lets those who wait for a key look at it again. To be called when Changed is not.
  void WakeWaiters(std::string_view key);
  // See ChangeRecorder.
  void Effect(absl::Span<const std::string_view> command) {
    access_->parts().recorder->Effect(command);
  }
  void SuppressEffect() { access_->parts().recorder->Suppress(); }

 private:
  template <typename Editor>
  friend class EditGuard;

  // What Edit found: a slot to edit, or nothing, or a value of another type.
  struct Opened {
    std::optional<EntrySlot> slot;
    bool wrong_type = false;
    bool created = false;  // The key was not there.
  };
  Opened OpenForEdit(std::string_view key, ValueType type, bool create, Args fields = {});
  // Where the key is, after an expired entry has been deleted.
  KeyAccess::Located LocateLive(int database, std::string_view key);
  void NotifyNew(std::string_view key) { Notify(key, Event::kNew, "new"); }

  KeyAccess* access_;
};

// An open value. Changed() is to be called once the edit is done, if it changed anything; it may be
// called again for another event of the same command. The value is in its entry after that, or
// after the guard's end; a collection without elements is deleted instead, with its "del" event.
//
// An Editor (StringEditor, HashEditor, ...) is made from a slot and the limits, and has View (with
// its type), Commit and kDropsEmpty; with the latter also empty and Drop (CollectionEditor).
template <typename Editor>
class EditGuard {
 public:
  EditGuard(WriteKeys* keys, const WriteKeys::Opened& opened)
      : keys_(keys), wrong_type_(opened.wrong_type) {
    if (!opened.slot) return;
    key_ = opened.slot->key();
    created_ = opened.created;
    editor_.emplace(*opened.slot, keys->access_->limits());
  }
  EditGuard(const EditGuard&) = delete;
  EditGuard& operator=(const EditGuard&) = delete;
  ~EditGuard() {
    if (editor_) Close();
  }

  explicit operator bool() const { return editor_.has_value(); }
  bool IsWrongType() const { return wrong_type_; }
  Editor* operator->() { return &*editor_; }
  void Changed(Event event, std::string_view name, uint64_t changes = 1) {
    const bool dropped = Close();
    if (std::exchange(created_, false) && !dropped) keys_->NotifyNew(key_);
    keys_->Changed(key_, event, name, changes);
    if (dropped) keys_->AlsoChanged(key_, Event::kGeneric, "del");
  }

 private:
  // Whether the key was deleted because nothing is left of its value.
  bool Close() {
    if constexpr (Editor::kDropsEmpty) {
      if (editor_->empty()) {
        editor_->Drop();
        return true;
      }
    }
    editor_->Commit();
    return false;
  }

  WriteKeys* keys_;
  std::string_view key_;
  std::optional<Editor> editor_;
  bool created_ = false;
  bool wrong_type_;
};

inline EditGuard<HashEditor> WriteKeys::EditHash(std::string_view key, Args fields) {
  return {this, OpenForEdit(key, ValueType::kHash, /*create=*/false, fields)};
}

inline EditGuard<HashEditor> WriteKeys::EditOrCreateHash(std::string_view key, Args fields) {
  return {this, OpenForEdit(key, ValueType::kHash, /*create=*/true, fields)};
}

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_KEY_ACCESS_H_
