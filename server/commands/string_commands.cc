// GET, SET and their relatives: commands that read or replace whole string values.

#include "server/commands/command_families.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"

namespace redstart {
namespace {

// GET key
void Get(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto found = keys.Find<StringRef>(args[1]);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!found) return reply.Null();
  IntegerText scratch;
  reply.Bulk(found->View(&scratch));
}

// SET key value
void Set(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  keys.Put(args[1], args[2]);
  keys.Changed(args[1], Event::kString, "set");
  reply.Ok();
}

constexpr CommandSpec kCommands[] = {
    {.name = "GET",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kString,
     .run = Get,
     .since = "1.0.0",
     .summary = "Returns the string value of a key.",
     .complexity = "O(1)"},
    {.name = "SET",
     .args = "key value",
     .arity = -3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = Set,
     .since = "1.0.0",
     .summary = "Sets the string value of a key.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows StringCommands() {
  return kCommands;
}

}  // namespace redstart
