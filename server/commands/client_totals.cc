#include "server/commands/client_totals.h"

#include <algorithm>

#include "server/commands/client_list.h"

namespace redstart {

ClientTotals TotalOfClients(SessionRegistry& sessions) {
  ClientTotals totals;
  sessions.ForEach([&](const Session& session) {
    if (session.close_requested()) return;
    const uint64_t output = session.output_bytes.load(std::memory_order_relaxed);
    if (KindOf(session) == ClientKind::kReplica) {
      ++totals.replicas;
      totals.replica_bytes += session.MemoryBytes();
      totals.replica_output_bytes += output;
      return;
    }
    ++totals.clients;
    totals.client_bytes += session.MemoryBytes();
    const uint64_t input = session.input_bytes.load(std::memory_order_relaxed);
    totals.largest_input = std::max(totals.largest_input, input);
    totals.largest_output = std::max(totals.largest_output, output);
    if (!session.IsWaitingStill()) return;
    ++totals.waiting;
    totals.waiting_with_deadline += session.wait_has_deadline.load(std::memory_order_relaxed);
  });
  return totals;
}

}  // namespace redstart
