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

void ChangeRecorder::Append() {
  FillBlock();
  journal_->Append(block_);
  Clear();
}

void ChangeRecorder::CommitEach() {
  if (pieces_.empty()) return;
  FillBlock();
  for (const Journal::Effect& effect : block_) journal_->Append({&effect, 1});
  Clear();
}

void ChangeRecorder::FillBlock() {
  block_.clear();
  size_t begin = 0;
  for (const Piece& piece : pieces_) {
    block_.push_back({piece.database, std::string_view(encoded_).substr(begin, piece.end - begin)});
    begin = piece.end;
  }
}

void ChangeRecorder::Clear() {
  pieces_.clear();
  encoded_.clear();
  if (encoded_.capacity() > kKeptBytes) encoded_.shrink_to_fit();
}

void ChangeRecorder::Add(int database, absl::Span<const std::string_view> command) {
  AppendEncodedCommand(command, &encoded_);
  pieces_.push_back({database, encoded_.size()});
}

}  // namespace redstart
