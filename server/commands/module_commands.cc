// MODULE, of a server that cannot load any, and ACL WHOAMI, of one that has a single user.

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/call.h"
#include "server/observe/log.h"

namespace redstart {
namespace {

// MODULE LIST
void List(Call&, Args, ReplyBuilder& reply) {
  reply.EmptyArray();
}

// MODULE LOAD path [arg [arg ...]], MODULE LOADEX path [...]
void Load(Call&, Args, ReplyBuilder& reply) {
  logging::Warning("MODULE LOAD: Redis modules cannot be loaded into this server.");
  reply.Fail("ERR Error loading the extension. Please check the server logs.");
}

// MODULE UNLOAD name
void Unload(Call&, Args, ReplyBuilder& reply) {
  reply.Fail("ERR Error unloading module: no such module with that name");
}

// MODULE HELP
void ModuleHelp(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "LIST",
      "    The modules that are loaded: none, ever.",
      "LOAD <path> [<arg> ...]",
      "    Refused: modules of Redis cannot be loaded into this server.",
      "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
      "    Refused, too.",
      "UNLOAD <name>",
      "    There is none to unload.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

// ACL WHOAMI
void WhoAmI(Call& call, Args, ReplyBuilder& reply) {
  reply.Bulk(call.session().labels().user);
}

// ACL HELP
void AclHelp(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "WHOAMI",
      "    The user that this connection is logged in as.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr uint32_t kGuarded = kAdmin | kNoScript | kNoAsyncLoading | kProtected;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "MODULE",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "4.0.0",
     .summary = "Commands about modules.",
     .complexity = "Depends on subcommand."},
    {.name = "MODULE HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = ModuleHelp,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "MODULE LIST",
     .arity = 2,
     .flags = kAdmin | kNoScript,
     .group = kGroup,
     .run = List,
     .since = "4.0.0",
     .summary = "Returns the loaded modules.",
     .complexity = "O(N) where N is the number of loaded modules.",
     .tips = "nondeterministic_output_order"},
    {.name = "MODULE LOAD",
     .args = "path [arg ...]",
     .arity = -3,
     .flags = kGuarded,
     .group = kGroup,
     .run = Load,
     .since = "4.0.0",
     .summary = "Refuses to load a module.",
     .complexity = "O(1)"},
    {.name = "MODULE LOADEX",
     .args = "path [CONFIG <configs: name value> ...] [ARGS args [args ...]]",
     .arity = -3,
     .flags = kGuarded,
     .group = kGroup,
     .run = Load,
     .since = "7.0.0",
     .summary = "Refuses to load a module with a configuration.",
     .complexity = "O(1)"},
    {.name = "MODULE UNLOAD",
     .args = "name",
     .arity = 3,
     .flags = kGuarded,
     .group = kGroup,
     .run = Unload,
     .since = "4.0.0",
     .summary = "Unloads a module, of which there is none.",
     .complexity = "O(1)"},
    {.name = "ACL",
     .arity = -2,
     .flags = kContainer | kSentinel,
     .group = kGroup,
     .since = "6.0.0",
     .summary = "Commands about users.",
     .complexity = "Depends on subcommand."},
    {.name = "ACL HELP",
     .arity = 2,
     .flags = kLoading | kStale | kSentinel,
     .group = kGroup,
     .run = AclHelp,
     .since = "6.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "ACL WHOAMI",
     .arity = 2,
     .flags = kNoScript | kLoading | kStale | kSentinel,
     .group = kGroup,
     .run = WhoAmI,
     .since = "6.0.0",
     .summary = "Returns the user that the connection is logged in as.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows ModuleCommands() {
  return kCommands;
}

}  // namespace redstart
