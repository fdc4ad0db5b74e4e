// COPY and MOVE: values that get another key, or go to another database.

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"

namespace redstart {
namespace {

// Reads a database number and checks that there is one.
int ReadDatabase(const WriteKeys& keys, ArgReader* in) {
  const int database = in->Int32();
  if (in->ok() && (database < 0 || database >= keys.databases())) in->Fail(error::kDatabaseRange);
  return database;
}

struct CopyOptions {
  int database;
  bool replace = false;
};

// COPY source destination [DB destination-db] [REPLACE]
void Copy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  CopyOptions to = {.database = keys.database()};
  ArgReader in(args.subspan(3));
  while (in.ok() && !in.done()) {
    if (in.Word("REPLACE")) {
      to.replace = true;
    } else if (in.remaining() >= 2 && in.Word("DB")) {
      to.database = ReadDatabase(keys, &in);
    } else {
      in.Fail(error::kSyntax);
    }
  }
  if (!in.ok()) return reply.Fail(in.error());
  const std::string_view source = args[1];
  const std::string_view target = args[2];
  if (keys.config().cluster_enabled && (keys.database() != 0 || to.database != 0))
    return reply.Fail(error::kCopyInCluster);
  if (to.database == keys.database() && source == target) return reply.Fail(error::kSameObject);

  if (keys.ReadEntry(source) == nullptr) return reply.Integer(0);
  if (keys.ExistsIn(to.database, target)) {
    if (!to.replace) return reply.Integer(0);
    keys.DeleteIn(to.database, target);
  }
  keys.Transplant(source, to.database, target, /*move=*/false);
  keys.ChangedIn(to.database, target, Event::kGeneric, "copy_to");
  reply.Integer(1);
}

// MOVE key db
void Move(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (keys.config().cluster_enabled) return reply.Fail(error::kMoveInCluster);
  ArgReader in(args.subspan(2));
  const int database = ReadDatabase(keys, &in);
  if (!in.ok()) return reply.Fail(in.error());
  if (database == keys.database()) return reply.Fail(error::kSameObject);
  const std::string_view key = args[1];
  if (keys.FindEntry(key) == nullptr || keys.ExistsIn(database, key)) return reply.Integer(0);
  keys.Transplant(key, database, key, /*move=*/true);
  keys.Changed(key, Event::kGeneric, "move_from");
  keys.AlsoChangedIn(database, key, Event::kGeneric, "move_to");
  reply.Integer(1);
}

constexpr KeySpec kSourceAndCopy[] = {
    {.flags = kKeyReadOnly | kKeyAccess},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 2},
};

constexpr CommandSpec kCommands[] = {
    {.name = "COPY",
     .args = "source destination [DB destination-db] [REPLACE]",
     .arity = -3,
     .keys = kSourceAndCopy,
     .flags = kWrite | kDenyOom,
     .run = Copy,
     .since = "6.2.0",
     .summary = "Copies the value and the deadline of a key to another key.",
     .complexity = "O(1) for strings, O(N) for collections of N elements."},
    {.name = "MOVE",
     .args = "key db",
     .arity = 3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = Move,
     .since = "1.0.0",
     .summary = "Moves a key to another database.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows CopyCommands() {
  return kCommands;
}

}  // namespace redstart
