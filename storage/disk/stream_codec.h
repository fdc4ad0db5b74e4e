#ifndef REDSTART_STORAGE_DISK_STREAM_CODEC_H_
#define REDSTART_STORAGE_DISK_STREAM_CODEC_H_

// Streams as RDB files and DUMP payloads hold them. Written: the form that Redis 7.0 reads, too
// (the next one only adds when a consumer was last active). Read: all three forms. Source: Redis's
// rdb.c. Pure functions; a view's entry must be locked. Reading trusts nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/types/collection_limits.h"
#include "storage/types/stream.h"

namespace redstart {

inline constexpr uint8_t kRdbTypeStream1 = 15;
inline constexpr uint8_t kRdbTypeStream2 = 19;
inline constexpr uint8_t kRdbTypeStream3 = 21;

void AppendRdbStream(const Stream& stream, RdbCompression compression, std::string* out);
// Nothing if the body is damaged.
std::optional<DecodedValue> ReadRdbStream(uint8_t rdb_type, const CollectionLimits& limits,
                                          RdbInput* input);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_STREAM_CODEC_H_
