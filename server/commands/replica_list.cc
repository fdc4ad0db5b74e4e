#include "server/commands/replica_list.h"

namespace redstart {
namespace {

constexpr std::string_view kOnline = "online";

std::string_view StateOf(ReplicaFeed::Phase phase) {
  switch (phase) {
    case ReplicaFeed::Phase::kWaitsForFile:
      return "wait_bgsave";
    case ReplicaFeed::Phase::kReadsFile:
      return "send_bulk";
    case ReplicaFeed::Phase::kReadsStream:
      return kOnline;
  }
  return {};
}

}  // namespace

bool Replica::IsOnline() const {
  return state == kOnline;
}

std::vector<Replica> ListReplicas(SessionRegistry& sessions, uint64_t now_ms) {
  std::vector<Replica> replicas;
  sessions.ForEach([&](const Session& session) {
    const ReplicaFeed* feed = session.feed();
    if (feed == nullptr || session.close_requested()) return;
    const std::string& address = session.peer().address;
    const uint64_t acked_ms = feed->acked_ms.load(std::memory_order_relaxed);
    replicas.push_back({.address = address.substr(0, address.rfind(':')),
                        .port = session.replica_port,
                        .state = StateOf(feed->phase()),
                        .acked_offset = feed->acked_offset.load(std::memory_order_relaxed),
                        .lag_s = acked_ms == 0 ? 0 : (now_ms - acked_ms) / 1000});
  });
  return replicas;
}

}  // namespace redstart
