#ifndef REDSTART_STORAGE_DISK_ZSET_CODEC_H_
#define REDSTART_STORAGE_DISK_ZSET_CODEC_H_

// Sorted sets as RDB files and DUMP payloads hold them. Written: the listpack as it is, or a count
// with members and binary scores, from the highest one down. Read: these, and what Redis wrote
// before version 7 (ziplists) and 4 (scores as text). Source: Redis's rdb.c. Pure functions; a
// view's entry must be locked. Reading trusts nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/types/collection_limits.h"
#include "storage/types/zset.h"

namespace redstart {

inline constexpr uint8_t kRdbTypeZSet = 3;
inline constexpr uint8_t kRdbTypeZSet2 = 5;
inline constexpr uint8_t kRdbTypeZSetZiplist = 12;
inline constexpr uint8_t kRdbTypeZSetListpack = 17;

uint8_t RdbTypeOfZSet(const ZSetView& zset);
void AppendRdbZSet(const ZSetView& zset, RdbCompression compression, std::string* out);
// Nothing if the body is damaged, a member stands there twice, or a score is no number.
std::optional<DecodedValue> ReadRdbZSet(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input);

// A sorted set being built outside of any entry: what was read, or the result of ZUNIONSTORE and
// its like. Its elements may come in any order. In the end it is small if the limits allow.
class ZSetBuilder {
 public:
  // False if the member is there already.
  bool Add(std::string_view member, double score);
  size_t size() const { return set_->size(); }
  // To be called once.
  DecodedValue Take(const CollectionLimits& limits);

 private:
  std::unique_ptr<ScoredSet> set_ = std::make_unique<ScoredSet>();
  size_t longest_ = 0;
  size_t bytes_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_ZSET_CODEC_H_
