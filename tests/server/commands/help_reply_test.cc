#include "server/commands/help_reply.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(HelpReplyTest, FramesTheLinesOfACommandAsRedisDoes) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  constexpr std::string_view kLines[] = {"SLEEP <seconds>", "    Do nothing for a while."};
  ReplyWithHelp("debug", kLines, reply);
  std::string bytes;
  buffer.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
  EXPECT_EQ(bytes,
            "*5\r\n"
            "+DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"
            "+SLEEP <seconds>\r\n"
            "+    Do nothing for a while.\r\n"
            "+HELP\r\n"
            "+    Print this help.\r\n");
}

}  // namespace
}  // namespace redstart
