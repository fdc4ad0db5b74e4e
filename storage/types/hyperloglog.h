#ifndef REDSTART_STORAGE_TYPES_HYPERLOGLOG_H_
#define REDSTART_STORAGE_TYPES_HYPERLOGLOG_H_

// HyperLogLogs: strings that estimate how many different elements were added to them. Byte for byte
// those of Redis, so that values and DUMP payloads cross both ways.
//
// A value is a header of 16 bytes ("HYLL", the encoding, three unused bytes, the cached cardinality
// as a little-endian 64-bit integer whose top bit says that it is out of date) and 16,384 registers
// of 6 bits. Dense: one behind the other from the low bits of each byte up, 12,288 bytes. Sparse: a
// list of runs, see hyperloglog_sparse.h.
//
// Sources: Flajolet et al., "HyperLogLog" (2007); Otmar Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches" (arXiv:1702.01284) for the estimate; MurmurHash64A, which is
// in the public domain. Pure functions on bytes that the caller owns. A string can be set to
// anything, so everything here takes any bytes that IsHyperLogLog accepts and says what is corrupt.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redstart {

inline constexpr int kHllRegisters = 16384;
inline constexpr size_t kHllHeaderSize = 16;
inline constexpr size_t kHllDenseSize = kHllHeaderSize + kHllRegisters * 6 / 8;

// All registers, a byte each.
using HllRegisters = std::array<uint8_t, kHllRegisters>;

// The register that an element belongs to, and the value that it asks for: 1 to 51.
struct HllObservation {
  int index;
  uint8_t value;
};
HllObservation ObserveElement(std::string_view element);

// Whether header and size are those of a HyperLogLog. The runs of a sparse one are not looked at.
bool IsHyperLogLog(std::string_view bytes);
// The functions below REQUIRE IsHyperLogLog.
bool IsDenseHyperLogLog(std::string_view bytes);

// A sparse one without elements, whose cached cardinality (0) is valid.
std::string NewHyperLogLog();

enum class HllOutcome : uint8_t { kUnchanged, kRaised, kCorrupt };
// Raises the register to the value unless it has that or more, and marks the cached cardinality as
// out of date if it did. REQUIRES: IsDenseHyperLogLog.
HllOutcome RaiseDenseRegister(char* bytes, HllObservation observation);
// The same for either encoding. A sparse one becomes dense where it cannot hold the value, or where
// it would take more than `max_sparse_bytes` in all. Corrupt ones are left as they were.
HllOutcome RaiseRegister(std::string* bytes, HllObservation observation, size_t max_sparse_bytes);
// Raises each register to at least its value in `registers`, none of which may be lower than what
// `bytes` has: the last step of a merge.
void RaiseAllRegisters(std::string* bytes, const HllRegisters& registers, size_t max_sparse_bytes);
// Makes a sparse one dense. False if it is corrupt.
bool MakeDense(std::string* bytes);

// Raises each of `registers` to what `bytes` has. False, and `registers` in any state, if they are
// corrupt.
bool MergeRegisters(std::string_view bytes, HllRegisters* registers);

// The estimate: of a value (nullopt if it is corrupt), and of registers.
std::optional<uint64_t> EstimateCardinality(std::string_view bytes);
uint64_t EstimateCardinality(const HllRegisters& registers);
// What is cached, if it is valid.
std::optional<uint64_t> CachedCardinality(std::string_view bytes);
void CacheCardinality(char* bytes, uint64_t cardinality);
void InvalidateCardinality(char* bytes);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_HYPERLOGLOG_H_
