#ifndef REDSTART_SERVER_COMMANDS_COMMAND_SYNTAX_H_
#define REDSTART_SERVER_COMMANDS_COMMAND_SYNTAX_H_

// Reads the syntax of a row ("key value [NX | XX] [EX seconds | PX milliseconds]") into the tree of
// arguments that COMMAND DOCS tells and from which redis-cli makes its hints.
//
// The notation is that of the Redis manual: words in capitals are tokens, others are arguments,
// [] may be left out, <> only groups, | separates alternatives, and "key [key ...]", "[key ...]" or
// "<a | b> ..." may be repeated. What an argument is called tells its type. Beyond the manual's:
//
//   [condition: NX | XX]   alternatives or a block with a name; without one, and without a token
//                          to name them, they are called "choice" and "block"
//   addr=ip:port, id=$     a name that differs from the word to be shown, or from the token
//   increment#d            a type that the word does not tell: #i integer, #d double, #s string,
//                          #p pattern, #k key, #t token
//   pattern%1              found by the row's second key specification, where that is not evident
//   GET@6.2.0, id!2.8.12   since which version, and since when it is deprecated; behind the name of
//                          a group as well ("[mode@6.2.0: WRITE | ALL]")
//
// Pure functions; nothing is owned or locked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/exec/command_spec.h"

namespace redstart {

struct SyntaxArgument {
  enum class Type : uint8_t {
    kString,
    kInteger,
    kDouble,
    kKey,
    kPattern,
    kUnixTime,
    kPureToken,
    kOneOf,
    kBlock,
  };
  std::string name;
  Type type = Type::kString;
  std::string display_text;  // Of what is neither alternatives nor a block.
  std::string token;
  std::string since;             // Empty: as old as the command.
  std::string deprecated_since;  // Empty: it is not.
  int key_spec = -1;             // Which of the row's key specifications finds it.
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;            // When repeated, the token is repeated as well.
  std::vector<SyntaxArgument> arguments;  // Of alternatives and blocks.

  bool operator==(const SyntaxArgument&) const = default;
};

std::vector<SyntaxArgument> ParseSyntax(const CommandSpec& spec);

// How many words arguments stand for, each once at most or without limit.
struct SyntaxCount {
  int min = 0;
  int max = 0;
  bool unlimited = false;
};
SyntaxCount CountWords(const std::vector<SyntaxArgument>& arguments);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_COMMAND_SYNTAX_H_
