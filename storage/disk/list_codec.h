#ifndef REDSTART_STORAGE_DISK_LIST_CODEC_H_
#define REDSTART_STORAGE_DISK_LIST_CODEC_H_

// Lists as RDB files and DUMP payloads hold them. Written: the number of nodes, and each of them as
// it is, a small list as its one node. Read: this, and what Redis wrote before version 7 (elements
// one by one, a ziplist, a list of ziplists). Source: Redis's rdb.c. Pure functions; a view's entry
// must be locked. Reading trusts nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/types/collection_limits.h"
#include "storage/types/list.h"

namespace redstart {

inline constexpr uint8_t kRdbTypeList = 1;
inline constexpr uint8_t kRdbTypeListZiplist = 10;
inline constexpr uint8_t kRdbTypeListOfZiplists = 14;
inline constexpr uint8_t kRdbTypeListOfNodes = 18;

void AppendRdbList(const ListView& list, RdbCompression compression, std::string* out);
// Nothing if the body is damaged.
std::optional<DecodedValue> ReadRdbList(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_LIST_CODEC_H_
