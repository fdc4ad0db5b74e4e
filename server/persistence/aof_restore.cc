#include "server/persistence/aof_restore.h"

#include <time.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "server/persistence/aof_folder.h"
#include "server/persistence/aof_manifest.h"
#include "server/persistence/aof_parser.h"
#include "storage/base/number.h"
#include "storage/disk/file.h"
#include "storage/disk/rdb_reader.h"

namespace redstart {
namespace {

struct Increment {
  std::string name;
  std::vector<int64_t> seconds;  // In which something was executed, if that is noted.
  uint64_t bytes = 0;
  uint64_t kept = 0;     // Of them, what was executed up to the second that is asked for.
  bool is_cut = false;   // There is more behind that.
  bool has_gap = false;  // Commands stand before the first time.
};

struct Generation {
  std::string base;
  int64_t begins = 0;  // The base's time.
  std::vector<Increment> increments;
};

std::string TextOf(const absl::Status& status) {
  return std::string(status.message());
}

std::string DateOf(int64_t second) {
  const time_t time = second;
  tm parts = {};
  gmtime_r(&time, &parts);
  char text[32];
  const size_t size = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
  return std::string(text, size) + " UTC (" + std::to_string(second) + ")";
}

absl::StatusOr<int64_t> TimeOfBase(const std::string& name, std::string_view bytes) {
  if (bytes.starts_with("REDIS")) {
    RdbReader reader(bytes, {.checksum = false});
    RdbRecord record;
    if (!reader.ReadHead()) return absl::DataLossError(name + ": " + reader.error());
    while (reader.Next(&record) == RdbReader::Item::kFact) {
      if (reader.name() == "ctime") return ParseInt64(reader.text()).value_or(0);
    }
  } else {
    AofParser parser(bytes);
    if (parser.Next() == AofParser::Item::kTime) return parser.second();
  }
  return absl::FailedPreconditionError(name + " does not say when it was made");
}

absl::StatusOr<Increment> ReadIncrement(const Config& config, const std::string& name,
                                        int64_t second) {
  const auto file = MappedFile::Open(aof_folder::PathOf(config, name));
  if (!file.ok()) return file.status();
  Increment increment = {.name = name, .bytes = file->bytes().size()};
  AofParser parser(file->bytes());
  for (;;) {
    const size_t at = parser.position();
    switch (parser.Next()) {
      case AofParser::Item::kCommand:
        increment.has_gap |= increment.seconds.empty();
        break;
      case AofParser::Item::kTime:
        increment.seconds.push_back(parser.second());
        if (parser.second() > second && !increment.is_cut) {
          increment.is_cut = true;
          increment.kept = at;
        }
        break;
      case AofParser::Item::kDamaged:
        return absl::DataLossError(name + " is damaged at offset " +
                                   std::to_string(parser.position()));
      case AofParser::Item::kEnd:
      case AofParser::Item::kCutOff:
        if (!increment.is_cut) increment.kept = parser.position();
        return increment;
    }
  }
}

// All generations there are, the oldest first.
absl::StatusOr<std::vector<Generation>> ReadGenerations(const Config& config, int64_t second) {
  const auto manifest = aof_folder::ReadManifest(config);
  if (!manifest.ok()) return manifest.status();
  if (!manifest->base()) {
    return absl::NotFoundError("There is no append-only file with a base in " +
                               aof_folder::FolderOf(config));
  }
  std::vector<std::vector<std::string>> lists = {manifest->FilesToLoad()};
  std::vector<std::string> increments;
  for (const AofManifest::File& file : manifest->history()) {
    increments.push_back(file.name);
    if (AofManifest::IsIncrement(file.name)) continue;
    std::rotate(increments.begin(), increments.end() - 1, increments.end());
    lists.push_back(std::exchange(increments, {}));
  }
  std::reverse(lists.begin(), lists.end());
  std::vector<Generation> generations;
  for (const std::vector<std::string>& names : lists) {
    const auto base = MappedFile::Open(aof_folder::PathOf(config, names[0]));
    if (!base.ok()) return base.status();
    const auto begins = TimeOfBase(names[0], base->bytes());
    if (!begins.ok()) return begins.status();
    Generation generation = {.base = names[0], .begins = *begins};
    for (size_t i = 1; i < names.size(); ++i) {
      auto increment = ReadIncrement(config, names[i], second);
      if (!increment.ok()) return increment.status();
      generation.increments.push_back(std::move(*increment));
    }
    generations.push_back(std::move(generation));
  }
  return generations;
}

// The generation that holds the second, with its increments cut; or why there is none.
absl::StatusOr<Generation> Choose(const std::vector<Generation>& generations, int64_t second) {
  // A base of the same second may hold what was executed a moment later: then the generation before
  // it is the better one.
  const auto is_later = [second](const Generation& one) { return one.begins >= second; };
  auto behind = std::find_if(generations.begin(), generations.end(), is_later);
  if (behind == generations.begin() && behind->begins == second) ++behind;
  if (behind == generations.begin()) {
    return absl::FailedPreconditionError("The oldest base is of " + DateOf(behind->begins) +
                                         ": nothing before it can be restored");
  }
  Generation chosen = *(behind - 1);
  const bool is_last = behind == generations.end();
  for (size_t i = 0; i < chosen.increments.size(); ++i) {
    const Increment& one = chosen.increments[i];
    if (one.is_cut) {
      chosen.increments.resize(i + 1);
      break;
    }
    // Without times nobody can say whether what is there was executed by then, unless all of it
    // is asked for.
    if (one.has_gap && one.seconds.empty() && !(is_last && i + 1 == chosen.increments.size())) {
      return absl::FailedPreconditionError(one.name +
                                           " has no times in it (aof-timestamp-enabled was no): it "
                                           "cannot be cut at " +
                                           DateOf(second));
    }
  }
  return chosen;
}

std::string Describe(const Generation& generation) {
  std::string text = generation.base + ", of " + DateOf(generation.begins) + "\n";
  for (const Increment& one : generation.increments) {
    text += "  " + one.name + ", " + std::to_string(one.bytes) + " bytes";
    if (one.seconds.empty()) {
      text += one.bytes == 0 ? ", empty" : ", without times";
    } else {
      text += ", from " + DateOf(one.seconds.front()) + " to " + DateOf(one.seconds.back());
    }
    text += "\n";
  }
  return text;
}

absl::Status CopyBytes(const std::string& from, const std::string& to, uint64_t bytes) {
  const auto source = MappedFile::Open(from);
  if (!source.ok()) return source.status();
  auto file = OutputFile::Create(to + ".part", {});
  absl::Status status = file.status();
  if (status.ok()) status = (*file)->Write(source->bytes().substr(0, bytes));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = (*file)->Commit(to);
  return status;
}

}  // namespace

std::optional<int64_t> ParsePointInTime(std::string_view text) {
  if (const auto second = ParseInt64(text)) return *second >= 0 ? second : std::nullopt;
  std::string date(text);
  std::replace(date.begin(), date.end(), 'T', ' ');
  if (date.ends_with('Z')) date.pop_back();
  tm parts = {};
  const char* end = strptime(date.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&parts);
}

absl::StatusOr<std::string> DescribeRestore(const Config& config, int64_t second) {
  const auto generations = ReadGenerations(config, second);
  if (!generations.ok()) return generations.status();
  std::string text = "There is:\n";
  for (const Generation& one : *generations) text += Describe(one);
  const auto chosen = Choose(*generations, second);
  if (!chosen.ok()) return text + TextOf(chosen.status()) + ".\n";
  text += DateOf(second) + " would be made of:\n  " + chosen->base + "\n";
  for (const Increment& one : chosen->increments) {
    text += "  " + one.name + ", " + std::to_string(one.kept) + " of " + std::to_string(one.bytes) +
            " bytes\n";
  }
  return text;
}

absl::StatusOr<std::string> RestoreTo(const Config& config, int64_t second,
                                      const std::string& folder) {
  const auto generations = ReadGenerations(config, second);
  if (!generations.ok()) return generations.status();
  const auto chosen = Choose(*generations, second);
  if (!chosen.ok()) return chosen.status();
  Config target = config;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  target.dir = std::filesystem::absolute(folder, error);
  if (std::filesystem::exists(aof_folder::FolderOf(target), error)) {
    return absl::FailedPreconditionError(aof_folder::FolderOf(target) + " is there already");
  }
  absl::Status status = aof_folder::Create(target);
  AofManifest manifest;
  const bool is_rdb = chosen->base.ends_with(".rdb");
  const auto copy = [&](const std::string& from, const std::string& to, uint64_t bytes) {
    if (!status.ok()) return;
    status = CopyBytes(aof_folder::PathOf(config, from), aof_folder::PathOf(target, to), bytes);
  };
  copy(chosen->base, manifest.AddBase(target.appendfilename, is_rdb), UINT64_MAX);
  for (const Increment& one : chosen->increments) {
    copy(one.name, manifest.AddIncrement(target.appendfilename), one.kept);
  }
  // Last: without it there is nothing to load.
  if (status.ok()) status = aof_folder::WriteManifest(target, manifest);
  if (!status.ok()) return status;
  return "What was executed up to the end of " + DateOf(second) + " is in " +
         aof_folder::FolderOf(target) + ", made of " + chosen->base + " and " +
         std::to_string(chosen->increments.size()) + " increments.\n";
}

}  // namespace redstart
