#include "server/exec/errors.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(ErrorsTest, VariableTextsAreThoseOfRedis) {
  EXPECT_EQ(error::WrongArity("client|kill"),
            "ERR wrong number of arguments for 'client|kill' command");
  EXPECT_EQ(error::InvalidExpire("set"), "ERR invalid expire time in 'set' command");
  EXPECT_EQ(error::UnknownSubcommand("foo", "client"),
            "ERR unknown subcommand 'foo'. Try CLIENT HELP.");
}

TEST(ErrorsTest, ALongSubcommandIsCut) {
  EXPECT_EQ(error::UnknownSubcommand(std::string(200, 'x'), "CLIENT"),
            "ERR unknown subcommand '" + std::string(128, 'x') + "'. Try CLIENT HELP.");
}

}  // namespace
}  // namespace redstart
