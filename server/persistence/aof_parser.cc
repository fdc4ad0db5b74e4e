#include "server/persistence/aof_parser.h"

#include <algorithm>
#include <charconv>

namespace redstart {
namespace {

// Of a number in a length.
constexpr size_t kMostDigits = 12;
// No command has more; a larger number is a flipped bit.
constexpr uint64_t kMostArguments = uint64_t{1} << 31;

}  // namespace

AofParser::Item AofParser::Next() {
  if (at_ == file_.size()) return Item::kEnd;
  if (file_[at_] == '#') return Comment();
  size_t end = at_;
  switch (ParseCommand(&end, &args_)) {
    case Outcome::kWhole:
      at_ = end;
      return Item::kCommand;
    case Outcome::kShort:
      return HasCommandBehind(at_ + 1) ? Item::kDamaged : Item::kCutOff;
    case Outcome::kWrong:
      break;
  }
  return Item::kDamaged;
}

AofParser::Item AofParser::Comment() {
  const size_t end = file_.find('\n', at_);
  if (end == std::string_view::npos) return Item::kCutOff;
  std::string_view line = file_.substr(at_, end - at_);
  at_ = end + 1;
  constexpr std::string_view kTime = "#TS:";
  if (!line.starts_with(kTime)) return Next();
  line.remove_prefix(kTime.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), second_);
  return parsed.ec == std::errc() && parsed.ptr == line.data() + line.size() ? Item::kTime : Next();
}

AofParser::Outcome AofParser::ParseCommand(size_t* at, std::vector<std::string_view>* args) const {
  args->clear();
  uint64_t count = 0;
  if (const Outcome head = ParseLength('*', at, &count); head != Outcome::kWhole) return head;
  if (count == 0 || count > kMostArguments) return Outcome::kWrong;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t size = 0;
    if (const Outcome head = ParseLength('$', at, &size); head != Outcome::kWhole) return head;
    const std::string_view rest = file_.substr(*at);
    if (rest.size() < size + 2) return Outcome::kShort;
    if (rest.substr(size, 2) != "\r\n") return Outcome::kWrong;
    args->push_back(rest.substr(0, size));
    *at += size + 2;
  }
  return Outcome::kWhole;
}

AofParser::Outcome AofParser::ParseLength(char kind, size_t* at, uint64_t* number) const {
  const std::string_view rest = file_.substr(*at);
  if (rest.empty()) return Outcome::kShort;
  if (rest[0] != kind) return Outcome::kWrong;
  const std::string_view head = rest.substr(0, kMostDigits + 3);
  const size_t end = head.find('\r');
  const std::string_view digits = head.substr(1, end == std::string_view::npos ? end : end - 1);
  const bool are_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!are_digits) return Outcome::kWrong;
  if (end == std::string_view::npos || end + 1 == head.size()) {
    return head.size() == rest.size() ? Outcome::kShort : Outcome::kWrong;
  }
  if (digits.empty() || head[end + 1] != '\n') return Outcome::kWrong;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), *number);
  if (parsed.ec != std::errc()) return Outcome::kWrong;
  *at += end + 2;
  return Outcome::kWhole;
}

bool AofParser::HasCommandBehind(size_t begin) const {
  std::vector<std::string_view> args;
  constexpr std::string_view kBoundary = "\r\n*";
  for (size_t found = file_.find(kBoundary, begin); found != std::string_view::npos;
       found = file_.find(kBoundary, found + 1)) {
    size_t at = found + 2;
    if (ParseCommand(&at, &args) == Outcome::kWhole) return true;
  }
  return false;
}

}  // namespace redstart
