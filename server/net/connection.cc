#include "server/net/connection.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "server/exec/client_memory.h"
#include "server/net/io_thread.h"
#include "server/observe/log.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

// Pieces of one gathering write; the kernel takes up to 1,024.
constexpr size_t kPiecesPerWrite = 64;
// Replies of one pipeline are sent at this size, so that a huge pipeline does not pile up all of
// them first.
constexpr size_t kFlushBytes = 256 * 1024;
// What a request that is not complete gets at once; beyond it the buffer doubles as bytes really
// arrive, because the length that a client announces is only a promise.
constexpr size_t kFirstPendingBytes = 256 * 1024;
// That buffer grows by so much at least.
constexpr size_t kLeastGrowth = 32 * 1024;
// Of replies that have just been built so many do not count for the output limit: what Redis holds
// in a client's own buffer does not either.
constexpr size_t kUncountedReplyBytes = 16 * 1024;
// A replica's file and stream are handed to the socket in portions of this size.
constexpr size_t kFeedPortion = 256 * 1024;

uint32_t Clamped(size_t bytes) {
  return static_cast<uint32_t>(std::min<size_t>(bytes, UINT32_MAX));
}

}  // namespace

Connection::Connection(IoThread* thread, std::unique_ptr<ByteStream> stream, uint64_t id,
                       Session::Peer peer, uint64_t now_ms)
    : thread_(thread),
      stream_(std::move(stream)),
      session_(id, std::move(peer), now_ms, &thread->mailbox()) {
  session_.authenticated = thread->dispatcher().config().requirepass.empty();
}

Connection::~Connection() = default;

void Connection::Start() {
  stream_->WaitReadable(shared_from_this());
}

void Connection::OnReadable(bool usable) {
  const IoThread::Cycle cycle(thread_);
  if (closed_ || closing_) return;
  if (!usable) return Close();
  const std::string_view input = ReadMore();
  AccountMemory();  // Before what may be a huge request is executed.
  if (closed_) return;
  if (!input.empty()) {
    if (session_.is_waiting() || hold_ != Hold::kNone) {
      if (hold_ != Hold::kNone) hold_ = Hold::kHeldWithInput;
      Keep(input);
      AccountMemory();
    } else {
      Process(input);
    }
  }
  if (!closed_ && !closing_ && !session_.close_after_reply)
    stream_->WaitReadable(shared_from_this());
}

std::string_view Connection::ReadMore() {
  const absl::Span<char> shared = thread_->input_buffer();
  const bool use_shared = pending_.size <= shared.size() / 2;
  char* base = shared.data();
  size_t room = shared.size();
  if (use_shared) {
    if (pending_.size > 0) std::memcpy(base, pending_.bytes.get(), pending_.size);
  } else {
    if (pending_.size == pending_.capacity && !GrowPending(pending_.capacity * 2)) return {};
    base = pending_.bytes.get();
    room = pending_.capacity;
  }
  const ByteStream::Result result = stream_->Read(base + pending_.size, room - pending_.size);
  if (result.status == ByteStream::Status::kClosed) Close();
  if (result.status != ByteStream::Status::kOk) return {};
  ThreadStats& stats = thread_->dispatcher().stats();
  stats.input_bytes.Add(result.bytes);
  stats.reads.Add();
  const size_t size = pending_.size + result.bytes;
  if (use_shared) {
    pending_ = {};
  } else {
    pending_.size = size;
  }
  return {base, size};
}

void Connection::Process(std::string_view input) {
  Dispatcher& dispatcher = thread_->dispatcher();
  ReplyBuffer& replies = thread_->reply_buffer();
  RequestBatch& batch = thread_->batch();
  ReplyBuilder reply(&replies, session_.resp_version.load(std::memory_order_relaxed));
  while (!session_.close_after_reply) {
    batch.Clear();
    const ParserLimits limits = {.max_bulk_bytes = dispatcher.config().proto_max_bulk_len,
                                 .authenticated = session_.authenticated};
    const RequestParser::Status status = parser_.ParseInto(input, limits, &batch);
    // While they run, the requests still count as unexecuted input, as on Redis.
    session_.input_bytes.store(Clamped(input.size()), std::memory_order_relaxed);
    input.remove_prefix(parser_.consumed());
    if (status == RequestParser::Status::kNeedMore) break;
    if (status == RequestParser::Status::kError) {
      logging::Verbose("Protocol error from client id={} addr={}: {}", session_.id(),
                       session_.peer().address, parser_.error());
      reply.Fail(parser_.error());
      dispatcher.stats().error_replies.Add();
      session_.close_after_reply = true;
      break;
    }
    const size_t executed = dispatcher.Execute(session_, batch, reply);
    if (session_.is_waiting()) {
      input = PutBack(executed, input);
      SetDeadline(session_.wait().options.deadline_ms);
      break;
    }
    if (replies.total_size() >= kFlushBytes) Flush();
    if (closed_) return;
  }
  batch.Clear();
  if (session_.close_after_reply) input = {};
  Keep(input);
  if (!closed_) Flush();
}

std::string_view Connection::PutBack(size_t executed, std::string_view rest) {
  const RequestBatch& batch = thread_->batch();
  if (executed == batch.size()) return rest;
  std::string bytes;
  for (size_t i = executed; i < batch.size(); ++i) AppendEncodedCommand(batch[i], &bytes);
  bytes.append(rest);
  parser_.Reset();
  pending_.capacity = pending_.size = bytes.size();
  pending_.bytes = std::make_unique_for_overwrite<char[]>(bytes.size());
  std::memcpy(pending_.bytes.get(), bytes.data(), bytes.size());
  return {pending_.bytes.get(), pending_.size};
}

void Connection::Resume(uint64_t wait, const Continuation& then) {
  if (closed_) return;
  SeeLog();
  ReplyBuilder reply(&thread_->reply_buffer());
  if (thread_->dispatcher().Resume(session_, wait, then, reply)) GoOn();
}

void Connection::ResumeIfDue() {
  if (closed_) return;
  ReplyBuilder reply(&thread_->reply_buffer());
  if (thread_->dispatcher().ResumeIfDue(session_, reply)) GoOn();
}

void Connection::GoOn() {
  SetDeadline(WaitOptions::kNoDeadline);
  Process({pending_.bytes.get(), pending_.size});
}

void Connection::SetDeadline(uint64_t deadline_ms) {
  if (deadline_ms == deadline_ms_) return;
  thread_->MoveDeadline(session_.id(), deadline_ms_, deadline_ms);
  deadline_ms_ = deadline_ms;
}

void Connection::Keep(std::string_view rest) {
  session_.input_bytes.store(Clamped(rest.size()), std::memory_order_relaxed);
  if (rest.empty()) {
    pending_ = {};
    session_.input_capacity.store(0, std::memory_order_relaxed);
    return;
  }
  const auto limit = static_cast<size_t>(thread_->dispatcher().config().client_query_buffer_limit);
  if (rest.size() > limit) {
    logging::Warning("Closing client that reached max query buffer length: id={} addr={} qbuf={}",
                     session_.id(), session_.peer().address, rest.size());
    thread_->dispatcher().stats().query_buffer_disconnections.Add();
    return Close();
  }
  if (pending_.bytes != nullptr && rest.data() >= pending_.bytes.get() &&
      rest.data() < pending_.bytes.get() + pending_.capacity) {
    if (rest.data() != pending_.bytes.get()) {
      std::memmove(pending_.bytes.get(), rest.data(), rest.size());
    }
    pending_.size = rest.size();
  } else {
    Pending kept;
    kept.capacity = std::max(rest.size(), std::min(parser_.bytes_wanted(), kFirstPendingBytes));
    kept.bytes = std::make_unique_for_overwrite<char[]>(kept.capacity);
    kept.size = rest.size();
    std::memcpy(kept.bytes.get(), rest.data(), rest.size());
    pending_ = std::move(kept);
  }
  session_.input_capacity.store(Clamped(pending_.capacity), std::memory_order_relaxed);
}

bool Connection::GrowPending(size_t wanted) {
  // Not far beyond what the request is known to need: a value of 512 MB must not take a buffer of a
  // gigabyte. But by a part of what there is in any case: of a request of many small arguments only
  // the next one is known, and to grow by that much each time would copy all the others as often.
  // (While the session waits nothing is parsed, so nobody knows.)
  const size_t needed = session_.is_waiting() ? wanted : parser_.bytes_wanted();
  // What is missing at the end is taken at once, too.
  const size_t useful = needed <= wanted + wanted / 8 ? needed : wanted;
  const size_t part = std::max(pending_.capacity / 8, kLeastGrowth);
  const size_t capacity = std::max(useful, pending_.capacity + part);
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(bytes.get(), pending_.bytes.get(), pending_.size);
  pending_.bytes = std::move(bytes);
  pending_.capacity = capacity;
  session_.input_capacity.store(Clamped(capacity), std::memory_order_relaxed);
  return true;
}

ByteStream::Result Connection::WriteReplies(const ReplyBuffer& replies) {
  if (!replies.segments().empty()) return stream_->Write(PiecesOf(replies, kPiecesPerWrite));
  const iovec whole = {const_cast<char*>(replies.bytes().data()), replies.size()};
  return stream_->Write({&whole, 1});
}

bool Connection::IsHeld() {
  if (hold_ != Hold::kNone) return true;
  ReplyGate& gate = *thread_->gate();
  if (!gate.is_used() || gate.IsSafe(session_.seen_effect)) return false;
  if (gate.has_failed() && gate.IsSafe(session_.own_effect)) return false;
  hold_ = Hold::kHeld;
  thread_->Hold(shared_from_this());
  return true;
}

void Connection::SeeLog() {
  if (thread_->gate()->is_used()) session_.SeeEffect(thread_->log_end());
}

void Connection::Release(bool failed) {
  const bool has_input = std::exchange(hold_, Hold::kNone) == Hold::kHeldWithInput;
  if (closed_) return;
  if (failed && !thread_->gate()->IsSafe(session_.own_effect)) {
    logging::Warning("Closing client whose write is not in the append-only file: id={} addr={}",
                     session_.id(), session_.peer().address);
    return Close();
  }
  if (!waiting_to_write_) WriteQueue();
  if (!has_input) return;
  if (!closed_ && !session_.close_after_reply && !session_.is_waiting()) {
    Process({pending_.bytes.get(), pending_.size});
  }
}

void Connection::Flush() {
  ReplyBuffer& replies = thread_->reply_buffer();
  if (closing_) return replies.Clear();
  size_t sent = 0;
  // As on Redis, a client whose replies are over the limit gets nothing of them.
  if (replies.total_size() > kUncountedReplyBytes && IsOverOutputLimit(thread_->now_ms())) {
    return Close();
  }
  const bool held = !replies.empty() && IsHeld();
  if (!replies.empty() && queue_ == nullptr && !held) {
    const ByteStream::Result result = WriteReplies(replies);
    if (result.status == ByteStream::Status::kClosed) {
      replies.Clear();
      return Close();
    }
    sent = result.bytes;
    thread_->dispatcher().stats().output_bytes.Add(sent);
    thread_->dispatcher().stats().writes.Add();
  }
  if (sent < replies.total_size()) {
    if (queue_ == nullptr) queue_ = std::make_unique<OutputQueue>();
    queue_->Append(&replies, sent);
    if (IsOverOutputLimit(thread_->now_ms())) return Close();
    if (!held) WaitForWriting();
  } else {
    replies.Clear();
  }
  AfterOutput();
}

void Connection::AfterOutput() {
  session_.output_bytes.store(queue_ == nullptr ? 0 : queue_->bytes(), std::memory_order_relaxed);
  AccountMemory();
  if (session_.close_after_reply && queue_ == nullptr) Close();
}

void Connection::AccountMemory() {
  if (closed_) return;
  Dispatcher& dispatcher = thread_->dispatcher();
  ChargeClient(dispatcher.services(), dispatcher.config(), &session_);
  // It may have been this client that took the most: what it has sent is not executed any more.
  if (session_.close_requested()) Close();
}

void Connection::WaitForWriting() {
  if (std::exchange(waiting_to_write_, true)) return;
  stream_->WaitWritable(shared_from_this());
}

void Connection::OnWritable(bool usable) {
  const IoThread::Cycle cycle(thread_);
  waiting_to_write_ = false;
  if (closed_ || closing_) return;
  if (!usable) return Close();
  WriteQueue();
  if (!closed_ && queue_ == nullptr) SendFeed();
}

void Connection::WriteQueue() {
  while (queue_ != nullptr && !closing_ && !IsHeld()) {
    const ByteStream::Result result = stream_->Write(queue_->Front(kPiecesPerWrite));
    if (result.status == ByteStream::Status::kClosed) return Close();
    if (result.status == ByteStream::Status::kWouldBlock) {
      WaitForWriting();
      break;
    }
    ThreadStats& stats = thread_->dispatcher().stats();
    Counter& sent = session_.feed() != nullptr ? stats.replica_output_bytes : stats.output_bytes;
    sent.Add(result.bytes);
    queue_->Consume(result.bytes);
    if (queue_->empty()) queue_ = nullptr;
  }
  AfterOutput();
}

void Connection::SendFeed() {
  ReplicaFeed* feed = session_.feed();
  if (closed_ || feed == nullptr) return;
  // While replies wait, the stream waits in the journal, where all its readers share the bytes, and
  // the file stays on the disk.
  if (queue_ == nullptr) {
    std::string bytes;
    if (!feed->Take(kFeedPortion, &bytes)) return Close();
    if (bytes.empty()) return;
    queue_ = std::make_unique<OutputQueue>();
    queue_->Append(std::move(bytes));
    SeeLog();
    WriteQueue();
    if (!closed_ && feed->HasMore()) WaitForWriting();
  }
  if (!closed_ && IsOverOutputLimit(thread_->now_ms())) Close();
}

void Connection::Deliver(std::string_view bytes) {
  if (closed_ || session_.close_after_reply) return;
  if (queue_ == nullptr) queue_ = std::make_unique<OutputQueue>();
  queue_->Append(bytes);
  SeeLog();
}

void Connection::QueuePush(const Publication& publication) {
  // What the client has left meanwhile it does not want to hear of any more.
  if (closed_ || session_.subscription_count() == 0 ||
      !session_.subscriptions().Contains(publication.kind, publication.subscription)) {
    return;
  }
  if (queue_ == nullptr) queue_ = std::make_unique<OutputQueue>();
  const bool resp3 = session_.resp_version.load(std::memory_order_relaxed) >= 3;
  queue_->Append(std::string_view(resp3 ? ">" : "*"));
  queue_->Append(std::string_view(publication.encoded));
  SeeLog();
}

void Connection::SendPushes() {
  if (closed_ || queue_ == nullptr) return;
  if (!waiting_to_write_) WriteQueue();
  if (closed_) return;
  if (IsOverOutputLimit(thread_->now_ms())) return Close();
  AfterOutput();
}

size_t Connection::OutputBytes() {
  // Between two requests of this thread there are no replies but those of this client.
  const size_t built = thread_->reply_buffer().total_size();
  size_t bytes = built > kUncountedReplyBytes ? built - kUncountedReplyBytes : 0;
  if (queue_ != nullptr) bytes += queue_->bytes();
  if (session_.feed() != nullptr) bytes += session_.feed()->pending();
  return bytes;
}

bool Connection::IsOverOutputLimit(uint64_t now_ms) {
  ClientClass kind = session_.feed() != nullptr ? kClientReplica : kClientNormal;
  if (session_.subscription_count() > 0) kind = kClientPubsub;
  const OutputBufferLimit& limit = thread_->dispatcher().config().client_output_buffer_limit[kind];
  const auto bytes = static_cast<int64_t>(OutputBytes());
  const bool over_hard = limit.hard_bytes > 0 && bytes >= limit.hard_bytes;
  const bool over_soft = limit.soft_bytes > 0 && bytes >= limit.soft_bytes;
  if (!over_soft) {
    over_soft_limit_since_ms_ = 0;
  } else if (over_soft_limit_since_ms_ == 0) {
    over_soft_limit_since_ms_ = std::max(static_cast<uint32_t>(now_ms), 1u);
  }
  // Good for as long as the low bits do not come round: 49 days.
  const uint32_t over_for_ms = static_cast<uint32_t>(now_ms) - over_soft_limit_since_ms_;
  const bool too_long = over_soft && over_for_ms > static_cast<uint64_t>(limit.soft_seconds) * 1000;
  if (!over_hard && !too_long) return false;
  logging::Warning(
      "Client id={} addr={} scheduled to be closed ASAP for overcoming of output buffer limits: "
      "omem={}",
      session_.id(), session_.peer().address, bytes);
  thread_->dispatcher().stats().output_buffer_disconnections.Add();
  return true;
}

void Connection::CheckLimits(uint64_t now_ms) {
  if (closed_) return;
  const auto timeout = static_cast<uint64_t>(thread_->dispatcher().config().timeout) * 1000;
  const uint64_t last = session_.last_interaction_ms.load(std::memory_order_relaxed);
  const bool may_be_idle =
      session_.feed() != nullptr || session_.is_waiting() || session_.subscription_count() > 0;
  if (timeout > 0 && !may_be_idle && now_ms > last && now_ms - last > timeout) {
    logging::Verbose("Closing idle client id={} addr={}", session_.id(), session_.peer().address);
    return Close();
  }
  if (IsOverOutputLimit(now_ms)) Close();
}

void Connection::Close() {
  if (closed_) return;
  if (thread_->PutOffClosing(shared_from_this())) {
    closing_ = true;
    return;
  }
  if (std::exchange(closed_, true)) return;
  thread_->dispatcher().Leave(session_);
  SetDeadline(WaitOptions::kNoDeadline);
  stream_->Close();
  queue_ = nullptr;
  pending_ = {};
  thread_->reply_buffer().Clear();
  thread_->Forget(session_);
}

}  // namespace redstart
