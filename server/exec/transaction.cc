#include "server/exec/transaction.h"

#include <algorithm>
#include <cstring>

#include "storage/keyspace.h"

namespace redstart {
namespace {

// A watch without its name, which stands in the list and in the shard.
constexpr size_t kBytesPerWatch = sizeof(WatchList::Key) + sizeof(KeyListeners);

}  // namespace

QueuedCommand::QueuedCommand(const CommandRow* row, Args args, uint32_t flags)
    : row_(row), flags_(flags) {
  for (const std::string_view arg : args) bytes_size_ += arg.size();
  bytes_ = std::make_unique_for_overwrite<char[]>(bytes_size_);
  views_.reserve(args.size());
  char* at = bytes_.get();
  for (const std::string_view arg : args) {
    if (!arg.empty()) std::memcpy(at, arg.data(), arg.size());
    views_.emplace_back(at, arg.size());
    at += arg.size();
  }
}

size_t QueuedCommand::MemoryBytes() const {
  return sizeof(*this) + bytes_size_ + views_.capacity() * sizeof(views_[0]);
}

bool Transaction::Has(uint32_t flags) const {
  return std::any_of(commands.begin(), commands.end(), [flags](const QueuedCommand& command) {
    return (command.flags() & flags) != 0;
  });
}

void WatchList::Remember(int database, std::string_view name, uint64_t hash) {
  const auto is_it = [&](const Key& key) {
    return key.hash == hash && key.database == database && key.name == name;
  };
  if (std::any_of(keys.begin(), keys.end(), is_it)) return;
  keys.push_back({database, std::string(name), hash});
  memory_bytes += kBytesPerWatch + 2 * name.size();
}

void WatchList::UnwatchLocked(ShardLocks& locks, const Keyspace& keyspace) {
  for (const Key& key : keys) {
    locks[keyspace.ShardOf(key.hash)].listeners().Unwatch(key.database, key.name, &touched);
  }
  keys.clear();
  memory_bytes = 0;
}

bool WatchList::Unwatch(Keyspace* keyspace) {
  if (keys.empty()) return true;
  std::vector<uint64_t> hashes;
  for (const Key& key : keys) hashes.push_back(key.hash);
  ShardLocks locks = keyspace->LockUnlessBusy(hashes);
  if (locks) UnwatchLocked(locks, *keyspace);
  return static_cast<bool>(locks);
}

}  // namespace redstart
