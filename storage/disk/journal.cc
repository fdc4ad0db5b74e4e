#include "storage/disk/journal.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace redstart {
namespace {

constexpr size_t kChunkBytes = 16 * 1024;

std::string EncodedCommand(std::initializer_list<std::string_view> args) {
  std::string encoded;
  AppendEncodedCommand({args.begin(), args.size()}, &encoded);
  return encoded;
}

}  // namespace

struct Journal::Chunk {
  ~Chunk() {
    // Iteratively: a slow reader's chain may be long enough to overflow the stack. The first
    // destructor of a chain lets go of the chunks one by one; those of the others hand it what
    // follows them. (Asking use_count() who else holds a chunk would be a race.)
    thread_local std::shared_ptr<Chunk>* t_rest = nullptr;
    if (t_rest != nullptr) {
      *t_rest = std::move(next);
      return;
    }
    std::shared_ptr<Chunk> rest = std::move(next);
    t_rest = &rest;
    while (rest != nullptr) {
      const std::shared_ptr<Chunk> first = std::move(rest);
    }
    t_rest = nullptr;
  }

  size_t size = 0;
  std::shared_ptr<Chunk> next;
  std::array<char, kChunkBytes> bytes;
};

Journal::Reader::Reader(Journal* journal, std::function<void()> wake)
    : journal_(journal), wake_(std::move(wake)) {
  const MutexLock lock(&journal->mutex_);
  if (journal->tail_ == nullptr) journal->tail_ = std::make_shared<Chunk>();
  chunk_ = journal->tail_;
  at_ = chunk_->size;
  offset_ = journal->end_offset();
  journal->readers_.push_back(this);
  journal->CountUsers();
  journal->selected_ = -1;  // The new reader must be told the database.
}

Journal::Reader::~Reader() {
  const MutexLock lock(&journal_->mutex_);
  std::erase(journal_->readers_, this);
  journal_->CountUsers();
  if (journal_->readers_.empty()) journal_->tail_ = nullptr;
}

void Journal::Reader::Take(size_t max, std::string* out) {
  const MutexLock lock(&journal_->mutex_);
  while (max > 0) {
    if (at_ == chunk_->size) {
      if (chunk_->next == nullptr) break;
      chunk_ = chunk_->next;
      at_ = 0;
      continue;
    }
    const size_t count = std::min(max, chunk_->size - at_);
    out->append(chunk_->bytes.data() + at_, count);
    at_ += count;
    offset_ += count;
    max -= count;
  }
  if (offset_ == journal_->end_offset()) woken_ = false;
}

uint64_t Journal::Reader::pending() const {
  const MutexLock lock(&journal_->mutex_);
  return journal_->end_offset() - offset_;
}

Journal::~Journal() = default;

void Journal::CountUsers() {
  users_.store(readers_.size() * 2 * kLog + (log_.is_open() ? kLog : 0), std::memory_order_relaxed);
}

uint64_t Journal::Append(absl::Span<const Effect> block) {
  if (block.empty()) return 0;
  const MutexLock lock(&mutex_);
  if (!readers_.empty()) AppendToStream(block);
  return log_.Append(block);
}

void Journal::AppendToStream(absl::Span<const Effect> block) {
  static const std::string kMulti = EncodedCommand({"MULTI"});
  static const std::string kExec = EncodedCommand({"EXEC"});
  if (block.size() > 1) Write(kMulti);
  for (const Effect& effect : block) {
    if (effect.database != selected_) {
      Write(EncodedCommand({"SELECT", std::to_string(effect.database)}));
      selected_ = effect.database;
    }
    Write(effect.encoded);
  }
  if (block.size() > 1) Write(kExec);
  Wake();
}

void Journal::OpenLog() {
  const MutexLock lock(&mutex_);
  log_.Open();
  CountUsers();
}

void Journal::CloseLog() {
  const MutexLock lock(&mutex_);
  log_.Close();
  CountUsers();
}

void Journal::SetLogTimestamps(bool on) {
  const MutexLock lock(&mutex_);
  log_.set_timestamps(on);
}

void Journal::EndLogSection() {
  const MutexLock lock(&mutex_);
  log_.EndSection();
}

EffectLog::Portion Journal::TakeLog(std::string recycled) {
  const MutexLock lock(&mutex_);
  return log_.Take(std::move(recycled));
}

size_t Journal::log_pending_bytes() const {
  const MutexLock lock(&mutex_);
  return log_.pending_bytes();
}

void Journal::AppendRaw(std::string_view encoded) {
  const MutexLock lock(&mutex_);
  if (readers_.empty()) return;
  Write(encoded);
  Wake();
}

void Journal::Write(std::string_view bytes) {
  end_.store(end_offset() + bytes.size(), std::memory_order_relaxed);
  while (!bytes.empty()) {
    if (tail_->size == kChunkBytes) {
      auto next = std::make_shared<Chunk>();
      tail_->next = next;
      tail_ = std::move(next);
    }
    const size_t count = std::min(bytes.size(), kChunkBytes - tail_->size);
    std::memcpy(tail_->bytes.data() + tail_->size, bytes.data(), count);
    tail_->size += count;
    bytes.remove_prefix(count);
  }
}

void Journal::Wake() {
  for (Reader* reader : readers_) {
    if (std::exchange(reader->woken_, true)) continue;
    reader->wake_();
  }
}

}  // namespace redstart
