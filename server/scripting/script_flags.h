#ifndef REDSTART_SERVER_SCRIPTING_SCRIPT_FLAGS_H_
#define REDSTART_SERVER_SCRIPTING_SCRIPT_FLAGS_H_

// What a script or a function declares about itself, and the first line where scripts do so:
//
//   #!lua flags=no-writes,allow-oom
//
// Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redstart {

enum ScriptFlag : uint32_t {
  kScriptNoWrites = 1u << 0,
  kScriptAllowOom = 1u << 1,
  kScriptAllowStale = 1u << 2,
  kScriptNoCluster = 1u << 3,
  kScriptAllowCrossSlot = 1u << 4,
  // Declares nothing: a script without a first line, which may do what its command may.
  kScriptUndeclared = 1u << 5,
};

// The flag of this name; nothing if there is none.
std::optional<uint32_t> FindScriptFlag(std::string_view name);

struct Shebang {
  uint32_t flags = kScriptUndeclared;
  size_t size = 0;  // Of the line, without its end, so that errors name the right lines.
};
// Nothing, and *error, if there is a first line that cannot be understood.
std::optional<Shebang> ReadShebang(std::string_view body, std::string* error);

// The flags of a command (CommandFlag) that runs something with these ScriptFlags.
uint32_t CommandFlagsOf(uint32_t command_flags, uint32_t script_flags);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SCRIPT_FLAGS_H_
