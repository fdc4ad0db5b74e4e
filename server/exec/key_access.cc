#include "server/exec/key_access.h"

#include <utility>

#include "storage/access_clock.h"
#include "storage/value.h"

namespace redstart {
namespace {

// Fields that one command deletes because they have expired: some 50 us. More of them are left to
// the sweep.
constexpr size_t kDueFieldsPerCommand = 256;

// As notify-keyspace-events knows it; none for what is not notified.
uint32_t ClassOf(Event event) {
  switch (event) {
    case Event::kGeneric:
      return kNotifyGeneric;
    case Event::kString:
      return kNotifyString;
    case Event::kList:
      return kNotifyList;
    case Event::kSet:
      return kNotifySet;
    case Event::kHash:
      return kNotifyHash;
    case Event::kSortedSet:
      return kNotifyZset;
    case Event::kStream:
      return kNotifyStream;
    case Event::kExpired:
      return kNotifyExpired;
    case Event::kEvicted:
      return kNotifyEvicted;
    case Event::kNew:
      return kNotifyNew;
    case Event::kKeyMiss:
      return kNotifyKeyMiss;
    case Event::kSilent:
      break;
  }
  return 0;
}

}  // namespace

uint64_t KeyAccess::HashOutOfTurn(std::string_view key) const {
  if (!frame_.keys.empty() && IsKey(0, key)) {
    next_key_ = 1;
    return frame_.keys[0].hash;
  }
  return parts_.keyspace->HashOf(key);
}

const Entry* KeyAccess::FindLive(std::string_view key, int database) const {
  const Located located = Locate(key, database);
  if (!located.place) return nullptr;
  const Entry* entry = located.place.node();
  if (!entry->IsExpired(frame_.now_ms)) return entry;
  if (frame_.expiry == ExpiryMode::kDelete)
    expired_.push_back({database, Expired::Kind::kKey, key, {}});
  return nullptr;
}

void KeyAccess::NoteUse(const Entry* entry) const {
  const Config& config = *parts_.config;
  if (UsesLfu(config.maxmemory_policy)) [[unlikely]] {
    entry->set_access(
        LfuTouched(entry->access(), frame_.now_ms, config.lfu_decay_time, config.lfu_log_factor));
    return;
  }
  // Unchanged within the same second, and then the line of the entry stays clean.
  const uint32_t clock = LruClock(frame_.now_ms);
  if (entry->access() != clock) entry->set_access(clock);
}

uint32_t KeyAccess::NewAccessClock() const {
  return UsesLfu(parts_.config->maxmemory_policy) ? LfuNew(frame_.now_ms) : LruClock(frame_.now_ms);
}

void KeyAccess::DeleteNoted() {
  for (const Expired& expired : expired_) {
    const Located located = Locate(expired.key, expired.database);
    if (!located.place) continue;
    if (located.place.node()->IsExpired(frame_.now_ms)) {
      DeleteExpired(located, expired.database, expired.key);
    } else if (!located.place.node()->has_field_deadlines()) {
      continue;
    } else if (expired.kind == Expired::Kind::kField) {
      DeleteExpiredFields(located, expired.database, expired.key, {&expired.field, 1});
    } else if (expired.kind == Expired::Kind::kAllFields) {
      DeleteDueFields(located, expired.database, expired.key, kDueFieldsPerCommand);
    }
  }
  expired_.clear();
}

void KeyAccess::DeleteExpired(const Located& located, int database, std::string_view key) {
  const std::string_view command = parts_.config->lazyfree_lazy_expire ? "UNLINK" : "DEL";
  parts_.recorder->Aside(database, {command, key});
  located.shard->expired_keys.Add();
  if (located.shard->attention()) {
    TellListeners(*located.shard, database, key, HashOf(key), /*is_there=*/false);
  }
  located.shard->Erase(database, located.place);
  Notify(Event::kExpired, "expired", database, key);
}

void KeyAccess::PublishEvent(Event event, std::string_view name, int database,
                             std::string_view key) const {
  const uint32_t wanted = parts_.config->notify_keyspace_events;
  if ((wanted & ClassOf(event)) == 0) return;
  std::string channel = "__keyspace@" + std::to_string(database) + "__:";
  if ((wanted & kNotifyKeyspace) != 0) {
    parts_.publisher->Publish(SubscriptionKind::kChannel, channel.append(key), name);
  }
  if ((wanted & kNotifyKeyevent) != 0) {
    channel = "__keyevent@" + std::to_string(database) + "__:";
    parts_.publisher->Publish(SubscriptionKind::kChannel, channel.append(name), key);
  }
}

const Entry* ReadKeys::FindEntry(std::string_view key) const {
  const Entry* entry = Peek(key);
  if (entry != nullptr && access_->frame().touch) access_->NoteUse(entry);
  return entry;
}

const Entry* ReadKeys::Peek(std::string_view key) const {
  const Entry* entry = access_->FindLive(key, database());
  ThreadStats* stats = access_->parts().stats;
  (entry == nullptr ? stats->keyspace_misses : stats->keyspace_hits).Add();
  if (entry == nullptr) access_->Notify(Event::kKeyMiss, "keymiss", database(), key);
  return entry;
}

bool ReadKeys::IsExpired(std::string_view key) const {
  const KeyAccess::Located located = access_->Locate(key, database());
  return located.place && located.place.node()->IsExpired(now_ms());
}

bool ReadKeys::Touch(std::string_view key) const {
  const Entry* entry = Peek(key);
  if (entry != nullptr) access_->NoteUse(entry);
  return entry != nullptr;
}

KeyAccess::Located WriteKeys::LocateLive(int database, std::string_view key) {
  KeyAccess::Located located = access_->Locate(key, database);
  if (located.place && located.place.node()->IsExpired(now_ms()) &&
      access_->frame().expiry == ExpiryMode::kDelete) {
    access_->DeleteExpired(located, database, key);
    located.place = {};
  }
  return located;
}

const Entry* WriteKeys::FindEntryIn(int database, std::string_view key) {
  const KeyAccess::Located located = LocateLive(database, key);
  if (!located.place) return nullptr;
  const Entry* entry = located.place.node();
  if (entry->IsExpired(now_ms())) return nullptr;  // Hidden, not deleted.
  if (access_->frame().touch) access_->NoteUse(entry);
  return entry;
}

bool WriteKeys::ExistsIn(int database, std::string_view key) {
  const KeyAccess::Located located = LocateLive(database, key);
  return located.place && !located.place.node()->IsExpired(now_ms());
}

const Entry* WriteKeys::ReadEntry(std::string_view key) {
  const Entry* entry = FindEntry(key);
  ThreadStats* stats = access_->parts().stats;
  (entry == nullptr ? stats->keyspace_misses : stats->keyspace_hits).Add();
  return entry;
}

void WriteKeys::Put(std::string_view key, std::string_view text, const PutOptions& options) {
  const KeyAccess::Located located = LocateLive(database(), key);
  if (!located.place) {
    Entry* entry =
        NewStringEntry(located.shard->slab(), key, text, options.may_be_integer, options.deadline);
    entry->set_access(access_->NewAccessClock());
    located.shard->Insert(database(), entry, located.position);
    NotifyNew(key);
    return;
  }
  const Entry* entry = located.place.node();
  const uint64_t deadline = options.keep_deadline ? entry->deadline() : options.deadline;
  const bool same_shape =
      entry->type() == ValueType::kString && entry->has_deadline() == (deadline != Entry::kNever);
  if (same_shape) {
    // In place where the new value takes as many bytes: no allocation, and the table is not
    // touched.
    StringEditor(EntrySlot(located.shard, database(), key, located.position, located.place, 0))
        .Assign(text, options.may_be_integer);
    entry = located.place.node();
    if (deadline != Entry::kNever && entry->deadline() != deadline) {
      located.shard->Edit(database(), located.place)->set_deadline(deadline);
      located.shard->NoteDeadline(database(), located.position, deadline);
    }
  } else {
    Entry* fresh =
        NewStringEntry(located.shard->slab(), key, text, options.may_be_integer, deadline);
    fresh->set_access(entry->access());
    located.shard->Replace(database(), located.place, fresh, located.position);
    entry = fresh;
  }
  if (access_->frame().touch) access_->NoteUse(entry);
}

WriteKeys::Opened WriteKeys::OpenForEdit(std::string_view key, ValueType type, bool create,
                                         Args fields) {
  KeyAccess::Located located = LocateLive(database(), key);
  if (!fields.empty() && located.place && located.place.node()->has_field_deadlines())
      [[unlikely]] {
    if (access_->frame().expiry == ExpiryMode::kDelete &&
        access_->DeleteExpiredFields(located, database(), key, fields)) {
      located = access_->Locate(key, database());
    }
  }
  if (located.place && located.place.node()->IsExpired(now_ms())) {
    // Hidden, not deleted; a new value takes its place.
    if (!create) return {};
    located.shard->Erase(database(), located.place);
    located.place = {};
  }
  if (!located.place && !create) return {};
  if (located.place) {
    if (located.place.node()->type() != type) return {.wrong_type = true};
    if (access_->frame().touch) access_->NoteUse(located.place.node());
  }
  return {.slot = EntrySlot(located.shard, database(), key, located.position, located.place,
                            access_->NewAccessClock()),
          .created = !located.place};
}

void WriteKeys::Add(std::string_view key, DecodedValue&& value, uint64_t deadline) {
  const KeyAccess::Located located = access_->Locate(key, database());
  Entry* entry = NewEntry(located.shard->slab(), key, std::move(value), deadline);
  entry->set_access(access_->NewAccessClock());
  located.shard->Insert(database(), entry, located.position);
  NotifyNew(key);
}

bool WriteKeys::DeleteIn(int database, std::string_view key) {
  const KeyAccess::Located located = LocateLive(database, key);
  if (!located.place) return false;
  const bool was_live = !located.place.node()->IsExpired(now_ms());
  located.shard->Erase(database, located.place);
  return was_live;
}

void WriteKeys::SetDeadline(std::string_view key, uint64_t deadline) {
  const KeyAccess::Located located = LocateLive(database(), key);
  if (!located.place) return;
  const Entry* entry = located.place.node();
  if (entry->has_deadline() == (deadline != Entry::kNever)) {
    if (deadline == Entry::kNever) return;
    located.shard->Edit(database(), located.place)->set_deadline(deadline);
    located.shard->NoteDeadline(database(), located.position, deadline);
    return;
  }
  Entry* moved = Entry::New(located.shard->slab(), key,
                            {.type = entry->type(),
                             .encoding = entry->encoding(),
                             .deadline = deadline,
                             .payload_size = entry->payload_size(),
                             .field_deadlines = entry->has_field_deadlines()});
  moved->set_access(entry->access());
  std::memcpy(moved->payload(), entry->payload(), entry->payload_size());
  located.shard->ReplaceShell(database(), located.place, moved, located.position);
}

void WriteKeys::Transplant(std::string_view from, int to_database, std::string_view to, bool move) {
  const KeyAccess::Located source = LocateLive(database(), from);
  if (!source.place) return;
  const Entry* entry = source.place.node();
  const KeyAccess::Located target = access_->Locate(to, to_database);
  Entry* copy;
  if (move) {
    copy = Entry::New(target.shard->slab(), to,
                      {.type = entry->type(),
                       .encoding = entry->encoding(),
                       .deadline = entry->deadline(),
                       .payload_size = entry->payload_size(),
                       .field_deadlines = entry->has_field_deadlines()});
    copy->set_access(entry->access());
    std::memcpy(copy->payload(), entry->payload(), entry->payload_size());
    Entry::FreeShell(source.shard->slab(), source.shard->Detach(database(), source.place));
  } else {
    copy = CopyEntry(target.shard->slab(), to, *entry);
    copy->set_access(access_->NewAccessClock());
  }
  target.shard->Insert(to_database, copy, target.position);
  access_->Notify(Event::kNew, "new", to_database, to);
}

void WriteKeys::SetAccessClock(std::string_view key, uint32_t access) {
  const KeyAccess::Located located = LocateLive(database(), key);
  if (located.place) located.place.node()->set_access(access);
}

void WriteKeys::ChangedIn(int database, std::string_view key, Event event, std::string_view name,
                          uint64_t changes) {
  AlsoChangedIn(database, key, event, name);
  access_->parts().stats->changes.Add(changes);
}

void WriteKeys::ChangedQuietly(std::string_view key, Event event, std::string_view name,
                               uint64_t changes) {
  CountChanges(changes);
  access_->parts().recorder->Changed();
  access_->Notify(event, name, database(), key);
}

void WriteKeys::WakeWaiters(std::string_view key) {
  const KeyAccess::Parts& parts = access_->parts();
  const uint64_t hash = access_->HashOf(key);
  const Shard& shard = (*access_->frame().locks)[parts.keyspace->ShardOf(hash)];
  if (shard.listeners().IsAwaited(database(), key)) parts.ready->Add(database(), key, hash);
}

void WriteKeys::AlsoChangedIn(int database, std::string_view key, Event event,
                              std::string_view name) {
  const KeyAccess::Parts& parts = access_->parts();
  const uint64_t hash = access_->HashOf(key);
  Shard& shard = (*access_->frame().locks)[parts.keyspace->ShardOf(hash)];
  if (shard.attention()) {
    const auto place = shard.Find(database, key, parts.keyspace->PositionInShard(hash));
    access_->TellListeners(shard, database, key, hash, static_cast<bool>(place));
  }
  parts.recorder->Changed();
  access_->Notify(event, name, database, key);
}

}  // namespace redstart
