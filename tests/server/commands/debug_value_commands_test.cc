#include <gtest/gtest.h>

#include <string>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class DebugValueCommandsTest : public CommandTest {};

TEST_F(DebugValueCommandsTest, ListpackAndTableStatisticsLookAtTheForm) {
  Run("HSET", "h", "a", "1");
  Run("HSET", "big", "a", std::string(100, 'x'));
  Run("SET", "s", "v");
  EXPECT_EQ(Run("DEBUG", "LISTPACK", "h"),
            RespValue::Simple("Listpack structure printed on stdout"));
  for (const char* key : {"big", "s"}) {
    EXPECT_EQ(Run("DEBUG", "LISTPACK", key), Error("ERR Not a listpack encoded object."));
  }
  EXPECT_EQ(Run("DEBUG", "LISTPACK", "none"), Error("ERR no such key"));
  EXPECT_NE(Run("DEBUG", "HTSTATS-KEY", "big").text().find("number of elements: 1\n"),
            std::string::npos);
  for (const char* key : {"h", "s"}) {
    EXPECT_EQ(Run("DEBUG", "HTSTATS-KEY", key),
              Error("ERR The value stored at the specified key is not represented using an hash "
                    "table"));
  }
}

TEST_F(DebugValueCommandsTest, AWrongNumberOfArgumentsIsSaid) {
  EXPECT_EQ(Run("DEBUG", "DIGEST", "x"),
            Error("ERR unknown subcommand or wrong number of arguments for 'DIGEST'. Try DEBUG "
                  "HELP."));
}

}  // namespace
}  // namespace redstart
