#include "server/scripting/library_source.h"

#include <algorithm>
#include <cctype>

#include "server/config/words.h"
#include "server/exec/arg_reader.h"
#include "storage/disk/rdb_opcodes.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/disk/value_codec.h"

namespace redstart {

bool IsFunctionName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::optional<LibrarySource> ReadLibrarySource(std::string_view source, std::string* error) {
  const auto refuse = [&](std::string_view text) {
    *error = text;
    return std::nullopt;
  };
  if (!source.starts_with("#!")) return refuse("Missing library metadata");
  const size_t end = source.find('\n');
  if (end == std::string_view::npos) return refuse("Invalid library metadata");
  const auto words = SplitWords(source.substr(0, end));
  if (!words || words->empty()) return refuse("Invalid library metadata");
  constexpr std::string_view kName = "name=";
  std::optional<std::string> name;
  for (size_t i = 1; i < words->size(); ++i) {
    const std::string_view word = (*words)[i];
    if (!SameWord(word.substr(0, kName.size()), kName)) {
      return refuse(std::string("Invalid metadata value given: ").append(word));
    }
    if (name) return refuse("Invalid metadata value, name argument was given multiple times");
    name = word.substr(kName.size());
  }
  if (!name) return refuse("Library name was not given");
  if (!IsFunctionName(*name)) return refuse(kBadFunctionName);
  const std::string engine = words->front().substr(2);
  if (!SameWord(engine, "lua")) return refuse("Engine '" + engine + "' not found");
  return LibrarySource{*name, source.substr(end)};
}

std::string DumpSources(absl::Span<const std::string> sources) {
  std::string payload;
  for (const std::string& source : sources) {
    payload.push_back(static_cast<char>(kRdbFunction));
    AppendRdbString(source, RdbCompression::kOn, &payload);
  }
  AppendDumpFooter(&payload);
  return payload;
}

std::optional<std::vector<std::string>> ReadDumpedSources(std::string_view payload,
                                                          std::string* error) {
  const auto body = CheckDumpPayload(payload);
  if (!body) {
    *error = "DUMP payload version or checksum are wrong";
    return std::nullopt;
  }
  std::vector<std::string> sources;
  RdbInput input(*body);
  while (!input.AtEnd()) {
    const std::optional<uint8_t> type = input.ReadByte();
    if (type == kRdbOldFunction) {
      *error = "Pre-GA function format not supported";
      return std::nullopt;
    }
    if (type != kRdbFunction) {
      *error = "given type is not a function";
      return std::nullopt;
    }
    std::optional<std::string> source = input.ReadString();
    if (!source) {
      *error = "Failed loading library code";
      return std::nullopt;
    }
    sources.push_back(*std::move(source));
  }
  return sources;
}

}  // namespace redstart
