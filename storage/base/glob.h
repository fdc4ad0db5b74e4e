#ifndef REDSTART_STORAGE_BASE_GLOB_H_
#define REDSTART_STORAGE_BASE_GLOB_H_

// Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET and ACL use them: * ? [abc] [^abc]
// [a-z] and backslash. Bytes, not characters. The treatment of malformed patterns is that of
// Redis 7.2.6, and so is that '*' does not match the empty text (Redis's callers test for "*"
// themselves).
//
// Pure functions without allocation or recursion. Time is at most pattern times text: after a
// mismatch only the last star is moved, since an earlier one could only repeat what has failed. A
// pattern that goes through more than 1,000 stars matches nothing.

#include <string_view>

namespace redstart {

enum class GlobCase { kSensitive, kInsensitive };

bool GlobMatches(std::string_view pattern, std::string_view text,
                 GlobCase letter_case = GlobCase::kSensitive);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_GLOB_H_
