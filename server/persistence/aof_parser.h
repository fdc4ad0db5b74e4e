#ifndef REDSTART_SERVER_PERSISTENCE_AOF_PARSER_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_PARSER_H_

// Reads commands from the bytes of an append-only file, which may be cut off or damaged.
//
// A file whose writer died ends in the middle of a command; that is told from damage in the middle:
// if a whole command follows somewhere behind the unfinished one, its length is wrong, and what
// would be lost is more than what nobody was promised. Belongs to one thread; the bytes belong to
// the caller.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace redstart {

class AofParser {
 public:
  explicit AofParser(std::string_view file, size_t begin = 0) : file_(file), at_(begin) {}

  enum class Item : uint8_t {
    kCommand,  // args().
    kTime,     // second(): what follows was executed in it, or later.
    kEnd,
    kCutOff,   // The file ends within a command, which begins at position().
    kDamaged,  // What stands at position() is no command.
  };
  Item Next();

  const std::vector<std::string_view>& args() const { return args_; }
  int64_t second() const { return second_; }
  // Where the next item begins, or the one that is wrong.
  size_t position() const { return at_; }
  // The first line of the file that is not read yet, for tests and messages.
  std::string_view rest() const { return file_.substr(at_); }

 private:
  enum class Outcome : uint8_t { kWhole, kShort, kWrong };

  // A command at `at`; advances it behind the command.
  Outcome ParseCommand(size_t* at, std::vector<std::string_view>* args) const;
  // "<kind><number>\r\n"
  Outcome ParseLength(char kind, size_t* at, uint64_t* number) const;
  bool HasCommandBehind(size_t begin) const;
  Item Comment();

  const std::string_view file_;
  size_t at_;
  std::vector<std::string_view> args_;
  int64_t second_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_PARSER_H_
