#include "storage/disk/effect_log.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace redstart {
namespace {

constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";

// "<kind><number>\r\n"
void AppendLength(char kind, size_t number, std::string* out) {
  std::array<char, 24> text;
  text[0] = kind;
  char* end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out->append(text.data(), static_cast<size_t>(end - text.data()));
}

}  // namespace

void EffectLog::Open() {
  open_ = true;
  selected_ = -1;
  second_ = 0;
}

void EffectLog::Close() {
  open_ = false;
  has_section_ = false;
  section_ = {};
  bytes_ = {};
}

uint64_t EffectLog::Append(absl::Span<const JournalEffect> block) {
  if (!open_) return 0;
  const auto changes_data = [](const JournalEffect& effect) { return effect.changes_data; };
  if (std::none_of(block.begin(), block.end(), changes_data)) return end();
  const size_t before = bytes_.size();
  if (timestamps_) AppendTime();
  if (block.size() > 1) bytes_ += kMulti;
  for (const JournalEffect& effect : block) {
    if (!effect.changes_data) continue;
    if (effect.database != selected_) {
      AppendEncodedCommand({"SELECT", std::to_string(effect.database)}, &bytes_);
      selected_ = effect.database;
    }
    bytes_ += effect.encoded;
  }
  if (block.size() > 1) bytes_ += kExec;
  end_.store(end() + bytes_.size() - before, std::memory_order_release);
  return end();
}

void EffectLog::AppendTime() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec <= second_) return;
  second_ = now.tv_sec;
  bytes_.append("#TS:").append(std::to_string(second_)).append("\r\n");
}

void EffectLog::EndSection() {
  section_ += std::exchange(bytes_, {});
  section_end_ = end();
  has_section_ = true;
  selected_ = -1;
  second_ = 0;
}

EffectLog::Portion EffectLog::Take(std::string recycled) {
  recycled.clear();
  if (std::exchange(has_section_, false)) {
    return {std::exchange(section_, std::move(recycled)), section_end_, true};
  }
  return {std::exchange(bytes_, std::move(recycled)), end(), false};
}

void AppendEncodedCommand(absl::Span<const std::string_view> args, std::string* out) {
  AppendLength('*', args.size(), out);
  for (const std::string_view arg : args) {
    AppendLength('$', arg.size(), out);
    out->append(arg).append("\r\n");
  }
}

}  // namespace redstart
