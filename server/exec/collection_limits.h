#ifndef REDSTART_SERVER_EXEC_COLLECTION_LIMITS_H_
#define REDSTART_SERVER_EXEC_COLLECTION_LIMITS_H_

// The limits of small collections as the configuration in force has them: for commands, and for
// whoever decodes values (RESTORE, loading). A plain copy; see storage/types/collection_limits.h.

#include "server/config/config.h"
#include "storage/types/collection_limits.h"

namespace redstart {

inline CollectionLimits LimitsOf(const Config& config) {
  const auto size = [](int64_t value) { return static_cast<size_t>(value); };
  return {.hash_max_listpack_entries = size(config.hash_max_listpack_entries),
          .hash_max_listpack_value = size(config.hash_max_listpack_value),
          .list_max_listpack_size = config.list_max_listpack_size,
          .list_compress_depth = config.list_compress_depth,
          .set_max_intset_entries = size(config.set_max_intset_entries),
          .set_max_listpack_entries = size(config.set_max_listpack_entries),
          .set_max_listpack_value = size(config.set_max_listpack_value),
          .zset_max_listpack_entries = size(config.zset_max_listpack_entries),
          .zset_max_listpack_value = size(config.zset_max_listpack_value),
          .stream_node_max_bytes = size(config.stream_node_max_bytes),
          .stream_node_max_entries = size(config.stream_node_max_entries)};
}

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_COLLECTION_LIMITS_H_
