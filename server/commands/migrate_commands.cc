// MIGRATE: keys go to another server.
//
// The handler reads the values and leaves the session waiting; server/migration does the rest.

#include <memory>
#include <utility>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "server/migration/migrator.h"
#include "storage/disk/value_codec.h"

namespace redstart {
namespace {

constexpr size_t kFirstOption = 6;
constexpr int64_t kDefaultTimeoutMs = 1000;

// What the arguments ask for. `keys` are those behind KEYS, or the one in its place.
struct Parsed {
  MigrationRequest request;
  Args keys;
};

// Reads the options. False if they are wrong and the error has been written.
bool ReadOptions(Args args, Parsed* parsed, ReplyBuilder& reply) {
  MigrationRequest& request = parsed->request;
  parsed->keys = args.subspan(3, 1);
  ArgReader in(args.subspan(kFirstOption));
  while (in.ok() && !in.done()) {
    const size_t more = in.remaining() - 1;
    if (in.Word("COPY")) {
      request.copy = true;
    } else if (in.Word("REPLACE")) {
      request.replace = true;
    } else if (more >= 1 && in.Word("AUTH")) {
      request.password = in.Bytes();
    } else if (more >= 2 && in.Word("AUTH2")) {
      request.user = in.Bytes();
      request.password = in.Bytes();
    } else if (in.Word("KEYS")) {
      if (!args[3].empty()) {
        reply.Fail(
            "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
        return false;
      }
      parsed->keys = args.subspan(args.size() - in.remaining());
      break;
    } else {
      in.Fail(error::kSyntax);
    }
  }
  if (in.ok()) return true;
  reply.Fail(in.error());
  return false;
}

bool Parse(Args args, Parsed* parsed, ReplyBuilder& reply) {
  MigrationRequest& request = parsed->request;
  request.host = args[1];
  request.port = args[2];
  if (!ReadOptions(args, parsed, reply)) return false;
  ArgReader timeout(args.subspan(5, 1));
  ArgReader database(args.subspan(4, 1));
  request.timeout_ms = timeout.Integer();
  request.database = database.Integer();
  if (request.timeout_ms <= 0) request.timeout_ms = kDefaultTimeoutMs;
  if (timeout.ok() && database.ok()) return true;
  reply.Fail(timeout.ok() ? database.error() : timeout.error());
  return false;
}

// The values of those keys that are there.
std::vector<std::unique_ptr<Migrator::Key>> ReadValues(Args names, const ReadKeys& keys) {
  const auto compression =
      keys.config().rdbcompression ? RdbCompression::kOn : RdbCompression::kOff;
  std::vector<std::unique_ptr<Migrator::Key>> found;
  for (const std::string_view name : names) {
    const Entry* entry = keys.FindEntry(name);
    if (entry == nullptr) continue;
    auto key = std::make_unique<Migrator::Key>();
    key->name = name;
    key->payload = DumpPayloadOf(*entry, compression);
    key->deadline_ms = entry->has_deadline() ? entry->deadline() : MigratedKey::kNoDeadline;
    found.push_back(std::move(key));
  }
  return found;
}

// MIGRATE host port <key | ""> destination-db timeout [COPY] [REPLACE] [AUTH password | AUTH2
// username password] [KEYS key [key ...]]
void Migrate(Call& call, Args args, ReplyBuilder& reply) {
  Parsed parsed;
  if (!Parse(args, &parsed, reply)) return;
  auto job = std::make_unique<Migrator::Job>();
  job->request = std::move(parsed.request);
  job->database = call.keys().database();
  job->keys = ReadValues(parsed.keys, call.keys());
  if (job->keys.empty()) return reply.Simple("NOKEY");
  Migrator& migrator = *call.services().migrator;
  if (!call.may_wait()) {
    const std::string error = migrator.MoveNow(*job, call.writes());
    if (error.empty()) return reply.Ok();
    return reply.Fail(error);
  }
  if (!job->request.copy) {
    for (const auto& key : job->keys) {
      call.keys().ShardOf(key->name).listeners().Watch(job->database, key->name, &key->touched,
                                                       /*expired=*/false);
    }
  }
  job->token = call.session().BeginWait(WaitReason::kDeferred);
  migrator.Start(std::move(job));
}

// What stands behind AUTH and AUTH2.
bool IsSecret(Args args, size_t position) {
  for (size_t i = kFirstOption; i < position && !SameWord(args[i], "KEYS"); ++i) {
    if (SameWord(args[i], "AUTH")) {
      if (position == ++i) return true;
    } else if (SameWord(args[i], "AUTH2")) {
      i += 2;
      if (position == i - 1 || position == i) return true;
    }
  }
  return false;
}

constexpr KeySpec kKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .index = 3},
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete | kKeyIncomplete,
     .index = -2,
     .keyword = "KEYS",
     .last = -1},
};
constexpr CommandSpec kCommands[] = {
    {.name = "MIGRATE",
     .args = "host port <key-selector: key | empty-string=\"\"> destination-db timeout#i "
             "[COPY@3.0.0] [REPLACE@3.0.0] [authentication: AUTH auth=password@4.0.7 | AUTH2 "
             "<auth2@6.0.0: username password>] [KEYS keys=key@3.0.6 [keys ...]]",
     .arity = -6,
     .keys = kKeys,
     .flags = kWrite,
     .group = CommandGroup::kGeneric,
     .categories = kCategoryDangerous,
     .run = Migrate,
     .since = "2.6.0",
     .history = "3.0.0 options COPY and REPLACE\n"
                "3.0.6 option KEYS\n"
                "4.0.7 option AUTH\n"
                "6.0.0 option AUTH2",
     .summary = "Moves keys to another server.",
     .complexity =
         "This command actually executes a DUMP+DEL in the source instance, and a RESTORE "
         "in the target instance. See the pages of these commands for time complexity. "
         "Also an O(N) data transfer between the two instances is performed.",
     .tips = "nondeterministic_output",
     .is_secret = IsSecret},
};

}  // namespace

CommandRows MigrateCommands() {
  return kCommands;
}

}  // namespace redstart
