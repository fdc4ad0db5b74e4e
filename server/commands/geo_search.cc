#include "server/commands/geo_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "server/commands/element_reply.h"
#include "server/commands/zset_range.h"
#include "server/exec/errors.h"
#include "storage/base/number.h"
#include "storage/disk/zset_codec.h"

namespace redstart {
namespace {

double ReadDouble(ArgReader* in, std::string_view otherwise) {
  const std::optional<double> value = ParseDouble(in->Bytes());
  if (!value) in->Fail(otherwise);
  return value.value_or(0);
}

std::string ErrorOf(const ArgReader& in) {
  return in.ok() ? std::string() : std::string(in.error());
}

}  // namespace

GeoPoint ReadGeoPoint(ArgReader* in, std::string* error) {
  GeoPoint point;
  point.longitude = ReadDouble(in, error::kNotFloat);
  point.latitude = ReadDouble(in, error::kNotFloat);
  *error = ErrorOf(*in);
  if (in->ok() && !IsGeoPoint(point)) {
    *error = fmt::format("ERR invalid longitude,latitude pair {:f},{:f}", point.longitude,
                         point.latitude);
    in->Fail(error::kSyntax);
  }
  return point;
}

std::optional<double> MetresPerUnit(std::string_view unit) {
  if (SameWord(unit, "m")) return 1;
  if (SameWord(unit, "km")) return 1000;
  if (SameWord(unit, "ft")) return 0.3048;
  if (SameWord(unit, "mi")) return 1609.34;
  return std::nullopt;
}

std::string GeoQuery::Read(std::string_view command, Args words, const GeoForm& form,
                           const ZSetView* zset) {
  ArgReader in(words);
  std::string error = ReadCenter(&in, form, zset);
  while (error.empty() && !in.done()) error = ReadWord(&in, form, zset);
  return error.empty() ? CheckTogether(command, form) : error;
}

// What stands before the options of GEORADIUS and GEORADIUSBYMEMBER.
std::string GeoQuery::ReadCenter(ArgReader* in, const GeoForm& form, const ZSetView* zset) {
  if (form.center == GeoForm::Center::kWords) return {};
  std::string error;
  if (form.center == GeoForm::Center::kPoint) {
    shape_.center = ReadGeoPoint(in, &error);
  } else {
    const std::string_view member = in->Bytes();
    if (zset == nullptr) {
      // There is nothing to search, and nothing is looked at but the options.
      in->Bytes();
      in->Bytes();
      return {};
    }
    error = ReadMemberCenter(member, zset);
  }
  return error.empty() ? ReadRadius(in) : error;
}

std::string GeoQuery::ReadMemberCenter(std::string_view member, const ZSetView* zset) {
  if (zset == nullptr) return {};
  const std::optional<double> score = zset->Score(member);
  if (!score) return std::string(error::kGeoNoMember);
  shape_.center = GeoPointOf(*score);
  return {};
}

std::string GeoQuery::ReadUnit(ArgReader* in) {
  const std::optional<double> unit = MetresPerUnit(in->Bytes());
  if (!unit) return std::string(error::kGeoUnit);
  unit_ = *unit;
  return {};
}

std::string GeoQuery::ReadRadius(ArgReader* in) {
  const double radius = ReadDouble(in, error::kGeoRadius);
  if (radius < 0) in->Fail(error::kGeoRadiusNegative);
  if (!in->ok()) return ErrorOf(*in);
  shape_.is_box = false;
  std::string error = ReadUnit(in);
  shape_.radius = radius * unit_;
  return error;
}

std::string GeoQuery::ReadBox(ArgReader* in) {
  const double width = ReadDouble(in, error::kGeoWidth);
  const double height = ReadDouble(in, error::kGeoHeight);
  if (height < 0 || width < 0) in->Fail(error::kGeoBoxNegative);
  if (!in->ok()) return ErrorOf(*in);
  shape_.is_box = true;
  std::string error = ReadUnit(in);
  shape_.width = width * unit_;
  shape_.height = height * unit_;
  return error;
}

// Words that stand alone.
bool GeoQuery::ReadFlag(ArgReader* in) {
  const std::pair<std::string_view, bool*> flags[] = {{"WITHDIST", &with_distance_},
                                                      {"WITHHASH", &with_hash_},
                                                      {"WITHCOORD", &with_point_},
                                                      {"ANY", &any_}};
  for (const auto& [word, flag] : flags) {
    if (!in->Word(word)) continue;
    *flag = true;
    return true;
  }
  if (in->Word("ASC")) {
    order_ = Order::kAscending;
  } else if (in->Word("DESC")) {
    order_ = Order::kDescending;
  } else {
    return false;
  }
  return true;
}

std::string GeoQuery::ReadWord(ArgReader* in, const GeoForm& form, const ZSetView* zset) {
  const bool by_words = form.center == GeoForm::Center::kWords;
  std::string error;
  if (ReadFlag(in)) return error;
  if (in->remaining() >= 2 && in->Word("COUNT")) {
    count_ = in->Integer({.min = 1, .otherwise = error::kGeoCount});
    return ErrorOf(*in);
  }
  if (form.may_store && in->remaining() >= 2) {
    const bool positions = in->Word("STORE");
    if (positions || in->Word("STOREDIST")) {
      store_distance_ = !positions;
      store_key_ = in->Bytes();
      return error;
    }
  }
  if (form.stores_first && in->Word("STOREDIST")) {
    store_distance_ = true;
  } else if (by_words && !from_point_ && in->remaining() >= 2 && in->Word("FROMMEMBER")) {
    from_member_ = true;
    return ReadMemberCenter(in->Bytes(), zset);
  } else if (by_words && !from_member_ && in->remaining() >= 3 && in->Word("FROMLONLAT")) {
    from_point_ = true;
    shape_.center = ReadGeoPoint(in, &error);
  } else if (by_words && !shape_.is_box && in->remaining() >= 3 && in->Word("BYRADIUS")) {
    by_radius_ = true;
    return ReadRadius(in);
  } else if (by_words && !by_radius_ && in->remaining() >= 4 && in->Word("BYBOX")) {
    return ReadBox(in);
  } else {
    return std::string(error::kSyntax);
  }
  return error;
}

std::string GeoQuery::CheckTogether(std::string_view command, const GeoForm& form) const {
  if ((store_key_ || form.stores_first) && (with_distance_ || with_hash_ || with_point_)) {
    return fmt::format("ERR {} is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
                       form.stores_first ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS");
  }
  const bool by_words = form.center == GeoForm::Center::kWords;
  if (by_words && !from_member_ && !from_point_) {
    return fmt::format("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for {}",
                       command);
  }
  if (by_words && !by_radius_ && !shape_.is_box) {
    return fmt::format("ERR exactly one of BYRADIUS and BYBOX can be specified for {}", command);
  }
  return any_ && count_ == 0 ? std::string(error::kGeoAnyCount) : std::string();
}

std::vector<GeoQuery::Match> GeoQuery::Search(const ZSetView& zset) const {
  const GeoSearch search(shape_);
  const size_t most = any_ ? static_cast<size_t>(count_) : zset.size();
  std::vector<Match> matches;
  for (const GeoScoreRange& scores : search.Ranges()) {
    RankRange ranks = RanksBetween(
        zset, {ScoreBound::BeforeScore(scores.min), ScoreBound::BeforeScore(scores.max)});
    // In portions, so that ANY stops early.
    constexpr size_t kPortion = 128;
    while (ranks.count > 0 && matches.size() < most) {
      const size_t portion = std::min(ranks.count, kPortion);
      zset.VisitUp(ranks.first, portion, [&](const Element& member, double score) {
        const GeoPoint point = GeoPointOf(score);
        const std::optional<double> distance = search.DistanceTo(point);
        if (!distance || matches.size() >= most) return;
        matches.push_back({member, point, *distance, score});
      });
      ranks = {ranks.first + portion, ranks.count - portion};
    }
  }
  // The nearest ones are wanted where there are only to be so many.
  const Order order = order_ == Order::kNone && count_ != 0 && !any_ ? Order::kAscending : order_;
  if (order == Order::kAscending) {
    std::stable_sort(matches.begin(), matches.end(),
                     [](const Match& a, const Match& b) { return a.distance < b.distance; });
  } else if (order == Order::kDescending) {
    std::stable_sort(matches.begin(), matches.end(),
                     [](const Match& a, const Match& b) { return a.distance > b.distance; });
  }
  if (count_ != 0 && matches.size() > static_cast<size_t>(count_)) {
    matches.erase(matches.begin() + static_cast<ptrdiff_t>(count_), matches.end());
  }
  for (Match& match : matches) match.distance /= unit_;
  return matches;
}

void GeoQuery::Answer(const std::vector<Match>& matches, ReplyBuilder& reply) const {
  const size_t parts =
      (with_distance_ ? 1u : 0u) + (with_hash_ ? 1u : 0u) + (with_point_ ? 1u : 0u);
  reply.Array(matches.size());
  for (const Match& match : matches) {
    if (parts > 0) reply.Array(1 + parts);
    ReplyWithElement(match.member, reply);
    if (with_distance_) reply.Bulk(GeoDistanceText(match.distance));
    if (with_hash_) reply.Integer(static_cast<int64_t>(match.score));
    if (with_point_) ReplyWithGeoPoint(match.point, reply);
  }
}

DecodedValue GeoQuery::ToValue(const std::vector<Match>& matches,
                               const CollectionLimits& limits) const {
  ZSetBuilder zset;
  for (const Match& match : matches) {
    IntegerText scratch;
    zset.Add(match.member.View(&scratch), store_distance_ ? match.distance : match.score);
  }
  return zset.Take(limits);
}

std::string GeoDistanceText(double distance) {
  // Rounded as a whole number of ten-thousandths, as Redis 7.2 does.
  const long long scaled = std::llrint(distance * 10000.0);
  const unsigned long long magnitude = static_cast<unsigned long long>(std::llabs(scaled));
  return fmt::format("{}{}.{:04}", scaled < 0 ? "-" : "", magnitude / 10000, magnitude % 10000);
}

void ReplyWithGeoPoint(const GeoPoint& point, ReplyBuilder& reply) {
  reply.Array(2);
  reply.DoubleText(FormatLongDouble(point.longitude));
  reply.DoubleText(FormatLongDouble(point.latitude));
}

}  // namespace redstart
