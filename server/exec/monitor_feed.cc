#include "server/exec/monitor_feed.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "server/config/words.h"

namespace redstart {
namespace {

// `+1700000000.000123 [0 127.0.0.1:5000] "set" "key" "value"`
// without its words.
std::string LineOf(const Session& session, uint64_t now_us) {
  const Session::Peer& peer = session.peer();
  std::string_view address = peer.address;
  // A socket's path, without the port that it does not have.
  if (peer.is_unix) address = address.substr(0, address.rfind(':'));
  return fmt::format("+{}.{:06} [{} {}{}]", now_us / 1'000'000, now_us % 1'000'000,
                     session.database.load(std::memory_order_relaxed), peer.is_unix ? "unix:" : "",
                     address);
}

}  // namespace

void MonitorFeed::Add(Session* session) {
  session->is_monitor.store(true, std::memory_order_relaxed);
  const MutexLock lock(&mutex_);
  watchers_.push_back({session->id(), session->mailbox()});
  count_.store(watchers_.size(), std::memory_order_relaxed);
}

void MonitorFeed::Remove(Session* session) {
  if (!session->is_monitor.exchange(false, std::memory_order_relaxed)) return;
  const MutexLock lock(&mutex_);
  std::erase_if(watchers_,
                [&](const Watcher& watcher) { return watcher.session == session->id(); });
  count_.store(watchers_.size(), std::memory_order_relaxed);
}

void MonitorFeed::Show(const Session& session, const CommandSpec& spec, Args args,
                       uint64_t now_us) {
  // What administrators do is nobody else's business.
  if (spec.Has(kSkipMonitor | kAdmin)) return;
  std::string line = LineOf(session, now_us);
  for (size_t i = 0; i < args.size(); ++i) line.append(" ").append(QuoteWord(spec.Shown(args, i)));
  Send(std::move(line));
}

void MonitorFeed::ShowAlways(const Session& session, Args args, uint64_t now_us) {
  std::string line = LineOf(session, now_us);
  for (const std::string_view arg : args) line.append(" ").append(QuoteWord(arg));
  Send(std::move(line));
}

void MonitorFeed::Send(std::string text) {
  const auto line = std::make_shared<const std::string>(std::move(text.append("\r\n")));
  const MutexLock lock(&mutex_);
  for (const Watcher& watcher : watchers_) {
    watcher.mailbox->Push(
        {.session = watcher.session, .subject = Mailbox::Subject::kDeliver, .bytes = line});
  }
}

}  // namespace redstart
