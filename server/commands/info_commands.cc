// INFO: what operators and exporters read.

#include <algorithm>

#include "server/commands/command_families.h"
#include "server/commands/info_sections.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"

namespace redstart {
namespace {

bool IsWanted(const InfoSection& section, Args names) {
  using Shown = InfoSection::Shown;
  const bool is_default = section.shown == Shown::kByDefault;
  if (names.empty()) return is_default;
  return std::ranges::any_of(names, [&](std::string_view name) {
    if (SameWord(name, "ALL") || SameWord(name, "EVERYTHING")) {
      return section.shown != Shown::kByName;
    }
    return (is_default && SameWord(name, "DEFAULT")) || SameWord(name, section.name);
  });
}

// INFO [section [section ...]]
void Info(Call& call, Args args, ReplyBuilder& reply) {
  InfoFields fields;
  for (const InfoSection& section : InfoSections()) {
    if (!IsWanted(section, args.subspan(1))) continue;
    fields.Title(section.title);
    section.write(call, fields);
  }
  reply.Verbatim(fields.text());
}

constexpr CommandSpec kCommands[] = {
    {.name = "INFO",
     .args = "[section ...]",
     .arity = -1,
     .flags = kLoading | kStale | kSentinel | kNeedsWalk,
     .group = CommandGroup::kServer,
     .categories = kCategoryDangerous,
     .run = Info,
     .since = "1.0.0",
     .history = "7.0.0 several sections in one call",
     .summary = "Tells about the server: its configuration, its load, its data.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
};

}  // namespace

CommandRows InfoCommands() {
  return kCommands;
}

}  // namespace redstart
