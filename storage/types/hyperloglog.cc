#include "storage/types/hyperloglog.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "storage/types/hyperloglog_sparse.h"

namespace redstart {
namespace {

constexpr std::string_view kMagic = "HYLL";
constexpr size_t kEncodingAt = 4;
constexpr size_t kCardinalityAt = 8;
constexpr char kDense = 0;
constexpr char kSparse = 1;
// The top bit of the cached cardinality's last byte.
constexpr uint8_t kOutOfDate = 0x80;

// The hash is 64 bits: 14 choose the register, the run of zeros above them is its value.
constexpr int kIndexBits = 14;
constexpr int kValueBits = 64 - kIndexBits;
constexpr int kRegisterBits = 6;
constexpr int kMaxRegister = (1 << kRegisterBits) - 1;
constexpr uint64_t kHashSeed = 0xadc83b19;

// How many registers have each value.
using Histogram = std::array<int, kMaxRegister + 1>;

uint64_t LoadLittleEndian(const char* from, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

uint64_t MurmurHash64A(std::string_view key, uint64_t seed) {
  constexpr uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr int kShift = 47;
  uint64_t hash = seed ^ (key.size() * kMultiplier);
  const char* at = key.data();
  const size_t rest = key.size() % 8;
  for (const char* const end = at + (key.size() - rest); at != end; at += 8) {
    uint64_t word = LoadLittleEndian(at, 8) * kMultiplier;
    word ^= word >> kShift;
    hash = (hash ^ word * kMultiplier) * kMultiplier;
  }
  if (rest != 0) hash = (hash ^ LoadLittleEndian(at, rest)) * kMultiplier;
  hash = (hash ^ hash >> kShift) * kMultiplier;
  return hash ^ hash >> kShift;
}

std::string_view BodyOf(std::string_view bytes) {
  return bytes.substr(kHllHeaderSize);
}

// Eight registers take six bytes: 48 bits to eight bytes in three steps, and back.
uint64_t Spread(uint64_t packed) {
  uint64_t x = (packed & 0xFFFFFF) | (packed & 0xFFFFFF000000) << 8;
  x = (x & 0x00000FFF00000FFF) | (x & 0x00FFF00000FFF000) << 4;
  return (x & 0x003F003F003F003F) | (x & 0x0FC00FC00FC00FC0) << 2;
}

uint64_t Squeeze(uint64_t spread) {
  uint64_t x = (spread & 0x003F003F003F003F) | (spread & 0x3F003F003F003F00) >> 2;
  x = (x & 0x00000FFF00000FFF) | (x & 0x0FFF00000FFF0000) >> 4;
  return (x & 0xFFFFFF) | (x & 0x00FFFFFF00000000) >> 8;
}

// `body` is that of a dense one.
void UnpackRegisters(const char* body, HllRegisters* registers) {
  for (size_t i = 0; i < kHllRegisters / 8; ++i) {
    const uint64_t eight = Spread(LoadLittleEndian(body + i * 6, 6));
    std::memcpy(registers->data() + i * 8, &eight, 8);
  }
}

void PackRegisters(const HllRegisters& registers, char* body) {
  for (size_t i = 0; i < kHllRegisters / 8; ++i) {
    uint64_t eight;
    std::memcpy(&eight, registers.data() + i * 8, 8);
    const uint64_t packed = Squeeze(eight);
    std::memcpy(body + i * 6, &packed, 6);
  }
}

// Replaces a sparse body by these registers.
void BecomeDense(std::string* bytes, const HllRegisters& registers) {
  bytes->resize(kHllDenseSize);
  (*bytes)[kEncodingAt] = kDense;
  PackRegisters(registers, bytes->data() + kHllHeaderSize);
}

void CountRegisters(const HllRegisters& registers, Histogram* histogram) {
  // Most registers of a small set are 0, and neighbours are often equal: four histograms keep one
  // increment from waiting for the one before.
  std::array<Histogram, 4> parts{};
  for (size_t i = 0; i < kHllRegisters; i += 4) {
    for (size_t part = 0; part < 4; ++part) ++parts[part][registers[i + part]];
  }
  for (const Histogram& part : parts) {
    for (size_t value = 0; value < part.size(); ++value) (*histogram)[value] += part[value];
  }
}

// Ertl's sigma and tau, whose sums end when a term changes nothing any more.
double Sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double sum = x;
  double weight = 1;
  double before;
  do {
    x *= x;
    before = sum;
    sum += x * weight;
    weight += weight;
  } while (sum != before);
  return sum;
}

double Tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double sum = 1 - x;
  double weight = 1;
  double before;
  do {
    x = std::sqrt(x);
    before = sum;
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
  } while (sum != before);
  return sum / 3;
}

uint64_t Estimate(const Histogram& histogram) {
  constexpr double kAlpha = 0.721347520444481703680;  // 1 / (2 ln 2)
  constexpr double kCount = kHllRegisters;
  // In this order of operations, because another one would round differently.
  double z = kCount * Tau((kCount - histogram[kValueBits + 1]) / kCount);
  for (int value = kValueBits; value >= 1; --value) {
    z += histogram[static_cast<size_t>(value)];
    z *= 0.5;
  }
  z += kCount * Sigma(histogram[0] / kCount);
  // Registers above 51, which no element makes, can leave z at 0. What x86-64 makes of infinity is
  // the smallest integer: the cached cardinality is then never valid.
  const double estimate = kAlpha * kCount * kCount / z;
  if (!(estimate < 0x1p63)) return uint64_t{1} << 63;
  return static_cast<uint64_t>(std::llround(estimate));
}

}  // namespace

HllObservation ObserveElement(std::string_view element) {
  const uint64_t hash = MurmurHash64A(element, kHashSeed);
  // The bit ends the run of zeros where there is no other.
  const uint64_t rest = hash >> kIndexBits | uint64_t{1} << kValueBits;
  return {static_cast<int>(hash % kHllRegisters), static_cast<uint8_t>(std::countr_zero(rest) + 1)};
}

bool IsHyperLogLog(std::string_view bytes) {
  if (bytes.size() < kHllHeaderSize || !bytes.starts_with(kMagic)) return false;
  const char encoding = bytes[kEncodingAt];
  return encoding == kSparse || (encoding == kDense && bytes.size() == kHllDenseSize);
}

bool IsDenseHyperLogLog(std::string_view bytes) {
  return bytes[kEncodingAt] == kDense;
}

std::string NewHyperLogLog() {
  std::string bytes(kHllHeaderSize, '\0');
  bytes.replace(0, kMagic.size(), kMagic);
  bytes[kEncodingAt] = kSparse;
  bytes.append("\x7f\xff");  // One run of 16,384 zeros.
  return bytes;
}

HllOutcome RaiseDenseRegister(char* bytes, HllObservation observation) {
  char* const body = bytes + kHllHeaderSize;
  const size_t bit = static_cast<size_t>(observation.index) * kRegisterBits;
  const size_t at = bit / 8;
  const int shift = static_cast<int>(bit % 8);
  // A register stands in one byte or two; the last one ends with the value.
  const size_t size = shift + kRegisterBits > 8 ? 2 : 1;
  auto word = static_cast<uint32_t>(LoadLittleEndian(body + at, size));
  if ((word >> shift & kMaxRegister) >= observation.value) return HllOutcome::kUnchanged;
  word = (word & ~(uint32_t{kMaxRegister} << shift)) | uint32_t{observation.value} << shift;
  std::memcpy(body + at, &word, size);
  InvalidateCardinality(bytes);
  return HllOutcome::kRaised;
}

HllOutcome RaiseRegister(std::string* bytes, HllObservation observation, size_t max_sparse_bytes) {
  if (IsDenseHyperLogLog(*bytes)) return RaiseDenseRegister(bytes->data(), observation);
  SparseCursor cursor;
  switch (RaiseSparseRegister(bytes, kHllHeaderSize, observation, max_sparse_bytes, &cursor)) {
    case SparseOutcome::kUnchanged:
      return HllOutcome::kUnchanged;
    case SparseOutcome::kCorrupt:
      return HllOutcome::kCorrupt;
    case SparseOutcome::kTooLarge:
      if (!MakeDense(bytes)) return HllOutcome::kCorrupt;
      return RaiseDenseRegister(bytes->data(), observation);
    case SparseOutcome::kRaised:
      break;
  }
  InvalidateCardinality(bytes->data());
  return HllOutcome::kRaised;
}

void RaiseAllRegisters(std::string* bytes, const HllRegisters& registers, size_t max_sparse_bytes) {
  InvalidateCardinality(bytes->data());
  if (!IsDenseHyperLogLog(*bytes)) {
    // One by one, because that is how the runs come to be the same as on Redis.
    SparseCursor cursor;
    SparseOutcome outcome = SparseOutcome::kUnchanged;
    for (int i = 0; i < kHllRegisters && outcome != SparseOutcome::kTooLarge; ++i) {
      const uint8_t value = registers[static_cast<size_t>(i)];
      if (value == 0) continue;
      outcome = RaiseSparseRegister(bytes, kHllHeaderSize, {i, value}, max_sparse_bytes, &cursor);
    }
    if (outcome != SparseOutcome::kTooLarge) return;
  }
  BecomeDense(bytes, registers);
}

bool MakeDense(std::string* bytes) {
  if (IsDenseHyperLogLog(*bytes)) return true;
  HllRegisters registers{};
  if (!MergeRegisters(*bytes, &registers)) return false;
  BecomeDense(bytes, registers);
  return true;
}

bool MergeRegisters(std::string_view bytes, HllRegisters* registers) {
  if (IsDenseHyperLogLog(bytes)) {
    HllRegisters others;
    UnpackRegisters(BodyOf(bytes).data(), &others);
    for (size_t i = 0; i < kHllRegisters; ++i) {
      (*registers)[i] = std::max((*registers)[i], others[i]);
    }
    return true;
  }
  return VisitSparseRuns(BodyOf(bytes), [registers](int first, const SparseRun& run) {
    if (run.value == 0) return;
    for (int i = first; i < first + run.length; ++i) {
      uint8_t& mine = (*registers)[static_cast<size_t>(i)];
      mine = std::max(mine, run.value);
    }
  });
}

std::optional<uint64_t> EstimateCardinality(std::string_view bytes) {
  if (IsDenseHyperLogLog(bytes)) {
    HllRegisters registers;
    UnpackRegisters(BodyOf(bytes).data(), &registers);
    return EstimateCardinality(registers);
  }
  Histogram histogram{};
  const bool is_sound = VisitSparseRuns(BodyOf(bytes), [&histogram](int, const SparseRun& run) {
    histogram[run.value] += run.length;
  });
  return is_sound ? std::optional(Estimate(histogram)) : std::nullopt;
}

uint64_t EstimateCardinality(const HllRegisters& registers) {
  Histogram histogram{};
  CountRegisters(registers, &histogram);
  return Estimate(histogram);
}

std::optional<uint64_t> CachedCardinality(std::string_view bytes) {
  const uint64_t cached = LoadLittleEndian(bytes.data() + kCardinalityAt, 8);
  return cached >> 63 == 0 ? std::optional(cached) : std::nullopt;
}

void CacheCardinality(char* bytes, uint64_t cardinality) {
  std::memcpy(bytes + kCardinalityAt, &cardinality, sizeof(cardinality));
}

void InvalidateCardinality(char* bytes) {
  char& last = bytes[kCardinalityAt + 7];
  last = static_cast<char>(static_cast<uint8_t>(last) | kOutOfDate);
}

}  // namespace redstart
