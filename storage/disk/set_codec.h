#ifndef REDSTART_STORAGE_DISK_SET_CODEC_H_
#define REDSTART_STORAGE_DISK_SET_CODEC_H_

// Sets as RDB files and DUMP payloads hold them: an int set as it is, or a count with the members;
// from version 11 on a listpack as it is, too. Source: Redis's rdb.c. Pure functions; a view's
// entry must be locked. Reading trusts nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/set_edits.h"
#include "storage/types/collection_limits.h"
#include "storage/types/set.h"

namespace redstart {

inline constexpr uint8_t kRdbTypeSet = 2;
inline constexpr uint8_t kRdbTypeSetIntSet = 11;
inline constexpr uint8_t kRdbTypeSetListpack = 20;

uint8_t RdbTypeOfSet(const SetView& set, uint16_t rdb_version);
// The body that belongs to this type.
void AppendRdbSet(const SetView& set, uint8_t rdb_type, RdbCompression compression,
                  std::string* out);
// Nothing if the body is damaged or a member stands there twice.
std::optional<DecodedValue> ReadRdbSet(uint8_t rdb_type, const CollectionLimits& limits,
                                       RdbInput* input);

// What has been built, to become the value of a key.
DecodedValue TakeSet(SetBuilder* builder);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_SET_CODEC_H_
