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

TEST(CommandSyntaxTest, GroupsAndWordsMayHaveNames) {
  EXPECT_EQ(Describe("[condition: NX | XX]"), "condition:oneof?(nx:token=NX xx:token=XX)");
  EXPECT_EQ(Describe("<data: field value> ..."), "data:block*(field:string value:string)");
  EXPECT_EQ(Describe("[range: start end [unit: BYTE | BIT]]"),
            "range:block?(start:integer end:integer unit:oneof?(byte:token=BYTE bit:token=BIT))");
  EXPECT_EQ(Describe("[AUTH2 <auth2: user word>]"), "auth2:block=AUTH2?(user:string word:string)");
  EXPECT_EQ(Describe("<id-selector: id | new-id=$>"),
            "id-selector:oneof(id:string new-id:token=$)");
  EXPECT_EQ(Describe("[operator: equal== | approximately=~]"),
            "operator:oneof?(equal:token== approximately:token=~)");
  const SyntaxArgument address = ParseSyntax({.name = "X", .args = "ADDR addr=ip:port"})[0];
  EXPECT_EQ(address.name, "addr");
  EXPECT_EQ(address.display_text, "ip:port");
  EXPECT_EQ(address.token, "ADDR");
}

TEST(CommandSyntaxTest, MarksTellTypesKeysAndVersions) {
  EXPECT_EQ(Describe("increment#d bit#i word#s what#p"),
            "increment:double bit:integer word:string what:pattern");
  EXPECT_EQ(Describe("[BY pattern%1]"), "pattern:pattern=BY#1?");
  EXPECT_EQ(Describe("[STORE destination#k%2]"), "destination:key=STORE#2?");
  const auto arguments = ParseSyntax(
      {.name = "X", .args = "old!2.8.12 [GET@6.2.0] [mode@4.0.0: A | B@5.0.0] [c@1.0.0 [c ...]]"});
  ASSERT_EQ(arguments.size(), 4u);
  EXPECT_EQ(arguments[0].deprecated_since, "2.8.12");
  EXPECT_EQ(arguments[1].since, "6.2.0");
  EXPECT_EQ(arguments[2].since, "4.0.0");
  EXPECT_EQ(arguments[2].arguments[1].since, "5.0.0");
  EXPECT_EQ(arguments[3].since, "1.0.0");
  EXPECT_TRUE(arguments[3].multiple);
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
