#include "server/scripting/eval.h"

#include <string>

#include "absl/strings/ascii.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/scripting/eval_thread.h"
#include "server/scripting/script_flags.h"
#include "storage/base/number.h"
#include "storage/base/sha1.h"

namespace redstart {
namespace {

constexpr std::string_view kNoSuchScript = "NOSCRIPT No matching script. Please use EVAL.";
constexpr size_t kDigestChars = 40;

std::string DigestOf(const EvalMode& mode, std::string_view script) {
  if (!mode.by_digest) return ToHex(Sha1(script));
  return absl::AsciiStrToLower(absl::string_view(script.data(), script.size()));
}

}  // namespace

int ReadKeyCount(Args args, ReplyBuilder& reply) {
  const std::optional<int64_t> count = ParseInt64(args[2]);
  if (!count) {
    reply.Fail(error::kNotInteger);
  } else if (*count > static_cast<int64_t>(args.size()) - 3) {
    reply.Fail(error::kKeyCountArgs);
  } else if (*count < 0) {
    reply.Fail("ERR Number of keys can't be negative");
  } else {
    return static_cast<int>(*count);
  }
  return -1;
}

void Eval(Call& call, const EvalMode& mode, Args args, ReplyBuilder& reply) {
  call.dispatcher().ShowScript(call.session(), args);
  if (mode.by_digest && args[1].size() != kDigestChars) return reply.Fail(kNoSuchScript);
  const int key_count = ReadKeyCount(args, reply);
  if (key_count < 0) return;
  EvalThread& thread = call.services().scripts->ThreadOf(call.dispatcher());
  const std::string digest = DigestOf(mode, args[1]);
  const EvalThread::Compiled* compiled = thread.Find(digest);
  if (compiled == nullptr) {
    if (mode.by_digest) return reply.Fail(kNoSuchScript);
    std::string error;
    compiled = thread.Load(digest, args[1], &error);
    if (compiled == nullptr) return reply.FailWith({"ERR ", error});
  }
  const EvalThread::Compiled running = *compiled;
  ScriptRun run(call, thread.session(),
                {.name = running.script->digest,
                 .flags = running.script->flags,
                 .read_only = mode.read_only,
                 .is_function = false},
                args);
  if (!run.MayBegin(reply)) return;
  const auto keys = static_cast<size_t>(key_count);
  thread.Run(running, run, args.subspan(3, keys), args.subspan(3 + keys), call, reply);
}

uint32_t EvalFlags(const Services& services, const EvalMode& mode, uint32_t command_flags,
                   Args args) {
  if (args.size() < 2) return command_flags;
  if (!mode.by_digest) {
    std::string error;
    const std::optional<Shebang> shebang = ReadShebang(args[1], &error);
    return shebang ? CommandFlagsOf(command_flags, shebang->flags) : command_flags;
  }
  ScriptCache& cache = services.scripts->cache();
  if (!cache.has_declared() || args[1].size() != kDigestChars) return command_flags;
  const auto script = cache.Find(DigestOf(mode, args[1]));
  return script == nullptr ? command_flags : CommandFlagsOf(command_flags, script->flags);
}

}  // namespace redstart
