// Positions on the Earth, kept as the scores of a sorted set (storage/types/geohash.h).

#include <string>
#include <string_view>
#include <vector>

#include "server/commands/command_families.h"
#include "server/commands/geo_search.h"
#include "server/commands/stored_result.h"
#include "server/commands/zset_add.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

using Center = GeoForm::Center;

// GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]
void GeoAdd(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  bool only_new = false;
  bool only_existing = false;
  // What ZADD is told instead, and other machines are, too.
  std::vector<std::string_view> command = {"zadd", args[1]};
  while (!in.done()) {
    const bool is_new = in.Word("NX");
    const bool is_existing = !is_new && in.Word("XX");
    if (!is_new && !is_existing && !in.Word("CH")) break;
    only_new |= is_new;
    only_existing |= is_existing;
    command.push_back(args[args.size() - in.remaining() - 1]);
  }
  if (in.remaining() % 3 != 0 || (only_new && only_existing)) return reply.Fail(error::kSyntax);
  std::vector<std::string> scores;
  scores.reserve(in.remaining() / 3);
  while (!in.done()) {
    std::string error;
    const GeoPoint point = ReadGeoPoint(&in, &error);
    if (!error.empty()) return reply.Fail(error);
    scores.push_back(FormatInt64(static_cast<int64_t>(GeoScoreOf(point))));
    command.push_back(scores.back());
    command.push_back(in.Bytes());
  }
  if (AddScored(keys, command, /*increment=*/false, reply)) keys.Effect(command);
}

// GEOPOS key [member [member ...]]
void GeoPos(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args members = args.subspan(2);
  reply.Array(members.size());
  for (const std::string_view member : members) {
    if (const auto score = zset->Score(member)) {
      ReplyWithGeoPoint(GeoPointOf(*score), reply);
    } else {
      reply.NullArray();
    }
  }
}

// GEOHASH key [member [member ...]]
void GeoHash(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args members = args.subspan(2);
  reply.Array(members.size());
  for (const std::string_view member : members) {
    if (const auto score = zset->Score(member)) {
      reply.Bulk(GeoTextOf(*score));
    } else {
      reply.Null();
    }
  }
}

// GEODIST key member1 member2 [M | KM | FT | MI]
void GeoDist(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 5) return reply.Fail(error::kSyntax);
  const auto unit = args.size() == 5 ? MetresPerUnit(args[4]) : 1;
  if (!unit) return reply.Fail(error::kGeoUnit);
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const auto a = zset->Score(args[2]);
  const auto b = zset->Score(args[3]);
  if (!a || !b) return reply.Null();
  reply.Bulk(GeoDistanceText(GeoDistance(GeoPointOf(*a), GeoPointOf(*b)) / *unit));
}

const ZSetView* ViewOf(const Found<ZSetView>& found) {
  return found ? &*found : nullptr;
}

// GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius unit | BYBOX
// width height unit> [options], GEORADIUS_RO, GEORADIUSBYMEMBER_RO
template <Center kCenter>
void Search(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  GeoQuery query;
  const std::string error = query.Read(args[0], args.subspan(2), {.center = kCenter}, ViewOf(zset));
  if (!error.empty()) return reply.Fail(error);
  query.Answer(query.Search(*zset), reply);
}

void Store(WriteKeys& keys, std::string_view key, const GeoQuery& query, const ZSetView& zset,
           std::string_view event, ReplyBuilder& reply) {
  const auto matches = query.Search(zset);
  StoreResult(keys, key, query.ToValue(matches, keys.limits()), matches.size(), Event::kSortedSet,
              event, reply, matches.size());
}

// GEORADIUS key longitude latitude radius unit [options], GEORADIUSBYMEMBER key member radius unit
// [options]
template <Center kCenter>
void GeoRadius(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Read<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  GeoQuery query;
  const std::string error =
      query.Read(args[0], args.subspan(2), {.center = kCenter, .may_store = true}, ViewOf(zset));
  if (!error.empty()) return reply.Fail(error);
  if (query.store_key()) {
    return Store(keys, *query.store_key(), query, *zset, "georadiusstore", reply);
  }
  query.Answer(query.Search(*zset), reply);
}

// GEOSEARCHSTORE destination source <FROMMEMBER ... | FROMLONLAT ...> <BYRADIUS ... | BYBOX ...>
// [options]
void GeoSearchStore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Read<ZSetView>(args[2]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  GeoQuery query;
  const std::string error =
      query.Read(args[0], args.subspan(3), {.stores_first = true}, ViewOf(zset));
  if (!error.empty()) return reply.Fail(error);
  Store(keys, args[1], query, *zset, "geosearchstore", reply);
}

constexpr KeySpec kStoreKeys[] = {
    {.flags = kKeyOverwrite | kKeyUpdate},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2},
};
constexpr KeySpec kRadiusKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 6, .keyword = "STORE"},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 6, .keyword = "STOREDIST"},
};
constexpr KeySpec kRadiusByMemberKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 5, .keyword = "STORE"},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 5, .keyword = "STOREDIST"},
};

// Of several keys to store at the last one counts, so that no specification can tell which it is.
template <size_t kOptions>
void FindRadiusKeys(Args args, std::vector<int>* positions) {
  positions->push_back(1);
  int stored = 0;
  for (size_t i = kOptions; i + 1 < args.size(); ++i) {
    if (SameWord(args[i], "STORE") || SameWord(args[i], "STOREDIST")) {
      stored = static_cast<int>(++i);
    }
  }
  if (stored != 0) positions->push_back(stored);
}

constexpr std::string_view kSearchCost =
    "O(N+log(M)), N being the number of elements in the area searched and M the size of the set";

constexpr CommandSpec kCommands[] = {
    {.name = "GEOADD",
     .args =
         "key [condition@6.2.0: NX | XX] [change=CH@6.2.0] <data: longitude latitude member> ...",
     .arity = -5,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kGeo,
     .run = GeoAdd,
     .since = "3.2.0",
     .history = "6.2.0 options CH, NX and XX",
     .summary = "Adds members with positions, or gives members other positions.",
     .complexity = "O(log(N)) for each member, N being the size of the set"},
    {.name = "GEOPOS",
     .args = "key [member ...]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = GeoPos,
     .since = "3.2.0",
     .summary = "Answers with the positions of members.",
     .complexity = "O(1) for each member"},
    {.name = "GEOHASH",
     .args = "key [member ...]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = GeoHash,
     .since = "3.2.0",
     .summary = "Answers with the positions of members as geohashes.",
     .complexity = "O(1) for each member"},
    {.name = "GEODIST",
     .args = "key member1 member2 [unit: m#t | km#t | ft#t | mi#t]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = GeoDist,
     .since = "3.2.0",
     .summary = "Answers with the distance between two members.",
     .complexity = "O(1)"},
    {.name = "GEOSEARCH",
     .args = "key <from: FROMMEMBER member | <FROMLONLAT longitude latitude>> <by: <circle: "
             "BYRADIUS radius <unit: m#t | km#t | ft#t | mi#t>> | <box: BYBOX width height <unit: "
             "m#t | km#t | ft#t | mi#t>>> [order: ASC | DESC] [count-block: COUNT count [ANY]] "
             "[WITHCOORD] [WITHDIST] [WITHHASH]",
     .arity = -7,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = Search<Center::kWords>,
     .since = "6.2.0",
     .history = "7.0.0 units in capitals",
     .summary = "Answers with the members within a circle or a box.",
     .complexity = kSearchCost},
    {.name = "GEOSEARCHSTORE",
     .args = "destination source <from: FROMMEMBER member | <FROMLONLAT longitude latitude>> <by: "
             "<circle: BYRADIUS radius <unit: m#t | km#t | ft#t | mi#t>> | <box: BYBOX width "
             "height <unit: m#t | km#t | ft#t | mi#t>>> [order: ASC | DESC] [count-block: COUNT "
             "count [ANY]] [STOREDIST]",
     .arity = -8,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kGeo,
     .run = GeoSearchStore,
     .since = "6.2.0",
     .history = "7.0.0 units in capitals",
     .summary = "Stores the members within a circle or a box.",
     .complexity = kSearchCost},
    {.name = "GEORADIUS",
     .args = "key longitude latitude radius <unit: m#t | km#t | ft#t | mi#t> [WITHCOORD] "
             "[WITHDIST] [WITHHASH] [count-block: COUNT count [ANY@6.2.0]] [order: ASC | DESC] "
             "[store: STORE storekey=key | STOREDIST storedistkey=key]",
     .arity = -6,
     .keys = kRadiusKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kGeo,
     .run = GeoRadius<Center::kPoint>,
     .since = "3.2.0",
     .deprecated = "6.2.0 GEOSEARCH and GEOSEARCHSTORE with BYRADIUS",
     .history = "6.2.0 ANY behind COUNT\n"
                "7.0.0 units in capitals",
     .summary = "Answers with, or stores, the members within a circle around a position.",
     .complexity = kSearchCost,
     .find_keys = FindRadiusKeys<6>},
    {.name = "GEORADIUSBYMEMBER",
     .args = "key member radius <unit: m#t | km#t | ft#t | mi#t> [WITHCOORD] [WITHDIST] [WITHHASH] "
             "[count-block: COUNT count [ANY]] [order: ASC | DESC] [store: STORE storekey=key | "
             "STOREDIST storedistkey=key]",
     .arity = -5,
     .keys = kRadiusByMemberKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kGeo,
     .run = GeoRadius<Center::kMember>,
     .since = "3.2.0",
     .deprecated = "6.2.0 GEOSEARCH and GEOSEARCHSTORE with BYRADIUS and FROMMEMBER",
     .history = "7.0.0 units in capitals",
     .summary = "Answers with, or stores, the members within a circle around a member.",
     .complexity = kSearchCost,
     .find_keys = FindRadiusKeys<5>},
    {.name = "GEORADIUS_RO",
     .args = "key longitude latitude radius <unit: m#t | km#t | ft#t | mi#t> [WITHCOORD] "
             "[WITHDIST] [WITHHASH] [count-block: COUNT count [ANY@6.2.0]] [order: ASC | DESC]",
     .arity = -6,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = Search<Center::kPoint>,
     .since = "3.2.10",
     .deprecated = "6.2.0 GEOSEARCH with BYRADIUS",
     .history = "6.2.0 ANY behind COUNT",
     .summary = "Answers with the members within a circle around a position.",
     .complexity = kSearchCost},
    {.name = "GEORADIUSBYMEMBER_RO",
     .args = "key member radius <unit: m#t | km#t | ft#t | mi#t> [WITHCOORD] [WITHDIST] [WITHHASH] "
             "[count-block: COUNT count [ANY]] [order: ASC | DESC]",
     .arity = -5,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeo,
     .run = Search<Center::kMember>,
     .since = "3.2.10",
     .deprecated = "6.2.0 GEOSEARCH with BYRADIUS and FROMMEMBER",
     .summary = "Answers with the members within a circle around a member.",
     .complexity = kSearchCost},
};

}  // namespace

CommandRows GeoCommands() {
  return kCommands;
}

}  // namespace redstart
