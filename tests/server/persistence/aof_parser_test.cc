#include "server/persistence/aof_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/disk/effect_log.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using Item = AofParser::Item;

std::string Encoded(std::initializer_list<std::string_view> words) {
  std::string encoded;
  AppendEncodedCommand({words.begin(), words.size()}, &encoded);
  return encoded;
}

// What is behind the last whole command.
Item LastItem(std::string_view file, size_t* commands, size_t* position) {
  AofParser parser(file);
  *commands = 0;
  for (;;) {
    const Item item = parser.Next();
    *position = parser.position();
    if (item == Item::kCommand) ++*commands;
    if (item != Item::kCommand && item != Item::kTime) return item;
  }
}

TEST(AofParserTest, CommandsAndTimesAreRead) {
  const std::string file =
      "#TS:1700000000\r\n" + Encoded({"SET", "k", ""}) + "#note\r\n" + Encoded({"DEL", "a\r\nb"});
  AofParser parser(file);
  EXPECT_EQ(parser.Next(), Item::kTime);
  EXPECT_EQ(parser.second(), 1700000000);
  EXPECT_EQ(parser.Next(), Item::kCommand);
  EXPECT_THAT(parser.args(), ElementsAre("SET", "k", ""));
  EXPECT_EQ(parser.Next(), Item::kCommand);
  EXPECT_THAT(parser.args(), ElementsAre("DEL", "a\r\nb"));
  EXPECT_EQ(parser.Next(), Item::kEnd);
}

TEST(AofParserTest, WhereverAFileIsCutItEndsBehindTheLastWholeCommand) {
  const std::string first = Encoded({"SET", "key", "value"});
  const std::string file = first + Encoded({"RPUSH", "l", "0123456789"});
  for (size_t size = first.size() + 1; size < file.size(); ++size) {
    size_t commands = 0;
    size_t position = 0;
    EXPECT_EQ(LastItem(file.substr(0, size), &commands, &position), Item::kCutOff) << size;
    EXPECT_EQ(commands, 1u);
    EXPECT_EQ(position, first.size());
  }
}

TEST(AofParserTest, ALengthThatReachesBeyondTheEndIsDamageIfCommandsFollow) {
  std::string file = Encoded({"SET", "k", "v"});
  const size_t begin = file.size();
  file += Encoded({"SET", "k", "12345"}) + Encoded({"SET", "k", "w"}) + Encoded({"DEL", "x"});
  file.replace(file.find("$5"), 2, "$5000");
  size_t commands = 0;
  size_t position = 0;
  EXPECT_EQ(LastItem(file, &commands, &position), Item::kDamaged);
  EXPECT_EQ(position, begin);
}

TEST(AofParserTest, WhatIsNoCommandIsDamage) {
  size_t commands = 0;
  size_t position = 0;
  for (const std::string_view junk :
       {"!!!", "*0\r\n", "*x\r\n", "*1\r\n+a\r\n", "*1\r\n$1\r\nab\r\n", "*1\r\n$-1\r\n",
        "*1\r\n$\r\n\r\n", "\r\n", "*99999999999999999999\r\n"}) {
    EXPECT_EQ(LastItem(Encoded({"PING"}) + std::string(junk), &commands, &position), Item::kDamaged)
        << junk;
    EXPECT_EQ(commands, 1u);
  }
}

TEST(AofParserTest, NoFlippedBitCrashesIt) {
  const std::string whole = "#TS:17\r\n" + Encoded({"SET", "k", "v"}) + Encoded({"DEL", "k"});
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string file = whole;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    size_t commands = 0;
    size_t position = 0;
    LastItem(file, &commands, &position);
    EXPECT_LE(position, file.size());
  }
}

}  // namespace
}  // namespace redstart
