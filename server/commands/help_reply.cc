#include "server/commands/help_reply.h"

#include <string>

#include "absl/strings/ascii.h"

namespace redstart {

void ReplyWithHelp(std::string_view command, absl::Span<const std::string_view> lines,
                   ReplyBuilder& reply) {
  std::string title(command);
  for (char& c : title) c = absl::ascii_toupper(static_cast<unsigned char>(c));
  title.append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  reply.Array(lines.size() + 3);
  reply.Simple(title);
  for (const std::string_view line : lines) reply.Simple(line);
  reply.Simple("HELP");
  reply.Simple("    Print this help.");
}

}  // namespace redstart
