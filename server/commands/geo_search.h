#ifndef REDSTART_SERVER_COMMANDS_GEO_SEARCH_H_
#define REDSTART_SERVER_COMMANDS_GEO_SEARCH_H_

// What GEOSEARCH, GEOSEARCHSTORE and the four GEORADIUS commands have in common: their words, the
// search, and its answer. Values on a handler's stack.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/exec/arg_reader.h"
#include "storage/disk/decoded_value.h"
#include "storage/types/collection_limits.h"
#include "storage/types/geohash.h"
#include "storage/types/zset.h"

namespace redstart {

// Which of the commands it is.
struct GeoForm {
  enum class Center : uint8_t { kWords, kPoint, kMember };
  Center center = Center::kWords;  // GEOSEARCH: words say it; GEORADIUS: it stands first.
  bool may_store = false;          // The words STORE and STOREDIST are known.
  bool stores_first = false;       // GEOSEARCHSTORE
};

// Reads a longitude and a latitude. `error` is set if they are none.
GeoPoint ReadGeoPoint(ArgReader* in, std::string* error);
// Metres per unit, or nothing.
std::optional<double> MetresPerUnit(std::string_view unit);

class GeoQuery {
 public:
  // `words` are those behind the source key, of which `zset` is the value, or null if it is not
  // there. `command` is how the client spelt it. Returns the error to answer, or nothing.
  std::string Read(std::string_view command, Args words, const GeoForm& form, const ZSetView* zset);

  // The key to store at, if one was named by STORE or STOREDIST.
  std::optional<std::string_view> store_key() const { return store_key_; }

  struct Match {
    Element member;
    GeoPoint point;
    double distance;  // In the unit of the request.
    double score;
  };
  std::vector<Match> Search(const ZSetView& zset) const;
  void Answer(const std::vector<Match>& matches, ReplyBuilder& reply) const;
  // A sorted set of positions, or of distances if that was asked for.
  DecodedValue ToValue(const std::vector<Match>& matches, const CollectionLimits& limits) const;

 private:
  enum class Order : uint8_t { kNone, kAscending, kDescending };

  std::string ReadCenter(ArgReader* in, const GeoForm& form, const ZSetView* zset);
  std::string ReadMemberCenter(std::string_view member, const ZSetView* zset);
  std::string ReadRadius(ArgReader* in);
  std::string ReadBox(ArgReader* in);
  std::string ReadUnit(ArgReader* in);
  std::string ReadWord(ArgReader* in, const GeoForm& form, const ZSetView* zset);
  bool ReadFlag(ArgReader* in);
  std::string CheckTogether(std::string_view command, const GeoForm& form) const;

  GeoShape shape_;
  double unit_ = 1;
  bool from_member_ = false;
  bool from_point_ = false;
  bool by_radius_ = false;
  bool with_distance_ = false;
  bool with_hash_ = false;
  bool with_point_ = false;
  bool any_ = false;
  bool store_distance_ = false;
  Order order_ = Order::kNone;
  int64_t count_ = 0;  // 0: all.
  std::optional<std::string_view> store_key_;
};

// A distance as commands answer it: four decimals.
std::string GeoDistanceText(double distance);
void ReplyWithGeoPoint(const GeoPoint& point, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_GEO_SEARCH_H_
