#ifndef REDSTART_STORAGE_BASE_CRC64_H_
#define REDSTART_STORAGE_BASE_CRC64_H_

// The CRC64 at the end of RDB files and DUMP payloads: the polynomial of D. T. Jones ("An Improved
// 64-bit Cyclic Redundancy Check for Protein Sequences", 2009), 0xad93d23594c935a9, bits reflected,
// start and final value 0. Eight bytes per step with eight tables (slicing-by-8: Kounavis and
// Berry, 2005). Pure; the tables are constants of 16 KiB.

#include <cstdint>
#include <string_view>

namespace redstart {

// Continues `crc` (0 for the first piece) over `bytes`. Crc64(0, "123456789") is
// 0xe9c6d914c4b8d9ca.
uint64_t Crc64(uint64_t crc, std::string_view bytes);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_CRC64_H_
