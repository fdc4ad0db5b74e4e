#include "server/commands/client_list.h"

#include <algorithm>

#include "server/exec/arg_reader.h"

namespace redstart {
namespace {

template <typename T>
T Read(const std::atomic<T>& value) {
  return value.load(std::memory_order_relaxed);
}

// The letters of the field "flags"; those of states that do not exist yet are not here.
std::string FlagsOf(const Session& session) {
  const struct {
    bool is_set;
    char letter;
  } flags[] = {
      {Read(session.is_monitor), 'O'},         {Read(session.reads_journal), 'S'},
      {session.subscription_count() > 0, 'P'}, {Read(session.queued_commands) >= 0, 'x'},
      {session.IsWaitingStill(), 'b'},         {Read(session.watch_failed), 'd'},
      {Read(session.close_after_reply), 'c'},  {session.peer().is_unix, 'U'},
      {Read(session.no_evict), 'e'},           {Read(session.no_touch), 'T'},
  };
  std::string letters;
  for (const auto& flag : flags) {
    if (flag.is_set) letters += flag.letter;
  }
  return letters.empty() ? "N" : letters;
}

// Writes "name=value" pairs, separated by blanks.
class Fields {
 public:
  Fields& Text(std::string_view name, std::string_view value) {
    if (!line_.empty()) line_ += ' ';
    line_.append(name).append("=").append(value);
    return *this;
  }
  Fields& Number(std::string_view name, int64_t value) { return Text(name, FormatInt64(value)); }
  std::string Take() { return std::move(line_); }

 private:
  std::string line_;
};

// Whole seconds between two times, each cut to seconds first, as Redis's clock of seconds does.
int64_t SecondsSince(uint64_t then_ms, uint64_t now_ms) {
  return static_cast<int64_t>(now_ms / 1000) - static_cast<int64_t>(then_ms / 1000);
}

}  // namespace

std::optional<ClientKind> ParseClientKind(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    ClientKind kind;
  } kNames[] = {{"normal", ClientKind::kNormal},
                {"slave", ClientKind::kReplica},
                {"replica", ClientKind::kReplica},
                {"pubsub", ClientKind::kPubSub},
                {"master", ClientKind::kMaster}};
  for (const auto& known : kNames) {
    if (SameWord(name, known.name)) return known.kind;
  }
  return std::nullopt;
}

ClientKind KindOf(const Session& session) {
  if (Read(session.reads_journal)) return ClientKind::kReplica;
  return session.subscription_count() > 0 ? ClientKind::kPubSub : ClientKind::kNormal;
}

bool IsClientLabel(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

std::string DescribeClient(const Session& session, uint64_t now_ms, size_t argument_bytes) {
  const int64_t input = Read(session.input_bytes);
  const int64_t capacity = Read(session.input_capacity);
  const auto output = static_cast<int64_t>(Read(session.output_bytes));
  const CommandRow* last = Read(session.last_command);
  const Session::Labels& labels = session.labels();
  const auto subscriptions = [&](SubscriptionKind kind) {
    return static_cast<int64_t>(session.subscription_count(kind));
  };
  Fields fields;
  fields.Number("id", static_cast<int64_t>(session.id()))
      .Text("addr", session.peer().address)
      .Text("laddr", session.peer().local_address)
      .Number("fd", session.peer().descriptor)
      .Text("name", labels.name)
      .Number("age", SecondsSince(session.created_ms(), now_ms))
      .Number("idle", SecondsSince(Read(session.last_interaction_ms), now_ms))
      .Text("flags", FlagsOf(session))
      .Number("db", Read(session.database))
      .Number("sub", subscriptions(SubscriptionKind::kChannel))
      .Number("psub", subscriptions(SubscriptionKind::kPattern))
      .Number("ssub", subscriptions(SubscriptionKind::kShardChannel))
      .Number("multi", Read(session.queued_commands))
      .Number("qbuf", input)
      .Number("qbuf-free", std::max<int64_t>(capacity - input, 0))
      .Number("argv-mem", static_cast<int64_t>(argument_bytes))
      .Number("multi-mem", Read(session.queued_bytes))
      // Replies are built in the thread's buffer: no client has one of its own.
      .Number("rbs", 0)
      .Number("rbp", 0)
      .Number("obl", 0)
      .Number("oll", output > 0 ? 1 : 0)
      .Number("omem", output)
      .Number("tot-mem", static_cast<int64_t>(session.MemoryBytes()))
      .Text("events", output > 0 ? "rw" : "r")
      .Text("cmd", last == nullptr ? "NULL" : last->full_name)
      .Text("user", labels.user)
      .Number("redir", -1)
      .Number("resp", Read(session.resp_version))
      .Text("lib-name", labels.library_name)
      .Text("lib-ver", labels.library_version);
  return fields.Take();
}

}  // namespace redstart
