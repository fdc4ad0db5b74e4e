#include "server/persistence/aof_manifest.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "server/config/words.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr size_t kLongestLine = 1024;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kIncrementSuffix = ".incr.aof";
constexpr char kBase = 'b';
constexpr char kHistory = 'h';
constexpr char kIncrement = 'i';

absl::Status ErrorIn(std::string_view line, int number, std::string_view reason) {
  std::string text = "at line " + std::to_string(number);
  if (line.size() <= kLongestLine) text.append(" >>> '").append(line).append("'");
  return absl::DataLossError(text.append(": ").append(reason));
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == y;
  });
}

// As Redis: what a line needs quotes for.
bool NeedsQuotes(std::string_view name) {
  return name.empty() || std::any_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isspace(c) || !std::isprint(c) || c == '"' || c == '\'' || c == '\\';
         });
}

struct Line {
  AofManifest::File file;
  char type = 0;
};

// The reason why the words are none, or nothing.
std::string_view ParseWords(const std::vector<std::string>& words, Line* line) {
  constexpr std::string_view kInvalid = "Invalid AOF manifest file format";
  // More pairs may come with later versions.
  if (words.size() < 6 || words.size() % 2 != 0) return kInvalid;
  for (size_t i = 0; i < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (SameName(words[i], "file")) {
      if (value.find('/') != std::string::npos || value.find('\\') != std::string::npos) {
        return "File can't be a path, just a filename";
      }
      line->file.name = value;
    } else if (SameName(words[i], "seq")) {
      line->file.sequence = ParseInt64(value).value_or(0);
    } else if (SameName(words[i], "type")) {
      line->type = value.empty() ? '\0' : value[0];
    }
  }
  const bool whole = !line->file.name.empty() && line->file.sequence > 0 && line->type != 0;
  return whole ? std::string_view() : kInvalid;
}

void AppendLine(const AofManifest::File& file, char type, std::string* out) {
  out->append("file ").append(NeedsQuotes(file.name) ? QuoteWord(file.name) : file.name);
  out->append(" seq ").append(std::to_string(file.sequence)).append(" type ");
  out->append(1, type).append("\n");
}

}  // namespace

absl::StatusOr<AofManifest> AofManifest::Parse(std::string_view text) {
  if (text.empty()) return absl::DataLossError("Found an empty AOF manifest");
  AofManifest manifest;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view whole = text.substr(0, end);
    const bool has_end = end != std::string_view::npos;
    text.remove_prefix(has_end ? end + 1 : text.size());
    if (whole.starts_with('#')) continue;
    if (!has_end || whole.size() >= kLongestLine) {
      return ErrorIn(whole, number, "The AOF manifest file contains too long line");
    }
    const auto words = SplitWords(Trimmed(whole));
    Line line;
    std::string_view wrong = ParseWords(words.value_or(std::vector<std::string>()), &line);
    if (wrong.empty()) wrong = manifest.Add(std::move(line.file), line.type);
    if (!wrong.empty()) return ErrorIn(whole, number, wrong);
  }
  return manifest;
}

std::string_view AofManifest::Add(File file, char type) {
  switch (type) {
    case kBase:
      if (base_) return "Found duplicate base file information";
      last_base_ = file.sequence;
      base_ = std::move(file);
      return {};
    case kHistory:
      history_.push_back(std::move(file));
      return {};
    case kIncrement:
      if (file.sequence <= last_increment_) return "Found a non-monotonic sequence number";
      last_increment_ = file.sequence;
      increments_.push_back(std::move(file));
      return {};
    default:
      return "Unknown AOF file type";
  }
}

std::string AofManifest::Format() const {
  std::string text;
  if (base_) AppendLine(*base_, kBase, &text);
  for (const File& file : history_) AppendLine(file, kHistory, &text);
  for (const File& file : increments_) AppendLine(file, kIncrement, &text);
  return text;
}

std::vector<std::string> AofManifest::FilesToLoad() const {
  std::vector<std::string> names;
  if (base_) names.push_back(base_->name);
  for (const File& file : increments_) names.push_back(file.name);
  return names;
}

const std::string& AofManifest::AddBase(std::string_view stem, bool is_rdb) {
  if (base_) history_.insert(history_.begin(), *base_);
  ++last_base_;
  std::string name(stem);
  name.append(".").append(std::to_string(last_base_)).append(is_rdb ? ".base.rdb" : ".base.aof");
  base_ = File{std::move(name), last_base_};
  return base_->name;
}

const std::string& AofManifest::AddIncrement(std::string_view stem) {
  ++last_increment_;
  std::string name(stem);
  name.append(".").append(std::to_string(last_increment_)).append(kIncrementSuffix);
  increments_.push_back({std::move(name), last_increment_});
  return increments_.back().name;
}

void AofManifest::SetOldStyleBase(std::string_view name) {
  last_base_ = 1;
  base_ = File{std::string(name), last_base_};
}

void AofManifest::RetireIncrements(bool keep_last) {
  if (increments_.empty()) return;
  const auto end = increments_.end() - (keep_last ? 1 : 0);
  history_.insert(history_.begin(), increments_.begin(), end);
  increments_.erase(increments_.begin(), end);
}

std::vector<AofManifest::File> AofManifest::ForgetHistory(size_t generations) {
  // A generation ends with its base.
  auto kept = history_.begin();
  for (; kept != history_.end() && generations > 0; ++kept) {
    if (!IsIncrement(kept->name)) --generations;
  }
  std::vector<File> forgotten(kept, history_.end());
  history_.erase(kept, history_.end());
  return forgotten;
}

bool AofManifest::IsIncrement(std::string_view name) {
  return name.ends_with(kIncrementSuffix);
}

}  // namespace redstart
