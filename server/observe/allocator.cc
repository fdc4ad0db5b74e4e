#include "server/observe/allocator.h"

#ifdef REDSTART_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

#include <algorithm>
#include <cstddef>

namespace redstart {

#ifdef REDSTART_JEMALLOC

AllocatorUsage ReadAllocatorUsage() {
  // Statistics are those of the moment in which the epoch was last written.
  uint64_t epoch = 1;
  size_t size = sizeof(epoch);
  mallctl("epoch", &epoch, &size, &epoch, size);
  const auto read = [](const char* name) {
    size_t value = 0;
    size_t value_size = sizeof(value);
    return mallctl(name, &value, &value_size, nullptr, 0) == 0 ? uint64_t{value} : 0;
  };
  // What threads keep in their caches for the next allocation counts as allocated there.
  static const std::string kCached =
      "stats.arenas." + std::to_string(MALLCTL_ARENAS_ALL) + ".tcache_bytes";
  const uint64_t allocated = read("stats.allocated");
  return {allocated - std::min(allocated, read(kCached.c_str())), read("stats.active"),
          read("stats.resident")};
}

int64_t AllocatedByThread() {
  static constexpr uint64_t kNothing = 0;
  const auto counter = [](const char* name) {
    const uint64_t* value = &kNothing;
    size_t size = sizeof(value);
    mallctl(name, &value, &size, nullptr, 0);
    return value;
  };
  thread_local const uint64_t* const t_allocated = counter("thread.allocatedp");
  thread_local const uint64_t* const t_freed = counter("thread.deallocatedp");
  return static_cast<int64_t>(*t_allocated - *t_freed);
}

std::string AllocatorName() {
  const char* version = nullptr;
  size_t size = sizeof(version);
  if (mallctl("version", &version, &size, nullptr, 0) != 0) return "jemalloc";
  // "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c"
  const std::string full(version);
  return "jemalloc-" + full.substr(0, full.find('-'));
}

std::optional<std::string> AllocatorStatistics() {
  std::string text;
  malloc_stats_print(
      [](void* out, const char* piece) { static_cast<std::string*>(out)->append(piece); }, &text,
      nullptr);
  return text;
}

bool PurgeAllocator() {
  const std::string all = "arena." + std::to_string(MALLCTL_ARENAS_ALL) + ".purge";
  return mallctl(all.c_str(), nullptr, nullptr, nullptr, 0) == 0;
}

bool ReturnMemoryInBackground(bool on) {
  return mallctl("background_thread", nullptr, nullptr, &on, sizeof(on)) == 0;
}

#else

AllocatorUsage ReadAllocatorUsage() {
  return {};
}

int64_t AllocatedByThread() {
  return 0;
}

std::string AllocatorName() {
  return "libc";
}

std::optional<std::string> AllocatorStatistics() {
  return std::nullopt;
}

bool PurgeAllocator() {
  return true;
}

bool ReturnMemoryInBackground(bool) {
  return true;
}

#endif

}  // namespace redstart
