#include "server/scripting/script_flags.h"

#include <vector>

#include "server/config/words.h"
#include "server/exec/command_spec.h"

namespace redstart {

std::optional<uint32_t> FindScriptFlag(std::string_view name) {
  if (name == "no-writes") return kScriptNoWrites;
  if (name == "allow-oom") return kScriptAllowOom;
  if (name == "allow-stale") return kScriptAllowStale;
  if (name == "no-cluster") return kScriptNoCluster;
  if (name == "allow-cross-slot-keys") return kScriptAllowCrossSlot;
  return std::nullopt;
}

namespace {

// "flags=a,b,c" without "flags=".
bool ReadFlags(std::string_view list, uint32_t* flags, std::string* error) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = list.substr(0, comma);
    const auto flag = FindScriptFlag(name);
    if (!flag) {
      *error = std::string("Unexpected flag in script shebang: ").append(name);
      return false;
    }
    *flags |= *flag;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return true;
}

}  // namespace

std::optional<Shebang> ReadShebang(std::string_view body, std::string* error) {
  Shebang shebang;
  if (!body.starts_with("#!")) return shebang;
  shebang.size = body.find('\n');
  if (shebang.size == std::string_view::npos) {
    *error = "Invalid script shebang";
    return std::nullopt;
  }
  const auto words = SplitWords(body.substr(0, shebang.size));
  if (!words || words->empty()) {
    *error = "Invalid engine in script shebang";
    return std::nullopt;
  }
  if (words->front() != "#!lua") {
    *error = "Unexpected engine in script shebang: " + words->front();
    return std::nullopt;
  }
  shebang.flags = 0;
  for (size_t i = 1; i < words->size(); ++i) {
    const std::string_view word = (*words)[i];
    constexpr std::string_view kFlags = "flags=";
    if (!word.starts_with(kFlags)) {
      *error = std::string("Unknown lua shebang option: ").append(word);
      return std::nullopt;
    }
    if (!ReadFlags(word.substr(kFlags.size()), &shebang.flags, error)) return std::nullopt;
  }
  return shebang;
}

uint32_t CommandFlagsOf(uint32_t command_flags, uint32_t script_flags) {
  if ((script_flags & kScriptUndeclared) != 0) return command_flags;
  uint32_t flags = command_flags & ~(kStale | kDenyOom | kWrite | kMayReplicate);
  if ((script_flags & (kScriptAllowOom | kScriptNoWrites)) == 0) flags |= kDenyOom;
  if ((script_flags & kScriptNoWrites) == 0) flags |= kWrite;
  if ((script_flags & kScriptAllowStale) != 0) flags |= kStale;
  return flags;
}

}  // namespace redstart
