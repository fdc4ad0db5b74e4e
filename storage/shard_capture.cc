// What a shard does for a running snapshot: which entries it has still to see, and the walk itself.

#include <algorithm>

#include "storage/shard.h"

namespace redstart {

bool Shard::IsAhead(const Database& database, uint64_t position) const {
  const CaptureState& state = *around_.capture;
  if (state.capture == nullptr || database.born >= state.cut) return false;
  if (database.walked != state.cut) return true;
  return !database.walked_out && position >= database.walked_to;
}

uint8_t Shard::TagFor(const Database& database, uint64_t position) const {
  return IsAhead(database, position) ? around_.capture->tag : uint8_t{0};
}

void Shard::NoteRenaming(Database* database, int number) {
  if (database->renamed == around_.capture->cut) return;
  database->renamed = around_.capture->cut;
  database->number_at_cut = number;
}

int Shard::NumberAtCut(const Database& database, int number) const {
  return database.renamed == around_.capture->cut ? database.number_at_cut : number;
}

void Shard::Preserve(int database, const Database& in, Place place) {
  const CaptureState& state = *around_.capture;
  if (state.capture == nullptr) [[likely]] {
    return;
  }
  const Entry* entry = place.node();
  if (entry->tag() == state.tag || !IsAhead(in, place.place_.position())) return;
  state.capture->Copy(this, NumberAtCut(in, database), *entry);
  entry->set_tag(state.tag);
}

bool Shard::TakenByCapture(int database, const Database& in, uint64_t position, Entry* entry) {
  const CaptureState& state = *around_.capture;
  if (state.capture == nullptr) [[likely]] {
    return false;
  }
  if (entry->tag() == state.tag || !IsAhead(in, position)) return false;
  state.capture->Take(this, NumberAtCut(in, database), entry);
  return true;
}

std::vector<Shard::CutDatabase> Shard::CutDatabases() const {
  std::vector<CutDatabase> cut;
  const auto add = [&](const Database& database, int number) {
    if (database.born >= around_.capture->cut) return;
    cut.push_back({NumberAtCut(database, number), database.table.size(), database.with_deadline});
  };
  for (const int number : Databases()) add(*Get(number), number);
  for (const Database* database : detached_) add(*database, database->number_at_cut);
  return cut;
}

Shard::Database* Shard::FindCut(int number) const {
  const auto is_it = [&](const Database* database, int current) {
    return database != nullptr && database->born < around_.capture->cut &&
           NumberAtCut(*database, current) == number;
  };
  if (Database* same = Get(number); is_it(same, number)) return same;
  for (Database* database : detached_) {
    if (is_it(database, database->number_at_cut)) return database;
  }
  for (const int current : Databases()) {
    if (is_it(Get(current), current)) return Get(current);
  }
  return nullptr;
}

bool Shard::WalkCut(int number, absl::FunctionRef<bool(const Entry&)> visit) {
  const CaptureState& state = *around_.capture;
  Database* database = FindCut(number);
  if (database == nullptr) return true;
  if (database->walked != state.cut) {
    database->walked = state.cut;
    database->walked_to = 0;
    database->walked_out = false;
  }
  bool go_on = true;
  while (go_on && !database->walked_out) {
    const std::optional<uint64_t> next =
        database->table.Walk(database->walked_to, [&](const Entry* entry) {
          const uint8_t tag = entry->tag();
          if (tag != 0) entry->set_tag(0);
          if (tag != state.tag) go_on &= visit(*entry);
        });
    database->walked_out = !next.has_value();
    database->walked_to = next.value_or(0);
    if (next) database->table.PrefetchNodesAt(*next);
  }
  if (!database->walked_out) return false;
  const auto detached = std::find(detached_.begin(), detached_.end(), database);
  if (detached != detached_.end()) {
    detached_.erase(detached);
    FreeLater(database);
  }
  return true;
}

bool Shard::ClearTags() {
  constexpr int kBucketsPerHold = 64;
  for (const int number : Databases()) {
    Database* database = Get(number);
    if (database->cleaned == around_.capture->cut) continue;
    std::optional<uint64_t> at = database->cleaned_to;
    for (int i = 0; i < kBucketsPerHold && at; ++i) {
      at = database->table.Walk(*at, [](const Entry* entry) { entry->set_tag(0); });
    }
    database->cleaned_to = at.value_or(0);
    if (!at) database->cleaned = around_.capture->cut;
    return false;
  }
  return true;
}

void Shard::EndCut() {
  for (Database* database : detached_) {
    FreeLater(database);
  }
  detached_.clear();
}

}  // namespace redstart
