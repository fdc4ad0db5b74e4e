#include "server/commands/command_syntax.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "server/exec/arg_reader.h"

namespace redstart {
namespace {

using Type = SyntaxArgument::Type;
using Arguments = std::vector<SyntaxArgument>;

constexpr std::string_view kRepeated = "...";

// Arguments with numbers, by the names that the manual gives them.
constexpr std::string_view kIntegers[] = {
    "bits",        "client-id",   "config-epoch",  "count",
    "cursor",      "db",          "decrement",     "destination-db",
    "end",         "end-slot",    "entries-added", "entries-read",
    "frequency",   "increment",   "index",         "index1",
    "index2",      "len",         "milliseconds",  "min-match-len",
    "ms",          "num-matches", "numkeys",       "numlocal",
    "numreplicas", "offset",      "port",          "protover",
    "rank",        "seconds",     "slot",          "start",
    "start-slot",  "stop",        "ttl",           "version",
    "weight"};
constexpr std::string_view kDoubles[] = {"height", "latitude", "longitude", "radius",
                                         "score",  "timeout",  "width"};

Type TypeOfWord(std::string_view name, std::string_view shown) {
  if (std::ranges::none_of(shown, absl::ascii_islower)) return Type::kPureToken;
  if (std::ranges::find(kIntegers, name) != std::end(kIntegers)) return Type::kInteger;
  if (std::ranges::find(kDoubles, name) != std::end(kDoubles)) return Type::kDouble;
  if (name == "pattern") return Type::kPattern;
  if (name.starts_with("unix-time")) return Type::kUnixTime;
  return Type::kString;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower;
}

// Cuts a syntax into words and the signs []<>|.
std::vector<std::string_view> Cut(std::string_view text) {
  std::vector<std::string_view> pieces;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find_first_of(" []<>|", at), text.size());
    if (end > at) pieces.push_back(text.substr(at, end - at));
    if (end < text.size() && text[end] != ' ') pieces.push_back(text.substr(end, 1));
    at = end + 1;
  }
  return pieces;
}

bool IsToken(const SyntaxArgument& argument) {
  return argument.type == Type::kPureToken;
}

// Cuts what stands behind the last `mark` off a word; empty if there is no such mark behind its
// first letter.
std::string_view CutOff(char mark, std::string_view* word) {
  const size_t at = word->rfind(mark);
  if (at == std::string_view::npos || at == 0 || at + 1 == word->size()) return {};
  const std::string_view behind = word->substr(at + 1);
  word->remove_suffix(behind.size() + 1);
  return behind;
}

// Takes the marks of versions off a word or a group's name.
void TakeVersions(std::string_view* word, SyntaxArgument* argument) {
  argument->deprecated_since = CutOff('!', word);
  argument->since = CutOff('@', word);
}

Type TypeOfMark(char mark) {
  switch (mark) {
    case 'i':
      return Type::kInteger;
    case 'd':
      return Type::kDouble;
    case 'p':
      return Type::kPattern;
    case 'k':
      return Type::kKey;
    case 't':
      return Type::kPureToken;
    default:
      return Type::kString;
  }
}

SyntaxArgument Word(std::string_view word) {
  SyntaxArgument argument;
  TakeVersions(&word, &argument);
  if (const std::string_view spec = CutOff('%', &word); !spec.empty()) {
    argument.key_spec = spec[0] - '0';
  }
  const std::string_view type = CutOff('#', &word);
  const size_t equals = word.find('=');
  const bool named = equals != std::string_view::npos && equals > 0 && equals + 1 < word.size();
  const std::string_view shown = named ? word.substr(equals + 1) : word;
  argument.name = named ? word.substr(0, equals) : word;
  argument.display_text = Lower(shown);
  argument.type = type.empty() ? TypeOfWord(argument.name, shown) : TypeOfMark(type[0]);
  if (argument.type == Type::kPureToken) {
    argument.token = shown;
    if (!named) argument.name = Lower(shown);
    argument.display_text = argument.name;
  }
  return argument;
}

// The name of alternatives or a block that has none.
constexpr std::string_view kUnnamedBlock = "block";
constexpr std::string_view kUnnamedChoice = "choice";

SyntaxArgument Block(Arguments arguments) {
  SyntaxArgument block;
  block.name = kUnnamedBlock;
  block.type = Type::kBlock;
  block.arguments = std::move(arguments);
  return block;
}

// Lets a token name what follows it: "EX seconds" is one argument.
void AttachTokens(Arguments* sequence) {
  for (size_t i = 0; i + 1 < sequence->size(); ++i) {
    SyntaxArgument& value = (*sequence)[i + 1];
    const bool names_next = IsToken((*sequence)[i]) && !(*sequence)[i].optional;
    if (!names_next || IsToken(value) || value.optional || !value.token.empty()) continue;
    value.token = std::move((*sequence)[i].token);
    if (value.name == kUnnamedBlock || value.name == kUnnamedChoice) {
      value.name = Lower(value.token);
    }
    sequence->erase(sequence->begin() + static_cast<ptrdiff_t>(i));
  }
}

// Makes one argument of what stands between brackets or bars: "LIMIT offset count" is a block with
// a token.
SyntaxArgument Fold(Arguments sequence) {
  const bool token_of_all = sequence.size() > 2 && IsToken(sequence[0]) &&
                            std::none_of(sequence.begin() + 1, sequence.end(), IsToken);
  if (token_of_all) {
    std::string token = std::move(sequence[0].token);
    sequence.erase(sequence.begin());
    SyntaxArgument block = Block(std::move(sequence));
    block.name = Lower(token);
    block.token = std::move(token);
    return block;
  }
  AttachTokens(&sequence);
  return sequence.size() == 1 ? std::move(sequence[0]) : Block(std::move(sequence));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : pieces_(Cut(text)) {}

  Arguments Sequence() {
    Arguments sequence;
    while (at_ < pieces_.size() && pieces_[at_] != "]" && pieces_[at_] != ">" &&
           pieces_[at_] != "|") {
      const std::string_view piece = pieces_[at_++];
      if (piece == kRepeated) {
        repeats_ = true;
        if (closes_group_) sequence.back().multiple = true;
      } else if (piece == "[") {
        Optional(&sequence);
      } else if (piece == "<") {
        sequence.push_back(Group());
      } else {
        sequence.push_back(Word(piece));
      }
      closes_group_ = piece == "<";
    }
    return sequence;
  }

 private:
  // What stands behind an opening bracket, and the closing one.
  SyntaxArgument Group() {
    std::string_view name;
    if (at_ < pieces_.size() && pieces_[at_].size() > 1 && pieces_[at_].ends_with(':')) {
      name = pieces_[at_++];
      name.remove_suffix(1);
    }
    std::vector<Arguments> alternatives;
    while (true) {
      alternatives.push_back(Sequence());
      if (at_ >= pieces_.size() || pieces_[at_] != "|") break;
      ++at_;
    }
    if (at_ < pieces_.size()) ++at_;
    SyntaxArgument group = Joined(std::move(alternatives), !name.empty());
    if (!name.empty()) {
      TakeVersions(&name, &group);
      group.name = name;
    }
    return group;
  }

  static SyntaxArgument Joined(std::vector<Arguments> alternatives, bool is_named) {
    if (alternatives.size() == 1 && is_named) {
      AttachTokens(&alternatives[0]);
      return Block(std::move(alternatives[0]));
    }
    if (alternatives.size() == 1) return Fold(std::move(alternatives[0]));
    SyntaxArgument choice;
    choice.name = kUnnamedChoice;
    choice.type = Type::kOneOf;
    for (Arguments& sequence : alternatives) choice.arguments.push_back(Fold(std::move(sequence)));
    return choice;
  }

  // "[x]", or a repetition of what stands before it: "x [x ...]".
  void Optional(Arguments* sequence) {
    const bool repeated_outside = std::exchange(repeats_, false);
    SyntaxArgument inner = Group();
    const bool repeats = std::exchange(repeats_, repeated_outside);
    if (repeats && Repeats(inner, sequence)) return;
    inner.optional = true;
    if (repeats) {
      inner.multiple = true;
      inner.multiple_token = !inner.token.empty();
    }
    sequence->push_back(std::move(inner));
  }

  // Whether an argument is named again: its marks stand only where it is named first.
  static bool IsSame(const SyntaxArgument& one, const SyntaxArgument& other) {
    return one.name == other.name && one.token == other.token;
  }

  // Folds the end of the sequence into one repeated argument, if that is what `inner` repeats.
  static bool Repeats(const SyntaxArgument& inner, Arguments* sequence) {
    const bool is_block = inner.type == Type::kBlock && inner.token.empty();
    const Arguments parts = is_block ? inner.arguments : Arguments{inner};
    // "key value [key value ...]"; and "GET pattern [GET pattern ...]", where a token and its value
    // are still apart in the sequence.
    Arguments attached = *sequence;
    AttachTokens(&attached);
    for (Arguments* tail : {sequence, &attached}) {
      const auto count = static_cast<ptrdiff_t>(parts.size());
      if (tail->size() < parts.size() ||
          !std::equal(parts.begin(), parts.end(), tail->end() - count, IsSame)) {
        continue;
      }
      if (is_block) {
        tail->erase(tail->end() - count, tail->end());
        tail->push_back(inner);
      }
      tail->back().multiple = true;
      tail->back().multiple_token = !inner.token.empty();
      if (tail != sequence) *sequence = std::move(attached);
      return true;
    }
    return false;
  }

  std::vector<std::string_view> pieces_;
  size_t at_ = 0;
  bool repeats_ = false;       // The group that is being read ends with "...".
  bool closes_group_ = false;  // The last piece was a whole group: "..." repeats just that.
};

// Which specification finds the argument at a fixed position, or -1.
int SpecAt(const CommandSpec& spec, int position) {
  for (size_t i = 0; i < spec.keys.size(); ++i) {
    const KeySpec& keys = spec.keys[i];
    const bool finds_no_key = (keys.flags & kKeyNotKey) != 0;
    if (!keys.keyword.empty() || keys.unknown || finds_no_key) continue;
    const int first = keys.counted ? keys.index + keys.first : keys.index;
    const bool covers = keys.counted || keys.last < 0
                            ? position == first
                            : position >= first && position <= first + keys.last &&
                                  (position - first) % keys.step == 0;
    if (covers) return static_cast<int>(i);
  }
  return -1;
}

int SpecBehind(const CommandSpec& spec, std::string_view token) {
  for (size_t i = 0; i < spec.keys.size(); ++i) {
    if (!spec.keys[i].keyword.empty() && SameWord(spec.keys[i].keyword, token)) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

void MarkKey(int key_spec, SyntaxArgument* argument) {
  argument->type = Type::kKey;
  argument->key_spec = key_spec;
}

// Marks the arguments that key specifications find. `position` is where the next one stands, 0 once
// something optional or repeated came before.
void MarkKeys(const CommandSpec& spec, absl::Span<SyntaxArgument> arguments, int position) {
  for (SyntaxArgument& argument : arguments) {
    int found = argument.token.empty() ? -1 : SpecBehind(spec, argument.token);
    if (found < 0 && position > 0 && argument.token.empty()) found = SpecAt(spec, position);
    if (argument.type == Type::kOneOf) {
      for (SyntaxArgument& alternative : argument.arguments) {
        MarkKeys(spec, absl::MakeSpan(&alternative, 1), position);
      }
    } else if (argument.type == Type::kBlock) {
      MarkKeys(spec, absl::MakeSpan(argument.arguments), position);
      if (found >= 0) MarkKey(found, &argument.arguments[0]);
    } else if (found >= 0 && !IsToken(argument) && argument.key_spec < 0) {
      MarkKey(found, &argument);
    }
    const SyntaxCount count = CountWords({argument});
    position =
        position == 0 || count.unlimited || count.min != count.max ? 0 : position + count.min;
  }
}

}  // namespace

std::vector<SyntaxArgument> ParseSyntax(const CommandSpec& spec) {
  Arguments arguments = Parser(spec.args).Sequence();
  AttachTokens(&arguments);
  const bool is_subcommand = spec.name.find(' ') != std::string_view::npos;
  MarkKeys(spec, absl::MakeSpan(arguments), is_subcommand ? 2 : 1);
  return arguments;
}

SyntaxCount CountWords(const std::vector<SyntaxArgument>& arguments) {
  SyntaxCount total;
  for (const SyntaxArgument& argument : arguments) {
    SyntaxCount one = {1, 1, false};
    if (argument.type == Type::kBlock) {
      one = CountWords(argument.arguments);
    } else if (argument.type == Type::kOneOf) {
      one = CountWords({argument.arguments[0]});
      for (const SyntaxArgument& alternative : argument.arguments) {
        const SyntaxCount other = CountWords({alternative});
        one.min = std::min(one.min, other.min);
        one.max = std::max(one.max, other.max);
        one.unlimited |= other.unlimited;
      }
    }
    if (!argument.token.empty() && !IsToken(argument)) {
      ++one.min;
      ++one.max;
    }
    if (argument.optional) one.min = 0;
    total.min += one.min;
    total.max += one.max;
    total.unlimited |= one.unlimited || argument.multiple;
  }
  return total;
}

}  // namespace redstart
