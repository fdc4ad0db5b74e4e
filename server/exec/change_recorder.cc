#include "server/exec/change_recorder.h"

namespace redstart {
namespace {

// One huge effect must not stay with the thread for ever.
constexpr size_t kKeptBytes = size_t{1} << 20;

}  // namespace

void ChangeRecorder::Effect(absl::Span<const std::string_view> command) {
  replaced_ = true;
  if (active() && !muted_) Add(database_, command);
}

uint64_t ChangeRecorder::Append(const ShardLocks& locks) {
  const uint64_t end = AppendBlock();
  if (end != 0) locks.NoteEffect(end);
  return end;
}

uint64_t ChangeRecorder::AppendBlock() {
  FillBlock();
  const uint64_t end = journal_->Append(block_);
  Clear();
  return end;
}

void ChangeRecorder::CommitEach(const ShardLocks& locks) {
  if (pieces_.empty()) return;
  FillBlock();
  uint64_t end = 0;
  for (const Journal::Effect& effect : block_) end = journal_->Append({&effect, 1});
  if (end != 0) locks.NoteEffect(end);
  Clear();
}

void ChangeRecorder::FillBlock() {
  block_.clear();
  size_t begin = 0;
  for (const Piece& piece : pieces_) {
    const auto encoded = std::string_view(encoded_).substr(begin, piece.end - begin);
    block_.push_back({piece.database, encoded, piece.changes_data});
    begin = piece.end;
  }
}

void ChangeRecorder::Clear() {
  pieces_.clear();
  encoded_.clear();
  if (encoded_.capacity() > kKeptBytes) encoded_.shrink_to_fit();
}

void ChangeRecorder::Add(int database, absl::Span<const std::string_view> command,
                         bool changes_data) {
  AppendEncodedCommand(command, &encoded_);
  pieces_.push_back({database, encoded_.size(), changes_data});
}

}  // namespace redstart
