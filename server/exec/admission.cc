#include "server/exec/admission.h"

#include <cstring>

#include "absl/algorithm/container.h"
#include "server/config/config_store.h"
#include "server/exec/errors.h"

namespace redstart {
namespace {

// How much of all the arguments of an unknown command together the error repeats.
constexpr size_t kQuotedBytes = 128;

std::string UnknownCommand(Args args) {
  std::string quoted;
  for (const std::string_view arg : args.subspan(1)) {
    if (quoted.size() >= kQuotedBytes) break;
    const std::string_view shown = error::Quotable(arg, kQuotedBytes - quoted.size());
    quoted.append("'").append(shown).append("' ");
  }
  std::string text = "ERR unknown command '";
  return text.append(error::Quotable(args[0]))
      .append("', with args beginning with: ")
      .append(quoted);
}

// Each check is a row: what has to hold, and what to answer if it does not. The tests are known at
// compile time, so that all of them together are a few instructions: every command pays for them.
struct Exists {
  static bool Holds(const AdmissionRequest& request) {
    return request.row != nullptr &&
           (!request.row->spec->Has(kContainer) || request.args.size() < 2);
  }
  static std::string Refusal(const AdmissionRequest& request) {
    if (request.row == nullptr) return UnknownCommand(request.args);
    return error::UnknownSubcommand(request.args[1], request.row->spec->name);
  }
};

struct HasRightCount {
  static bool Holds(const AdmissionRequest& request) {
    const CommandSpec& spec = *request.row->spec;
    return spec.AcceptsCount(request.args.size()) && spec.run.kind != Handler::Kind::kAbsent;
  }
  static std::string Refusal(const AdmissionRequest& request) {
    return error::WrongArity(request.row->full_name);
  }
};

// What may be done by nobody, by clients on this machine, or by all, as an option says.
struct IsEnabled {
  static bool Holds(const AdmissionRequest& request) {
    if (!request.row->spec->Has(kProtected)) [[likely]] {
      return true;
    }
    const ProtectedAction action = IsDebug(request) ? request.config.enable_debug_command
                                                    : request.config.enable_module_command;
    return MayDo(action, request.session.peer().is_loopback);
  }
  static std::string Refusal(const AdmissionRequest& request) {
    const std::string name = IsDebug(request) ? "DEBUG" : "MODULE";
    const std::string option = IsDebug(request) ? "enable-debug-command" : "enable-module-command";
    return "ERR " + name + " command not allowed. If the " + option +
           " option is set to \"local\", you can run it from a local connection, otherwise you "
           "need to set this option in the configuration file, and then restart the server.";
  }

 private:
  static bool IsDebug(const AdmissionRequest& request) {
    return request.row->spec->Has(kDebugGuarded);
  }
};

struct IsAuthenticated {
  static bool Holds(const AdmissionRequest& request) {
    // CONFIG SET may have taken the password away since the client connected.
    return request.session.authenticated || request.row->spec->Has(kNoAuth) ||
           request.config.requirepass.empty();
  }
  static std::string Refusal(const AdmissionRequest&) { return std::string(error::kNoAuth); }
};

struct IsAllowedInTransaction {
  static bool Holds(const AdmissionRequest& request) {
    return !request.session.in_transaction() || !request.row->spec->Has(kNoMulti);
  }
  static std::string Refusal(const AdmissionRequest&) {
    return std::string(error::kNotInTransaction);
  }
};

// What a request does by itself, or EXEC with what was queued.
bool DoesAny(const AdmissionRequest& request, uint32_t flags) {
  if ((request.flags & flags) != 0) return true;
  if (!request.row->spec->Has(kEndsTransaction) || !request.session.in_transaction()) return false;
  return request.session.transaction().Has(flags);
}

struct HasMemory {
  static bool Holds(const AdmissionRequest& request) {
    if (request.config.maxmemory == 0) [[likely]] {
      return true;
    }
    if (!request.state.over_memory_limit.load(std::memory_order_relaxed)) return true;
    // Whatever is queued takes memory, even a GET.
    const bool queues = request.session.in_transaction() && !request.row->spec->Has(kNeverQueued);
    return !queues && !DoesAny(request, kDenyOom);
  }
  static std::string Refusal(const AdmissionRequest&) { return std::string(error::kOutOfMemory); }
};

struct IsSavedOrReadsOnly {
  static bool Holds(const AdmissionRequest& request) {
    return !request.state.last_save_failed.load(std::memory_order_relaxed) ||
           !request.config.stop_writes_on_bgsave_error || request.config.save.empty() ||
           !DoesAny(request, kWrite | kTellsHealth);
  }
  static std::string Refusal(const AdmissionRequest&) { return std::string(error::kMisconf); }
};

struct IsLoggedOrReadsOnly {
  static bool Holds(const AdmissionRequest& request) {
    return request.state.aof_error.load(std::memory_order_relaxed) == 0 ||
           !DoesAny(request, kWrite | kTellsHealth);
  }
  static std::string Refusal(const AdmissionRequest& request) {
    return std::string(error::kMisconfAof) + std::strerror(request.state.aof_error);
  }
};

// In RESP2 nothing tells a message from a reply, so what a subscriber may ask for is little.
struct IsForSubscribers {
  static bool Holds(const AdmissionRequest& request) {
    return request.session.subscription_count() == 0 || request.row->spec->Has(kForSubscribers) ||
           request.session.resp_version.load(std::memory_order_relaxed) > 2;
  }
  static std::string Refusal(const AdmissionRequest& request) {
    return "ERR Can't execute '" + request.row->full_name +
           "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
           "context";
  }
};

struct IsLoadedOrNeedsNoData {
  static bool Holds(const AdmissionRequest& request) {
    return !request.state.loading.load(std::memory_order_relaxed) ||
           (request.row->spec->Has(kLoading) && !HasQueuedData(request));
  }
  static bool HasQueuedData(const AdmissionRequest& request) {
    if (!request.row->spec->Has(kEndsTransaction) || !request.session.in_transaction()) {
      return false;
    }
    return absl::c_any_of(request.session.transaction().commands,
                          [](const auto& command) { return !command.row()->spec->Has(kLoading); });
  }
  static std::string Refusal(const AdmissionRequest&) { return std::string(error::kLoading); }
};

struct IsNotBusy {
  static bool Holds(const AdmissionRequest& request) {
    return request.state.script.busy() == RunningScript::Kind::kNone ||
           request.row->spec->Has(kAllowBusy);
  }
  static std::string Refusal(const AdmissionRequest& request) {
    return std::string(RunningScript::ErrorWhile(request.state.script.busy()));
  }
};

struct IsNoReplica {
  static bool Holds(const AdmissionRequest& request) {
    const bool only_reads = request.session.reads_journal.load(std::memory_order_relaxed) ||
                            request.session.is_monitor.load(std::memory_order_relaxed);
    return !only_reads || !request.row->spec->Has(kWrite | kReadOnly | kMayReplicate);
  }
  static std::string Refusal(const AdmissionRequest&) {
    return "ERR Replica can't interact with the keyspace";
  }
};

template <typename... Checks>
struct AllOf {
  static bool Hold(const AdmissionRequest& request) { return (Checks::Holds(request) && ...); }
  // That of the first check that does not hold.
  static std::string Refusal(const AdmissionRequest& request) {
    std::string refusal;
    static_cast<void>(
        ((Checks::Holds(request) || (refusal = Checks::Refusal(request), false)) && ...));
    return refusal;
  }
};

// In Redis's order: a client sees the first one's answer.
using Checks = AllOf<Exists, HasRightCount, IsEnabled, IsAuthenticated, IsAllowedInTransaction,
                     HasMemory, IsSavedOrReadsOnly, IsLoggedOrReadsOnly, IsForSubscribers,
                     IsLoadedOrNeedsNoData, IsNotBusy, IsNoReplica>;

}  // namespace

bool IsAdmitted(const AdmissionRequest& request) {
  return Checks::Hold(request);
}

std::string RefusalOf(const AdmissionRequest& request) {
  return Checks::Refusal(request);
}

}  // namespace redstart
