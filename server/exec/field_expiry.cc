// Fields of hashes past their deadline. Redis 7.4's rules: reading or changing such a field deletes
// it, and so does the sweep, soon (dispatcher_upkeep.cc); until then commands about the whole hash
// do not show it, but HLEN counts it. Each deletion is an HDEL in the effect stream.

#include "server/exec/key_access.h"

namespace redstart {

bool KeyAccess::DeleteExpiredFields(const Located& located, int database, std::string_view key,
                                    Args fields) {
  HashEditor hash(EntrySlot(located.shard, database, key, located.position, located.place, 0),
                  limits());
  size_t count = 0;
  for (const std::string_view field : fields) {
    const std::optional<HashView::Held> held = hash.view().Lookup(field);
    if (!held || !held->IsExpired(frame_.now_ms)) continue;
    parts_.recorder->Aside(database, {"HDEL", key, field});
    hash.Erase(field);
    ++count;
  }
  FinishFields(&hash, located, database, key, count);
  return count > 0;
}

bool KeyAccess::DeleteDueFields(const Located& located, int database, std::string_view key,
                                size_t max) {
  HashEditor hash(EntrySlot(located.shard, database, key, located.position, located.place, 0),
                  limits());
  size_t count = 0;
  const bool all = hash.EraseDue(frame_.now_ms, max, [&](std::string_view field) {
    parts_.recorder->Aside(database, {"HDEL", key, field});
    ++count;
  });
  FinishFields(&hash, located, database, key, count);
  return all;
}

void KeyAccess::FinishFields(HashEditor* hash, const Located& located, int database,
                             std::string_view key, size_t count) {
  const bool is_empty = hash->empty();
  if (is_empty) {
    hash->Drop();
  } else {
    // Even if nothing was deleted: the shard is to know when the next field expires.
    hash->Commit();
  }
  if (count == 0) return;
  located.shard->expired_fields.Add(count);
  if (located.shard->attention()) {
    TellListeners(*located.shard, database, key, HashOf(key), !is_empty);
  }
  Notify(Event::kHash, "hexpired", database, key);
  if (is_empty) Notify(Event::kGeneric, "del", database, key);
}

}  // namespace redstart
