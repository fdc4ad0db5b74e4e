#ifndef REDSTART_SERVER_EXEC_COMMAND_SPEC_H_
#define REDSTART_SERVER_EXEC_COMMAND_SPEC_H_

// One command is one handler and one row, a CommandSpec: the single truth from which COMMAND, arity
// errors, key positions, locks, access control and default journalling derive. A subcommand is a
// row of its own ("CLIENT KILL").
//
// Rows are constexpr arrays at the bottom of the files in server/commands and live for ever.

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/exec/outcome.h"

namespace redstart {

class Call;
class KeyWalk;
class ReadKeys;
class WholeKeyspace;
class WriteKeys;
struct Services;

// What COMMAND INFO calls flags, and below them those that only the dispatcher knows.
enum CommandFlag : uint32_t {
  kWrite = 1u << 0,
  kReadOnly = 1u << 1,
  kDenyOom = 1u << 2,
  kAdmin = 1u << 3,
  kPubSub = 1u << 4,
  kNoScript = 1u << 5,
  kBlocking = 1u << 6,
  kLoading = 1u << 7,
  kStale = 1u << 8,
  kSkipMonitor = 1u << 9,
  kSkipSlowlog = 1u << 10,
  kAsking = 1u << 11,
  kFast = 1u << 12,
  kNoAuth = 1u << 13,
  kMayReplicate = 1u << 14,
  kNoMandatoryKeys = 1u << 15,
  kNoAsyncLoading = 1u << 16,
  kNoMulti = 1u << 17,
  kAllowBusy = 1u << 18,
  kMovableKeys = 1u << 19,
  kTouchesArbitraryKeys = 1u << 20,
  kProtected = 1u << 21,
  kSentinel = 1u << 22,
  // Not shown to clients.
  kNeverQueued = 1u << 23,  // Runs at once inside MULTI: EXEC, DISCARD, ...
  kContainer = 1u << 24,    // Its first argument names a subcommand. No handler: and must be there.
  kDebugGuarded = 1u << 25,     // Allowed by enable-debug-command.
  kUnlisted = 1u << 26,         // A subcommand that COMMAND does not list, as on Redis (DEBUG's).
  kNeedsWhole = 1u << 27,       // A handler that runs with every shard locked, whatever its keys.
  kEndsTransaction = 1u << 29,  // Refusing it ends the transaction (EXEC).
  kTellsHealth = 1u << 30,      // Refused like a write while saving fails (PING).
  kForSubscribers = 1u << 31,   // Allowed to a RESP2 client that has subscribed to something.
  kNeedsWalk = 1u << 28,        // A session handler that looks at all shards, one by one (INFO).
};

// ACL categories; those that follow from flags and group are added by CategoriesOf.
enum AclCategory : uint32_t {
  kCategoryKeyspace = 1u << 0,
  kCategoryRead = 1u << 1,
  kCategoryWrite = 1u << 2,
  kCategorySet = 1u << 3,
  kCategorySortedSet = 1u << 4,
  kCategoryList = 1u << 5,
  kCategoryHash = 1u << 6,
  kCategoryString = 1u << 7,
  kCategoryBitmap = 1u << 8,
  kCategoryHyperLogLog = 1u << 9,
  kCategoryGeo = 1u << 10,
  kCategoryStream = 1u << 11,
  kCategoryPubSub = 1u << 12,
  kCategoryAdmin = 1u << 13,
  kCategoryFast = 1u << 14,
  kCategorySlow = 1u << 15,
  kCategoryBlocking = 1u << 16,
  kCategoryDangerous = 1u << 17,
  kCategoryConnection = 1u << 18,
  kCategoryTransaction = 1u << 19,
  kCategoryScripting = 1u << 20,
};

enum class CommandGroup : uint8_t {
  kGeneric,
  kString,
  kList,
  kSet,
  kSortedSet,
  kHash,
  kPubSub,
  kTransactions,
  kConnection,
  kServer,
  kScripting,
  kHyperLogLog,
  kCluster,
  kGeo,
  kStream,
  kBitmap,
};

// What a command does with a key: one of the first four, and any of the others.
enum KeyFlag : uint16_t {
  kKeyReadOnly = 1u << 0,
  kKeyReadWrite = 1u << 1,
  kKeyOverwrite = 1u << 2,
  kKeyRemove = 1u << 3,
  kKeyAccess = 1u << 4,
  kKeyUpdate = 1u << 5,
  kKeyInsert = 1u << 6,
  kKeyDelete = 1u << 7,
  kKeyNotKey = 1u << 8,
  kKeyIncomplete = 1u << 9,
  kKeyVariableFlags = 1u << 10,
};

// Where keys stand among the arguments: Redis 7's key specifications.
struct KeySpec {
  uint16_t flags = 0;
  // Begin: at argument `index`, or behind `keyword`, searched for from argument `index` (from the
  // end if negative).
  int16_t index = 1;
  std::string_view keyword = {};
  // Find: from there to `last` (relative; -1 the last argument, -2 the last but one) in steps of
  // `step`; `limit` n > 1 takes only the first 1/n of the arguments. With `counted` the number of
  // keys stands at `index + last`, the first key at `index + first`. `unknown`: cannot be told from
  // the arguments.
  int16_t last = 0;
  int16_t step = 1;
  int16_t limit = 0;
  int16_t first = 0;
  bool counted = false;
  bool unknown = false;
};

// What is held while a handler runs. See ../../README.md, "The life of a request".
enum class Scope : uint8_t { kNone, kKeys, kWalk, kAll };

// A handler of any of the six kinds; its kind says what it may touch.
class Handler {
 public:
  using OnSession = void (*)(Call& call, Args args, ReplyBuilder& reply);
  using OnRead = void (*)(const ReadKeys& keys, Args args, ReplyBuilder& reply);
  using OnWrite = void (*)(WriteKeys& keys, Args args, ReplyBuilder& reply);
  // One that may wait for its keys.
  using OnBlocking = Outcome (*)(WriteKeys& keys, Args args, ReplyBuilder& reply);
  using OnWalk = void (*)(KeyWalk& walk, Args args, ReplyBuilder& reply);
  using OnWhole = void (*)(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply);
  enum class Kind : uint8_t { kAbsent, kSession, kRead, kWrite, kBlocking, kWalk, kWhole };

  constexpr Handler() : kind(Kind::kAbsent), on_session(nullptr) {}
  constexpr Handler(OnSession handler)
      : kind(Kind::kSession), on_session(handler) {}  // NOLINT: rows name functions.
  constexpr Handler(OnRead handler) : kind(Kind::kRead), on_read(handler) {}              // NOLINT
  constexpr Handler(OnWrite handler) : kind(Kind::kWrite), on_write(handler) {}           // NOLINT
  constexpr Handler(OnBlocking handler) : kind(Kind::kBlocking), on_blocking(handler) {}  // NOLINT
  constexpr Handler(OnWalk handler) : kind(Kind::kWalk), on_walk(handler) {}              // NOLINT
  constexpr Handler(OnWhole handler) : kind(Kind::kWhole), on_whole(handler) {}           // NOLINT

  Kind kind;
  union {
    OnSession on_session;
    OnRead on_read;
    OnWrite on_write;
    OnBlocking on_blocking;
    OnWalk on_walk;
    OnWhole on_whole;
  };
};

struct CommandSpec {
  // Capital letters; "PARENT CHILD" for a subcommand.
  std::string_view name;
  // The syntax behind the name, e.g. "key value [NX | XX]": what COMMAND DOCS derives its arguments
  // from.
  std::string_view args = {};
  // Number of arguments with the name (and the subcommand's); negative: at least.
  int arity = 1;
  absl::Span<const KeySpec> keys = {};
  uint32_t flags = 0;
  CommandGroup group = CommandGroup::kGeneric;
  // Only the categories that flags and group do not imply.
  uint32_t categories = 0;
  Handler run = {};
  std::string_view since = {};
  std::string_view summary = {};
  std::string_view complexity = {};
  // Redis's command tips, separated by spaces, e.g. "nondeterministic_output
  // request_policy:all_shards".
  std::string_view tips = {};
  // What a request does with its keys, where that depends on the request (kKeyVariableFlags): the
  // KeyFlags of all its keys.
  uint16_t (*key_flags)(Args args) = nullptr;
  // Finds all keys of a request where the specifications alone cannot (SORT's STORE): adds their
  // positions. What is done with the first one the first specification tells, with others the last.
  void (*find_keys)(Args args, std::vector<int>* positions) = nullptr;
  // Whether a request touches keys that it does not name, so that every shard is to be locked.
  bool (*needs_whole)(Args args) = nullptr;
  // The flags of one request, where they depend on it: those of a script are what it declares.
  uint32_t (*flags_of)(const Services& services, Args args) = nullptr;
  // Which arguments are secret: neither the slow log nor MONITOR shows them.
  bool (*is_secret)(Args args, size_t position) = nullptr;

  // An argument as others may see it.
  std::string_view Shown(Args args, size_t position) const {
    const bool hidden = is_secret != nullptr && is_secret(args, position);
    return hidden ? std::string_view("(redacted)") : args[position];
  }
  bool Has(uint32_t flag) const { return (flags & flag) != 0; }
  // Whether a number of arguments is right.
  bool AcceptsCount(size_t count) const {
    return arity >= 0 ? count == static_cast<size_t>(arity) : count >= static_cast<size_t>(-arity);
  }
  // Every category, with those implied.
  uint32_t AllCategories() const;
  // Whether any of its arguments may be keys, not only channels that are placed like keys.
  bool HasKeys() const;
  // What its handler needs to be held.
  Scope scope() const;
};

// The key positions that most rows have.
inline constexpr KeySpec kReadFirstKey[] = {{.flags = kKeyReadOnly | kKeyAccess}};
inline constexpr KeySpec kPeekFirstKey[] = {{.flags = kKeyReadOnly}};
inline constexpr KeySpec kReadSecondArgument[] = {{.flags = kKeyReadOnly, .index = 2}};
inline constexpr KeySpec kReadAllKeys[] = {{.flags = kKeyReadOnly | kKeyAccess, .last = -1}};
inline constexpr KeySpec kPeekAllKeys[] = {{.flags = kKeyReadOnly, .last = -1}};
inline constexpr KeySpec kRemoveAllKeys[] = {{.flags = kKeyRemove | kKeyDelete, .last = -1}};
inline constexpr KeySpec kUpdateFirstKey[] = {{.flags = kKeyReadWrite | kKeyUpdate}};
inline constexpr KeySpec kInsertFirstKey[] = {{.flags = kKeyReadWrite | kKeyInsert}};
inline constexpr KeySpec kDeleteInFirstKey[] = {{.flags = kKeyReadWrite | kKeyDelete}};
inline constexpr KeySpec kAccessAndUpdateFirstKey[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate}};
inline constexpr KeySpec kAccessAndDeleteFirstKey[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete}};
inline constexpr KeySpec kOverwriteFirstKey[] = {{.flags = kKeyOverwrite | kKeyUpdate}};
inline constexpr KeySpec kOverwriteNewFirstKey[] = {{.flags = kKeyOverwrite | kKeyInsert}};

// Finds the positions of all keys in a request, in the order of the row's key specifications.
// False if the arguments contradict the specification (a count that is no number, or too large).
bool FindKeys(const CommandSpec& spec, Args args, std::vector<int>* positions);

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_COMMAND_SPEC_H_
