#ifndef REDSTART_STORAGE_TYPES_HYPERLOGLOG_SPARSE_H_
#define REDSTART_STORAGE_TYPES_HYPERLOGLOG_SPARSE_H_

// The body of a sparse HyperLogLog (hyperloglog.h): runs of registers with the same value, in the
// order of the registers, 16,384 in all. A run is one of
//
//   00llllll           l + 1 registers of 0 (1 to 64)
//   01llllll llllllll  l + 1 registers of 0 (1 to 16,384)
//   1vvvvvll           l + 1 registers (1 to 4) of v + 1 (1 to 32)
//
// How a run is split where a register rises, and which neighbours are joined afterwards, is part of
// the format: two servers that are sent the same elements hold the same bytes. Pure functions; they
// take any bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/types/hyperloglog.h"

namespace redstart {

// The largest value a run can have.
inline constexpr uint8_t kMaxSparseValue = 32;

struct SparseRun {
  int length;
  uint8_t value;
  uint8_t bytes;  // How many the run itself takes.
  bool is_long_zero() const { return bytes == 2; }
};
// The run that begins at `at`, which must be inside; nullopt if it is cut off.
std::optional<SparseRun> ReadSparseRun(std::string_view body, size_t at);

// Where to begin to look for a register: an earlier call's place, for registers that are raised in
// ascending order. Offsets count from the beginning of the body.
struct SparseCursor {
  size_t at = 0;
  int first = 0;  // The first register of the run there.
};

enum class SparseOutcome : uint8_t { kUnchanged, kRaised, kCorrupt, kTooLarge };
// Raises a register of the body that begins `body_at` bytes into `bytes`, unless it has the value
// or more. kTooLarge, and nothing changed, if the value is over kMaxSparseValue or `bytes` would
// grow beyond `max_bytes`. Runs behind the register's own are not looked at but for joining.
SparseOutcome RaiseSparseRegister(std::string* bytes, size_t body_at, HllObservation observation,
                                  size_t max_bytes, SparseCursor* cursor);

// Calls `visit(first register, run)` for every run, as long as they keep to the 16,384 registers.
// False if they do not make up exactly these.
template <typename Visitor>
bool VisitSparseRuns(std::string_view body, Visitor visit) {
  int first = 0;
  for (size_t at = 0; at < body.size();) {
    const std::optional<SparseRun> run = ReadSparseRun(body, at);
    if (!run || run->length > kHllRegisters - first) return false;
    visit(first, *run);
    first += run->length;
    at += run->bytes;
  }
  return first == kHllRegisters;
}

// For people, as PFDEBUG DECODE shows it: "Z:16383 v:2,1". What is cut off is left out.
std::string DescribeSparseRuns(std::string_view body);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_HYPERLOGLOG_SPARSE_H_
