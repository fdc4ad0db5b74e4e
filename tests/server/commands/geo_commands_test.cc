#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

class GeoCommandsTest : public CommandTest {
 protected:
  void AddSicily() {
    Run("GEOADD", "s", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "Catania");
    Effects();
  }
  static std::string Joined(const RespValue& reply) {
    std::string joined;
    for (size_t i = 0; i < reply.size(); ++i) {
      if (i > 0) joined += ' ';
      joined += reply[i].text();
    }
    return joined;
  }
};

TEST_F(GeoCommandsTest, GeoAddIsRepeatedAsZAdd) {
  EXPECT_EQ(Run("GEOADD", "s", "13.361389", "38.115556", "Palermo"), Int(1));
  EXPECT_EQ(Run("GEOADD", "s", "XX", "CH", "13.361389", "38.115556", "Palermo"), Int(0));
  EXPECT_EQ(Run("GEOADD", "s", "CH", "15.087269", "37.502669", "Palermo"), Int(1));
  EXPECT_EQ(Effects(), (Lines{"SELECT 0", "zadd s 3479099956230698 Palermo",
                              "zadd s CH 3479447370796909 Palermo"}));
}

TEST_F(GeoCommandsTest, GeoAddErrors) {
  EXPECT_EQ(Run("GEOADD", "s", "181", "38", "x"),
            Error("ERR invalid longitude,latitude pair 181.000000,38.000000"));
  EXPECT_EQ(Run("GEOADD", "s", "1", "2", "x", "3"), Error("ERR syntax error"));
  EXPECT_EQ(Run("GEOADD", "s", "NX", "XX", "1", "2", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("GEOADD", "s", "NX", "CH", "NX"), Error("ERR syntax error"));
  EXPECT_EQ(Run("GEOADD", "s", "a", "2", "x"), Error("ERR value is not a valid float"));
}

TEST_F(GeoCommandsTest, PositionsDistancesAndHashes) {
  AddSicily();
  EXPECT_EQ(RunRaw({"GEOPOS", "s", "Palermo", "x"}),
            "*2\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*-1\r\n");
  EXPECT_EQ(RunRaw({"GEOPOS", "nowhere", "x"}), "*1\r\n*-1\r\n");
  EXPECT_EQ(Run("GEODIST", "s", "Palermo", "Catania"), Bulk("166274.1516"));
  EXPECT_EQ(Run("GEODIST", "s", "Palermo", "Catania", "KM"), Bulk("166.2742"));
  EXPECT_EQ(Run("GEODIST", "s", "Palermo", "Catania", "mi"), Bulk("103.3182"));
  EXPECT_EQ(Run("GEODIST", "s", "Palermo", "Palermo"), Bulk("0.0000"));
  EXPECT_EQ(Run("GEODIST", "s", "Palermo", "x"), Nil());
  EXPECT_EQ(Run("GEODIST", "nowhere", "a", "b"), Nil());
  EXPECT_EQ(Run("GEODIST", "s", "a", "b", "x"),
            Error("ERR unsupported unit provided. please use M, KM, FT, MI"));
  EXPECT_EQ(RunRaw({"GEOHASH", "s", "Palermo", "x"}), "*2\r\n$11\r\nsqc8b49rny0\r\n$-1\r\n");
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"GEOPOS", "s", "Palermo", "x"}),
            "*2\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n_\r\n");
}

TEST_F(GeoCommandsTest, Searches) {
  AddSicily();
  EXPECT_EQ(Joined(Run("GEOSEARCH", "s", "FROMLONLAT", "15", "37", "BYRADIUS", "200", "km", "ASC")),
            "Catania Palermo");
  EXPECT_EQ(Joined(Run("GEORADIUS", "s", "15", "37", "200", "km", "DESC")), "Palermo Catania");
  EXPECT_EQ(Joined(Run("GEORADIUSBYMEMBER", "s", "Palermo", "1", "m")), "Palermo");
  EXPECT_EQ(Joined(Run("GEOSEARCH", "s", "FROMMEMBER", "Palermo", "BYBOX", "400", "400", "km",
                       "COUNT", "1")),
            "Palermo");
  EXPECT_EQ(
      RunRaw({"GEORADIUS_RO", "s", "15", "37", "100", "km", "WITHDIST", "WITHHASH", "WITHCOORD"}),
      "*1\r\n*4\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n:3479447370796909\r\n*2\r\n"
      "$20\r\n15.08726745843887329\r\n$20\r\n37.50266842333162032\r\n");
  EXPECT_EQ(RunRaw({"GEOSEARCH", "nowhere", "FROMMEMBER", "x", "BYRADIUS", "1", "m"}), "*0\r\n");
}

TEST_F(GeoCommandsTest, SearchErrors) {
  AddSicily();
  EXPECT_EQ(Run("GEOSEARCH", "s", "FROMMEMBER", "x", "BYRADIUS", "1", "m"),
            Error("ERR could not decode requested zset member"));
  EXPECT_EQ(Run("geosearch", "s", "FROMLONLAT", "1", "2", "ASC", "ASC"),
            Error("ERR exactly one of BYRADIUS and BYBOX can be specified for geosearch"));
  EXPECT_EQ(Run("GEOSEARCH", "s", "BYRADIUS", "1", "m", "ASC", "ASC"),
            Error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH"));
  EXPECT_EQ(Run("GEORADIUS", "s", "1", "2", "-1", "m"), Error("ERR radius cannot be negative"));
  EXPECT_EQ(Run("GEORADIUS", "s", "1", "2", "x", "m"), Error("ERR need numeric radius"));
  EXPECT_EQ(Run("GEORADIUS", "s", "1", "2", "3", "m", "COUNT", "0"),
            Error("ERR COUNT must be > 0"));
  EXPECT_EQ(Run("GEORADIUS", "s", "1", "2", "3", "m", "ANY"),
            Error("ERR the ANY argument requires COUNT argument"));
  EXPECT_EQ(Run("GEORADIUS", "s", "1", "2", "3", "m", "STORE", "d", "WITHDIST"),
            Error("ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and "
                  "WITHCOORD options"));
  EXPECT_EQ(Run("GEORADIUS_RO", "s", "1", "2", "3", "m", "STORE", "d"), Error("ERR syntax error"));
}

TEST_F(GeoCommandsTest, SearchesAreStored) {
  AddSicily();
  EXPECT_EQ(Run("GEOSEARCHSTORE", "d", "s", "FROMLONLAT", "15", "37", "BYRADIUS", "200", "km"),
            Int(2));
  EXPECT_EQ(Joined(Run("ZRANGE", "d", "0", "-1", "WITHSCORES")),
            "Palermo 3479099956230698 Catania 3479447370796909");
  EXPECT_EQ(Run("GEORADIUS", "s", "15", "37", "100", "km", "STORE", "x", "STOREDIST", "d"), Int(1));
  EXPECT_EQ(Run("EXISTS", "x"), Int(0)) << "the last one counts";
  EXPECT_EQ(Joined(Run("ZRANGE", "d", "0", "-1")), "Catania");
  EXPECT_EQ(Run("GEORADIUSBYMEMBER", "nowhere", "m", "1", "m", "STORE", "d"), Int(0));
  EXPECT_EQ(Run("EXISTS", "d"), Int(0));
  EXPECT_EQ(Joined(Run("COMMAND", "GETKEYS", "GEORADIUS", "s", "1", "2", "3", "m", "STORE", "a",
                       "STORE", "b")),
            "s b");
}

}  // namespace
}  // namespace redstart
