#include "storage/types/hyperloglog_sparse.h"

#include <array>
#include <cstddef>

#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr int kMaxShortZeros = 64;
constexpr int kMaxValueRun = 4;
constexpr uint8_t kLongZeroMark = 0x40;
constexpr uint8_t kValueMark = 0x80;
// From the run before the one that changed, so many are looked at for joining.
constexpr int kRunsToJoin = 5;

uint8_t ByteAt(std::string_view bytes, size_t at) {
  return static_cast<uint8_t>(bytes[at]);
}

// Registers per run by its first byte; 0 for runs of two bytes.
constexpr std::array<uint8_t, 256> kRunLengths = [] {
  std::array<uint8_t, 256> lengths{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (byte < kLongZeroMark) lengths[byte] = static_cast<uint8_t>(byte + 1);
    if (byte >= kValueMark) lengths[byte] = static_cast<uint8_t>((byte & 3) + 1);
  }
  return lengths;
}();

char ValueRun(uint8_t value, int length) {
  return static_cast<char>(kValueMark | (value - 1) << 2 | (length - 1));
}

// Where a register is.
struct Located {
  size_t at;
  int first;
  SparseRun run;
  // Where the run before begins: the same as `at` if there is none.
  size_t previous;
  int previous_first;
};

std::optional<Located> LocateFrom(std::string_view body, int index, SparseCursor from) {
  size_t at = from.at;
  int first = from.first;
  size_t previous = at;
  int previous_first = first;
  while (at < body.size()) {
    // This loop is what adding to a sparse HyperLogLog costs: a table instead of branches on the
    // kind of run, which cannot be predicted.
    int length = kRunLengths[ByteAt(body, at)];
    size_t bytes = 1;
    if (length == 0) [[unlikely]] {
      const std::optional<SparseRun> run = ReadSparseRun(body, at);
      if (!run) return std::nullopt;
      length = run->length;
      bytes = run->bytes;
    }
    if (index < first + length) {
      return Located{at, first, *ReadSparseRun(body, at), previous, previous_first};
    }
    previous = at;
    previous_first = first;
    at += bytes;
    first += length;
  }
  return std::nullopt;
}

// Zero to three runs, made to take the place of one.
class Replacement {
 public:
  void AddZeros(int length) {
    if (length <= 0) return;
    if (length > kMaxShortZeros) {
      Add(static_cast<char>(kLongZeroMark | (length - 1) >> 8));
      Add(static_cast<char>((length - 1) & 0xFF));
    } else {
      Add(static_cast<char>(length - 1));
    }
  }
  void AddValues(uint8_t value, int length) {
    if (length > 0) Add(ValueRun(value, length));
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  void Add(char byte) { bytes_[size_++] = byte; }

  char bytes_[5];
  size_t size_ = 0;
};

Replacement Split(const Located& found, HllObservation observation) {
  const int before = observation.index - found.first;
  const int behind = found.first + found.run.length - 1 - observation.index;
  Replacement runs;
  if (found.run.value == 0) {
    runs.AddZeros(before);
    runs.AddValues(observation.value, 1);
    runs.AddZeros(behind);
  } else {
    runs.AddValues(found.run.value, before);
    runs.AddValues(observation.value, 1);
    runs.AddValues(found.run.value, behind);
  }
  return runs;
}

// Joins neighbours of the same value, a few runs from `at` on.
void JoinRuns(std::string* bytes, size_t at) {
  for (int looked_at = 0; looked_at < kRunsToJoin && at < bytes->size(); ++looked_at) {
    const uint8_t byte = ByteAt(*bytes, at);
    if (byte < kValueMark) {
      at += byte < kLongZeroMark ? 1 : 2;
      continue;
    }
    if (at + 1 < bytes->size() && ByteAt(*bytes, at + 1) >= kValueMark) {
      const uint8_t next = ByteAt(*bytes, at + 1);
      const int length = kRunLengths[byte] + kRunLengths[next];
      if (byte >> 2 == next >> 2 && length <= kMaxValueRun) {
        (*bytes)[at] = static_cast<char>((byte & ~3) | (length - 1));
        bytes->erase(at + 1, 1);
        continue;  // The joined run may be joined with the next one.
      }
    }
    ++at;
  }
}

}  // namespace

std::optional<SparseRun> ReadSparseRun(std::string_view body, size_t at) {
  const uint8_t byte = ByteAt(body, at);
  if (byte >= kValueMark) {
    return SparseRun{kRunLengths[byte], static_cast<uint8_t>((byte >> 2 & 31) + 1), 1};
  }
  if (byte < kLongZeroMark) return SparseRun{kRunLengths[byte], 0, 1};
  if (at + 1 >= body.size()) return std::nullopt;
  return SparseRun{((byte & 63) << 8 | ByteAt(body, at + 1)) + 1, 0, 2};
}

SparseOutcome RaiseSparseRegister(std::string* bytes, size_t body_at, HllObservation observation,
                                  size_t max_bytes, SparseCursor* cursor) {
  if (observation.value > kMaxSparseValue) return SparseOutcome::kTooLarge;
  const std::string_view body = std::string_view(*bytes).substr(body_at);
  std::optional<Located> found = LocateFrom(body, observation.index, *cursor);
  // Joining needs the run before. The cursor's own is the first one seen from there.
  if (found && found->at == cursor->at && cursor->at != 0) {
    found = LocateFrom(body, observation.index, {});
  }
  if (!found) return SparseOutcome::kCorrupt;
  if (found->run.value >= observation.value) return SparseOutcome::kUnchanged;
  const Replacement runs = Split(*found, observation);
  const size_t added = runs.view().size();
  if (added > found->run.bytes && bytes->size() + added - found->run.bytes > max_bytes) {
    return SparseOutcome::kTooLarge;
  }
  bytes->replace(body_at + found->at, found->run.bytes, runs.view());
  JoinRuns(bytes, body_at + found->previous);
  *cursor = {found->previous, found->previous_first};
  return SparseOutcome::kRaised;
}

std::string DescribeSparseRuns(std::string_view body) {
  std::string text;
  for (size_t at = 0; at < body.size();) {
    const std::optional<SparseRun> run = ReadSparseRun(body, at);
    if (!run) break;
    if (at > 0) text.push_back(' ');
    if (run->value != 0) {
      text.append("v:").append(FormatInt64(run->value)).append(",");
    } else {
      text.append(run->is_long_zero() ? "Z:" : "z:");
    }
    text.append(FormatInt64(run->length));
    at += run->bytes;
  }
  return text;
}

}  // namespace redstart
