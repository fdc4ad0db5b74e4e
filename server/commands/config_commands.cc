// CONFIG: options at run time, and the reset of statistics.

#include "server/commands/command_families.h"
#include "server/commands/config_file_rewrite.h"
#include "server/commands/help_reply.h"
#include "server/config/config_store.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/stats.h"
#include "server/observe/log.h"
#include "storage/keyspace.h"

namespace redstart {
namespace {

// CONFIG GET parameter [parameter ...]
void Get(Call& call, Args args, ReplyBuilder& reply) {
  const std::vector<ConfigStore::NameValue> found = call.services().config->Get(args.subspan(2));
  reply.Map(found.size());
  for (const auto& [name, value] : found) {
    reply.Bulk(name);
    reply.Bulk(value);
  }
}

// CONFIG SET parameter value [parameter value ...]
void Set(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() % 2 != 0) return reply.Fail(error::kSyntax);
  std::vector<ConfigStore::NameValue> changes;
  for (size_t i = 2; i < args.size(); i += 2) changes.emplace_back(args[i], args[i + 1]);
  const bool is_local = call.session().peer().is_loopback;
  const absl::Status status = call.services().config->Set(
      changes, {.allow_protected = MayDo(call.config().enable_protected_configs, is_local),
                .loading = call.services().state->loading});
  if (status.ok()) return reply.Ok();
  if (absl::IsUnavailable(status)) return reply.Fail(error::kLoading);
  const absl::string_view text = status.message();
  reply.FailWith({"ERR ", std::string_view(text.data(), text.size())});
}

// CONFIG RESETSTAT
void ResetStat(Call& call, Args, ReplyBuilder& reply) {
  const Services& services = call.services();
  services.stats->Reset();
  services.state->expired_keys_at_reset = services.keyspace->expired_keys();
  services.state->expired_fields_at_reset = services.keyspace->expired_fields();
  services.state->lazyfreed_at_reset = services.keyspace->lazy_free().freed_objects();
  reply.Ok();
}

// CONFIG REWRITE
void Rewrite(Call& call, Args, ReplyBuilder& reply) {
  const std::string& path = call.services().state->config_file;
  if (path.empty()) return reply.Fail("ERR The server is running without a config file");
  const absl::Status status = RewriteConfigFile(path, call.config(), RewriteScope::kWhatDiffers);
  if (!status.ok()) {
    const absl::string_view text = status.message();
    const std::string_view reason(text.data(), text.size());
    logging::Warning("CONFIG REWRITE failed: {}", reason);
    return reply.FailWith({"ERR Rewriting config file: ", reason});
  }
  logging::Notice("CONFIG REWRITE executed with success.");
  reply.Ok();
}

// Whether an argument of CONFIG SET is the value of an option that is a secret.
bool IsSecret(Args args, size_t position) {
  if (position < 3 || position % 2 == 0) return false;
  return IsSecretOption(args[position - 1]);
}

// CONFIG HELP
void Help(Call&, Args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "GET <pattern> [<pattern> ...]",
      "    Options whose names match, with their values.",
      "RESETSTAT",
      "    Begin INFO's statistics anew.",
      "REWRITE",
      "    Write the configuration in force to the file that the server was started with.",
      "SET <directive> <value> [<directive> <value> ...]",
      "    Change options; all of them, or none if one is refused.",
  };
  ReplyWithHelp("config", kLines, reply);
}

constexpr uint32_t kFlags = kAdmin | kNoScript | kLoading | kStale;
constexpr auto kGroup = CommandGroup::kServer;
constexpr std::string_view kOnAllNodes = "request_policy:all_nodes response_policy:all_succeeded";
constexpr CommandSpec kCommands[] = {
    {.name = "CONFIG",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "2.0.0",
     .summary = "Commands about the configuration.",
     .complexity = "Depends on subcommand."},
    {.name = "CONFIG GET",
     .args = "parameter [parameter ...]",
     .arity = -3,
     .flags = kFlags,
     .group = kGroup,
     .run = Get,
     .since = "2.0.0",
     .summary = "Returns the values of options.",
     .complexity = "O(N) where N is the number of parameters"},
    {.name = "CONFIG HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "CONFIG RESETSTAT",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = ResetStat,
     .since = "2.0.0",
     .summary = "Begins the statistics anew.",
     .complexity = "O(1)",
     .tips = kOnAllNodes},
    {.name = "CONFIG REWRITE",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = Rewrite,
     .since = "2.8.0",
     .summary = "Writes the configuration in force to its file.",
     .complexity = "O(1)",
     .tips = kOnAllNodes},
    {.name = "CONFIG SET",
     .args = "parameter value [parameter value ...]",
     .arity = -4,
     .flags = kFlags,
     .group = kGroup,
     .run = Set,
     .since = "2.0.0",
     .summary = "Changes options while the server runs.",
     .complexity = "O(N) where N is the number of parameters",
     .tips = kOnAllNodes,
     .is_secret = IsSecret},
};

}  // namespace

CommandRows ConfigCommands() {
  return kCommands;
}

}  // namespace redstart
