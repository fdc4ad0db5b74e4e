#ifndef REDSTART_STORAGE_BASE_SHA1_H_
#define REDSTART_STORAGE_BASE_SHA1_H_

// SHA-1 (FIPS 180-4): the names of scripts, and DEBUG DIGEST. For compatibility, not for security.
// Pure functions.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

using Sha1Digest = std::array<uint8_t, 20>;

Sha1Digest Sha1(std::string_view bytes);
// Forty small hexadecimal digits.
std::string ToHex(const Sha1Digest& digest);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SHA1_H_
