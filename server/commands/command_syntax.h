#ifndef REDSTART_SERVER_COMMANDS_COMMAND_SYNTAX_H_
#define REDSTART_SERVER_COMMANDS_COMMAND_SYNTAX_H_

// Reads the syntax of a row ("key value [NX | XX] [EX seconds | PX milliseconds]") into the tree of
// arguments that COMMAND DOCS tells and from which redis-cli makes its hints.
//
// The notation is that of the Redis manual: words in capitals are tokens, others are arguments,
// [] may be left out, <> only groups, | separates alternatives, and "key [key ...]", "[key ...]" or
// "<a | b> ..." may be repeated. What an argument is called there tells its type. Alternatives and
// blocks have no names in this notation, so those that no token names are called "choice" and
// "block". Pure functions; nothing is owned or locked.

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
  std::string token;
  int key_spec = -1;  // Which of the row's key specifications finds it.
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
