#ifndef REDSTART_SERVER_SCRIPTING_LIBRARY_SOURCE_H_
#define REDSTART_SERVER_SCRIPTING_LIBRARY_SOURCE_H_

// The first line of a function library, "#!lua name=mylib", and the payload that FUNCTION DUMP
// makes of libraries: an RDB file's records of them, with version and checksum behind. Pure
// functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace redstart {

struct LibrarySource {
  std::string name;
  std::string_view code;  // What is compiled: from the end of the first line on.
};
// Nothing, and *error, if the first line is not as it must be.
std::optional<LibrarySource> ReadLibrarySource(std::string_view source, std::string* error);

// Letters, digits and underscores, and at least one of them.
bool IsFunctionName(std::string_view name);
inline constexpr char kBadFunctionName[] =
    "Library names can only contain letters, numbers, or underscores(_) and must be at least one "
    "character long";

std::string DumpSources(absl::Span<const std::string> sources);
// Nothing, and *error, if the payload is damaged or holds something else.
std::optional<std::vector<std::string>> ReadDumpedSources(std::string_view payload,
                                                          std::string* error);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LIBRARY_SOURCE_H_
