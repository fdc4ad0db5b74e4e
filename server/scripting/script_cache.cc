#include "server/scripting/script_cache.h"

#include <utility>

#include "server/scripting/script_flags.h"

namespace redstart {
namespace {

size_t BytesOf(const Script& script) {
  return sizeof(Script) + 2 * script.digest.capacity() + script.body.capacity();
}

}  // namespace

std::shared_ptr<const Script> ScriptCache::Find(std::string_view digest) const {
  const MutexLock lock(&mutex_);
  const auto found = scripts_.find(absl::string_view(digest.data(), digest.size()));
  return found == scripts_.end() ? nullptr : found->second;
}

void ScriptCache::Add(std::shared_ptr<const Script> script) {
  const MutexLock lock(&mutex_);
  const size_t bytes = BytesOf(*script);
  const bool declares = (script->flags & kScriptUndeclared) == 0;
  std::string digest = script->digest;
  if (!scripts_.emplace(std::move(digest), std::move(script)).second) return;
  bytes_ += bytes;
  if (declares) declared_.fetch_add(1, std::memory_order_relaxed);
}

void ScriptCache::Flush() {
  absl::flat_hash_map<std::string, std::shared_ptr<const Script>> gone;  // Freed without the lock.
  const MutexLock lock(&mutex_);
  gone.swap(scripts_);
  bytes_ = 0;
  declared_.store(0, std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
}

size_t ScriptCache::size() const {
  const MutexLock lock(&mutex_);
  return scripts_.size();
}

size_t ScriptCache::bytes() const {
  const MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace redstart
