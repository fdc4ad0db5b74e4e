#include "server/observe/allocator.h"

#ifdef REDSTART_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

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
  return {read("stats.allocated"), read("stats.active"), read("stats.resident")};
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

#else

AllocatorUsage ReadAllocatorUsage() {
  return {};
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

#endif

}  // namespace redstart
