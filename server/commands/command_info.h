#ifndef REDSTART_SERVER_COMMANDS_COMMAND_INFO_H_
#define REDSTART_SERVER_COMMANDS_COMMAND_INFO_H_

// What COMMAND tells about a command, all of it derived from its row. The form is that of
// Redis 7.2.
//
// Pure functions; nothing is owned or locked.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/exec/command_spec.h"
#include "server/exec/command_table.h"

namespace redstart {

// Where the keys stand in the old way of telling it: first, last (negative: from the end) and step.
// All 0 if there are none, or if they cannot be told that way.
struct KeyRange {
  int first = 0;
  int last = 0;
  int step = 0;
  // The range is not the whole truth: clients have to ask with COMMAND GETKEYS.
  bool is_partial = false;
};
KeyRange KeyRangeOf(const CommandSpec& spec);

// The array of ten that COMMAND and COMMAND INFO answer with.
void ReplyWithCommand(const CommandRow& row, ReplyBuilder& reply);
// The names of KeyFlags, as a set.
void ReplyWithKeyFlags(uint16_t flags, ReplyBuilder& reply);

// A key of a request, and what the command does with it.
struct KeyUse {
  int position;
  uint16_t flags;
};
// Empty if there are none, or if the arguments contradict the key specifications.
std::vector<KeyUse> FindKeyUses(const CommandSpec& spec, Args args);

// Whether any of its key specifications finds keys.
bool HasKeys(const CommandSpec& spec);

// The name of a group: "sorted-set".
std::string_view GroupName(CommandGroup group);

// The AclCategory of this name ("read"), in any case.
std::optional<uint32_t> FindAclCategory(std::string_view name);

// Whether COMMAND lists a row.
inline bool IsListed(const CommandRow& row) {
  return !row.spec->Has(kUnlisted);
}
std::vector<const CommandRow*> ListedSubcommands(const CommandRow& row);

// An entry of a map.
void ReplyWithPair(std::string_view name, int64_t value, ReplyBuilder& reply);
void ReplyWithPair(std::string_view name, std::string_view value, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_COMMAND_INFO_H_
