#ifndef REDSTART_PROTOCOL_NUMBER_TEXT_H_
#define REDSTART_PROTOCOL_NUMBER_TEXT_H_

// How numbers are spelt on the wire. The protocol may not include storage, which has a number.h of
// its own for the numbers inside values; both follow the same rules, and their tests hold the same
// table of examples.
//
// Integers are canonical decimals: no '+', no spaces, no leading zeros, no "-0". Doubles have the
// shortest digits that read back as the same double, laid out as Redis 7.2 lays them out ("100000",
// "1e-7", "1.5e+25"). No state, no locks.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

// True and *value set if `text` is exactly a canonical decimal within int64.
bool ParseWireInteger(std::string_view text, int64_t* value);

// Longest text of FormatWireDouble: sign, 17 digits, point, "e-308".
inline constexpr size_t kMaxWireDoubleChars = 32;

// Writes the text at `out` (room for kMaxWireDoubleChars) and returns its end.
char* FormatWireDouble(double value, char* out);

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_NUMBER_TEXT_H_
