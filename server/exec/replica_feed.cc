#include "server/exec/replica_feed.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace redstart {

ReplicaFeed::~ReplicaFeed() {
  if (descriptor_ >= 0) close(descriptor_);
}

void ReplicaFeed::AttachJournal(Journal* journal) {
  if (!with_stream_) return;
  reader_ = std::make_unique<Journal::Reader>(journal, [this] { Tell(); });
}

void ReplicaFeed::Deliver(int descriptor, uint64_t size) {
  descriptor_ = descriptor;
  size_ = size;
  state_.store(State::kReady, std::memory_order_release);
  Tell();
}

void ReplicaFeed::Fail() {
  state_.store(State::kFailed, std::memory_order_release);
  Tell();
}

void ReplicaFeed::Tell() {
  mailbox_->Push({session_, Mailbox::Subject::kJournalBytes});
}

bool ReplicaFeed::Take(size_t max, std::string* out) {
  const State state = state_.load(std::memory_order_acquire);
  if (state != State::kReady) return state == State::kWaiting;
  if (!announced_) {
    // A bulk string without the line end: the stream follows at once.
    announced_ = true;
    out->append("$").append(std::to_string(size_)).append("\r\n");
  }
  if (taken_ < size_) return TakeFile(max, out);
  if (reader_ != nullptr) reader_->Take(max, out);
  return true;
}

bool ReplicaFeed::TakeFile(size_t max, std::string* out) {
  const size_t before = out->size();
  const size_t wanted = std::min<uint64_t>(max, size_ - taken_);
  out->resize(before + wanted);
  ssize_t got = 0;
  do {
    got = pread(descriptor_, out->data() + before, wanted, static_cast<off_t>(taken_));
  } while (got < 0 && errno == EINTR);
  out->resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got <= 0) return false;
  taken_ += static_cast<uint64_t>(got);
  if (taken_ == size_) {
    close(std::exchange(descriptor_, -1));
    file_taken_.store(true, std::memory_order_relaxed);
  }
  return true;
}

ReplicaFeed::Phase ReplicaFeed::phase() const {
  if (state_.load(std::memory_order_relaxed) != State::kReady) return Phase::kWaitsForFile;
  return file_taken_.load(std::memory_order_relaxed) ? Phase::kReadsStream : Phase::kReadsFile;
}

uint64_t ReplicaFeed::pending() const {
  if (state_.load(std::memory_order_acquire) != State::kReady || reader_ == nullptr) return 0;
  return reader_->pending();
}

bool ReplicaFeed::HasMore() const {
  if (state_.load(std::memory_order_acquire) != State::kReady) return false;
  return taken_ < size_ || pending() > 0;
}

}  // namespace redstart
