#include "server/commands/command_syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

// An argument as one line: name:type, then what else it has.
std::string Describe(const std::vector<SyntaxArgument>& arguments) {
  static constexpr std::string_view kTypes[] = {"string",    "integer", "double", "key",  "pattern",
                                                "unix-time", "token",   "oneof",  "block"};
  std::string text;
  for (const SyntaxArgument& argument : arguments) {
    if (!text.empty()) text += ' ';
    text.append(argument.name).append(":").append(kTypes[static_cast<size_t>(argument.type)]);
    if (!argument.token.empty()) text.append("=").append(argument.token);
    if (argument.key_spec >= 0) text.append("#").append(std::to_string(argument.key_spec));
    if (argument.optional) text += '?';
    if (argument.multiple) text += '*';
    if (argument.multiple_token) text += '+';
    if (!argument.arguments.empty())
      text.append("(").append(Describe(argument.arguments)).append(")");
  }
  return text;
}

std::string Describe(std::string_view syntax, absl::Span<const KeySpec> keys = {}) {
  return Describe(ParseSyntax({.name = "X", .args = syntax, .keys = keys}));
}

TEST(CommandSyntaxTest, WordsHaveTheTypesThatTheirNamesTell) {
  EXPECT_EQ(Describe("value seconds score pattern unix-time-seconds"),
            "value:string seconds:integer score:double pattern:pattern "
            "unix-time-seconds:unix-time");
}

TEST(CommandSyntaxTest, KeysAreWhereTheKeySpecificationsFindThem) {
  EXPECT_EQ(Describe("key value", kUpdateFirstKey), "key:key#0 value:string");
  static constexpr KeySpec kSourceAndStore[] = {{.index = 1}, {.index = 2, .keyword = "STORE"}};
  EXPECT_EQ(Describe("source [STORE destination]", kSourceAndStore),
            "source:key#0 destination:key=STORE#1?");
  static constexpr KeySpec kCounted[] = {{.index = 1, .last = 0, .first = 1, .counted = true}};
  EXPECT_EQ(Describe("numkeys key [key ...]", kCounted), "numkeys:integer key:key#0*");
}

TEST(CommandSyntaxTest, RepetitionsAreFolded) {
  EXPECT_EQ(Describe("key [key ...]", kReadAllKeys), "key:key#0*");
  EXPECT_EQ(Describe("field value [field value ...]"), "block:block*(field:string value:string)");
  EXPECT_EQ(Describe("[name ...]"), "name:string?*");
  EXPECT_EQ(Describe("[name [name ...]]"), "name:string?*");
  EXPECT_EQ(Describe("[GET pattern [GET pattern ...]]"), "pattern:pattern=GET?*+");
  EXPECT_EQ(Describe("[ID client-id [client-id ...]]"), "client-id:integer=ID?*");
  EXPECT_EQ(Describe("<A a | B b> ..."), "choice:oneof*(a:string=A b:string=B)");
}

TEST(CommandSyntaxTest, TokensNameWhatFollowsThem) {
  EXPECT_EQ(Describe("[NX | XX] [GET] [EX seconds | KEEPTTL]"),
            "choice:oneof?(nx:token=NX xx:token=XX) get:token=GET? "
            "choice:oneof?(seconds:integer=EX keepttl:token=KEEPTTL)");
  EXPECT_EQ(Describe("[LIMIT offset count]"), "limit:block=LIMIT?(offset:integer count:integer)");
  EXPECT_EQ(Describe("[TYPE <A | B>]"), "type:oneof=TYPE?(a:token=A b:token=B)");
}

TEST(CommandSyntaxTest, WordsAreCounted) {
  const auto count = [](std::string_view syntax) {
    const SyntaxCount words = CountWords(ParseSyntax({.name = "X", .args = syntax}));
    std::string text = std::to_string(words.min);
    return words.unlimited ? text.append("+") : text.append("-").append(std::to_string(words.max));
  };
  EXPECT_EQ(count(""), "0-0");
  EXPECT_EQ(count("key value"), "2-2");
  EXPECT_EQ(count("key [key ...]"), "1+");
  EXPECT_EQ(count("key value [NX | XX] [EX seconds | KEEPTTL]"), "2-5");
  EXPECT_EQ(count("<LIB-NAME libname | LIB-VER libver>"), "2-2");
  EXPECT_EQ(count("<a | ID b> ..."), "1+");
}

}  // namespace
}  // namespace redstart
