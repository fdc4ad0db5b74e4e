#ifndef REDSTART_STORAGE_TYPES_COLLECTION_LIMITS_H_
#define REDSTART_STORAGE_TYPES_COLLECTION_LIMITS_H_

// How large a collection may be in each of its small forms: the options of the same names, with
// their defaults of Redis 7.2. A plain value; whoever edits or decodes collections is given one
// (server/exec/key_access.h makes it from the configuration in force).

#include <cstddef>

namespace redstart {

struct CollectionLimits {
  size_t hash_max_listpack_entries = 512;
  size_t hash_max_listpack_value = 64;
  // Positive: elements per node. -1 to -5: 4, 8, 16, 32 or 64 KiB per node.
  int list_max_listpack_size = -2;
  int list_compress_depth = 0;
  size_t set_max_intset_entries = 512;
  size_t set_max_listpack_entries = 128;
  size_t set_max_listpack_value = 64;
  size_t zset_max_listpack_entries = 128;
  size_t zset_max_listpack_value = 64;
  size_t stream_node_max_bytes = 4096;
  size_t stream_node_max_entries = 100;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_COLLECTION_LIMITS_H_
