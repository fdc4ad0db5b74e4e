#include "storage/shard.h"

#include <algorithm>

#include "storage/value.h"

namespace redstart {
namespace {

// Entries of a detached database that are freed under one hold of the lock, some 5 us.
constexpr size_t kFreedPerHold = 64;

}  // namespace

Shard::Shard(const Surroundings& surroundings, size_t number)
    : number_(number),
      roots_(8 + static_cast<int>(number * 5 % 9)),
      around_(surroundings),
      slab_(surroundings.pages) {}

Shard::~Shard() {
  // The slab gives its pages back as a whole; only what lies outside of them needs a visit.
  std::vector<Database*> all = detached_;
  for (const int number : Databases()) all.push_back(Get(number));
  for (Database* database : all) {
    for (std::optional<uint64_t> at = 0; at;) {
      at = database->table.Drain(*at, [this](Entry* entry) {
        ReleaseValue(entry);
        Entry::FreeShell(&slab_, entry);
      });
    }
    delete database;
  }
}

const EntryTable* Shard::table(int database) const {
  const Database* found = Get(database);
  return found == nullptr ? nullptr : &found->table;
}

uint64_t Shard::with_deadline(int database) const {
  const Database* found = Get(database);
  return found == nullptr ? 0 : found->with_deadline;
}

uint64_t Shard::with_field_deadlines(int database) const {
  const Database* found = Get(database);
  return found == nullptr ? 0 : found->with_field_deadlines;
}

void Shard::Count(Database* in, const Entry& entry, int times) {
  if (entry.has_deadline()) in->with_deadline += static_cast<uint64_t>(times);
  if (entry.has_field_deadlines()) in->with_field_deadlines += static_cast<uint64_t>(times);
}

void Shard::NoteDeadlineOf(Database* in, const Entry& entry, uint64_t position) {
  if (!entry.has_deadline() && !entry.has_field_deadlines()) return;
  in->table.NoteDeadline(position, EntryPolicy::DeadlineOf(entry));
}

void Shard::Insert(int database, Entry* entry, uint64_t position) {
  Database* into = GetOrCreate(database);
  entry->set_tag(TagFor(*into, position));
  ++layout_version_;
  into->table.Insert(entry, position);
  Count(into, *entry, 1);
  NoteDeadlineOf(into, *entry, position);
}

Entry* Shard::Edit(int database, Place place) {
  if (around_.capture->capture != nullptr) [[unlikely]] {
    Preserve(database, *Get(database), place);
  }
  return place.place_.node();
}

void Shard::ReplaceShell(int database, Place place, Entry* entry, uint64_t position) {
  Database* in = Get(database);
  ++layout_version_;
  Preserve(database, *in, place);
  Entry* old = place.place_.node();
  Count(in, *entry, 1);
  Count(in, *old, -1);
  entry->set_tag(TagFor(*in, position));
  in->table.Replace(place.place_, entry);
  NoteDeadlineOf(in, *entry, position);
  Entry::FreeShell(&slab_, old);
}

void Shard::Replace(int database, Place place, Entry* entry, uint64_t position) {
  ++layout_version_;
  Database* in = Get(database);
  Entry* old = place.place_.node();
  Count(in, *entry, 1);
  Count(in, *old, -1);
  entry->set_tag(TagFor(*in, position));
  in->table.Replace(place.place_, entry);
  NoteDeadlineOf(in, *entry, position);
  if (!TakenByCapture(database, *in, position, old)) FreeDetachedEntry(old);
}

void Shard::Erase(int database, Place place) {
  Database* in = Get(database);
  Entry* entry = Unlink(in, place);
  if (!TakenByCapture(database, *in, place.place_.position(), entry)) FreeDetachedEntry(entry);
}

Entry* Shard::Detach(int database, Place place) {
  Database* in = Get(database);
  // What its payload points to may live on under another key: the snapshot needs a copy.
  Preserve(database, *in, place);
  return Unlink(in, place);
}

Entry* Shard::Unlink(Database* in, Place place) {
  Entry* entry = place.place_.node();
  ++layout_version_;
  Count(in, *entry, -1);
  in->table.Erase(place.place_);
  return entry;
}

void Shard::FreeDetachedEntry(Entry* entry) {
  ReleaseValue(entry);
  Entry::FreeShell(&slab_, entry);
}

void Shard::NoteDeadline(int database, uint64_t position, uint64_t deadline) {
  Get(database)->table.NoteDeadline(position, deadline);
}

void Shard::NoteFieldDeadlines(int database, Place place, uint64_t position, bool has_any) {
  Database* in = Get(database);
  Entry* entry = place.place_.node();
  Count(in, *entry, -1);
  entry->set_has_field_deadlines(has_any);
  Count(in, *entry, 1);
  // The key's own deadline, too: CollectDue has forgotten it if it came upon the fields' one.
  NoteDeadlineOf(in, *entry, position);
}

bool Shard::CollectDue(int database, uint64_t now, uint64_t* cursor, size_t max,
                       std::vector<Entry*>* due) {
  Database* in = Get(database);
  if (in == nullptr || in->with_deadline + in->with_field_deadlines == 0) {
    *cursor = 0;
    return true;
  }
  return in->table.CollectDue(now, cursor, max, due);
}

size_t Shard::Clear(int database) {
  ++layout_version_;
  Database* detached = Exchange(database, nullptr);
  if (detached == nullptr) return 0;
  const size_t keys = detached->table.size();
  if (around_.capture->capture != nullptr && detached->born < around_.capture->cut &&
      !(detached->walked == around_.capture->cut && detached->walked_out)) {
    NoteRenaming(detached, database);
    detached_.push_back(detached);
    return keys;
  }
  around_.lazy_free->Add(keys, [this, detached] { FreeDetached(detached); });
  return keys;
}

void Shard::SwapDatabases(int a, int b) {
  ++layout_version_;
  for (const int number : {a, b}) {
    if (Database* moving = Get(number)) NoteRenaming(moving, number);
  }
  Database* content = Exchange(a, Get(b));
  Exchange(b, content);
}

std::vector<int> Shard::Databases() const {
  std::vector<int> numbers;
  for (int number = 0; number < kDirect; ++number) {
    if (Get(number) != nullptr) numbers.push_back(number);
  }
  for (const auto& [number, database] : others_) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void Shard::ReleaseValue(Entry* entry) {
  if (!IsLongToFree(*entry)) return FreeOutside(*entry);
  around_.lazy_free->Add(1, FreeOutsideLater(*entry));
}

Shard::Database* Shard::GetOther(int database) const {
  const auto found = others_.find(database);
  return found == others_.end() ? nullptr : found->second;
}

Shard::Database* Shard::GetOrCreate(int database) {
  Database* found = Get(database);
  if (found == nullptr) {
    found = new Database(around_.policy, roots_, around_.reclaimer);
    found->born = around_.capture->cut;
    Exchange(database, found);
  }
  return found;
}

Shard::Database* Shard::Exchange(int database, Database* content) {
  if (database < kDirect) return direct_[database].exchange(content, std::memory_order_acq_rel);
  Database* before = Get(database);
  if (content == nullptr) {
    others_.erase(database);
  } else {
    others_[database] = content;
  }
  return before;
}

void Shard::FreeDetached(Database* database) {
  // Nobody else finds the database any more, so taking its nodes out and releasing their values,
  // whatever their size, needs no lock; giving their memory back to the slab does.
  std::vector<Entry*> entries;
  for (std::optional<uint64_t> at = 0; at;) {
    entries.clear();
    at = database->table.Drain(*at, [&entries](Entry* entry) {
      FreeOutside(*entry);
      entries.push_back(entry);
    });
    for (size_t begin = 0; begin < entries.size(); begin += kFreedPerHold) {
      const size_t end = std::min(entries.size(), begin + kFreedPerHold);
      mutex_.Lock();
      for (size_t i = begin; i < end; ++i) Entry::FreeShell(&slab_, entries[i]);
      mutex_.Unlock();
    }
  }
  around_.reclaimer->Retire(database,
                            [](void* retired) { delete static_cast<Database*>(retired); });
}

}  // namespace redstart
