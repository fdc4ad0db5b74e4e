#include "server/exec/admission.h"

#include <algorithm>

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

bool Exists(const AdmissionRequest& request, std::string* error) {
  if (request.row != nullptr) [[likely]] {
    const CommandSpec& spec = *request.row->spec;
    if (!spec.Has(kContainer) || request.args.size() < 2) return true;
    *error = error::UnknownSubcommand(request.args[1], spec.name);
    return false;
  }
  *error = UnknownCommand(request.args);
  return false;
}

bool HasRightCount(const AdmissionRequest& request, std::string* error) {
  const CommandSpec& spec = *request.row->spec;
  if (spec.AcceptsCount(request.args.size()) && spec.run.kind != Handler::Kind::kAbsent)
      [[likely]] {
    return true;
  }
  *error = error::WrongArity(request.row->full_name);
  return false;
}

bool IsEnabled(const AdmissionRequest& request, std::string* error) {
  if (!request.row->spec->Has(kDebugGuarded)) return true;
  if (MayDo(request.config.enable_debug_command, request.session.peer().is_loopback)) return true;
  *error =
      "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you "
      "can run it from a local "
      "connection, otherwise you need to set this option in the configuration file, and then "
      "restart the server.";
  return false;
}

bool IsAuthenticated(const AdmissionRequest& request, std::string* error) {
  if (request.session.authenticated || request.row->spec->Has(kNoAuth)) [[likely]] {
    return true;
  }
  // CONFIG SET may have taken the password away since the client connected.
  if (request.config.requirepass.empty()) return true;
  *error = error::kNoAuth;
  return false;
}

bool IsAllowedInTransaction(const AdmissionRequest& request, std::string* error) {
  if (!request.session.in_transaction() || !request.row->spec->Has(kNoMulti)) return true;
  *error = error::kNotInTransaction;
  return false;
}

bool IsNoReplica(const AdmissionRequest& request, std::string* error) {
  if (!request.session.reads_journal.load(std::memory_order_relaxed)) return true;
  if (!request.row->spec->Has(kWrite | kReadOnly | kMayReplicate)) return true;
  *error = "ERR Replica can't interact with the keyspace";
  return false;
}

using Check = bool (*)(const AdmissionRequest& request, std::string* error);
constexpr Check kChecks[] = {Exists,          HasRightCount,          IsEnabled,
                             IsAuthenticated, IsAllowedInTransaction, IsNoReplica};

}  // namespace

bool IsAdmitted(const AdmissionRequest& request, std::string* error) {
  return std::all_of(std::begin(kChecks), std::end(kChecks),
                     [&](Check check) { return check(request, error); });
}

}  // namespace redstart
