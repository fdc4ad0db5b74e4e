#include "storage/base/common_subsequence.h"

#include <algorithm>
#include <cstdint>

namespace redstart {
namespace {

// For each pair of prefixes that end in different bytes: whether the shorter `a` has the longer
// subsequence.
class ShorterAWins {
 public:
  ShorterAWins(size_t a_size, size_t b_size)
      : words_per_row_((b_size + 63) / 64), words_(a_size * words_per_row_) {}

  void Set(size_t a_last, size_t b_last) {
    words_[a_last * words_per_row_ + b_last / 64] |= uint64_t{1} << b_last % 64;
  }
  bool Get(size_t a_last, size_t b_last) const {
    return (words_[a_last * words_per_row_ + b_last / 64] >> b_last % 64 & 1) != 0;
  }

 private:
  size_t words_per_row_;
  std::vector<uint64_t> words_;
};

// Calls note(a_last, b_last) for those pairs, and returns the length.
template <typename Note>
size_t FillRows(std::string_view a, std::string_view b, Note&& note) {
  // lengths[j]: of the prefix of `a` so far, without its last byte right of j, and b[0..j).
  std::vector<uint32_t> lengths(b.size() + 1);
  for (size_t i = 0; i < a.size(); ++i) {
    uint32_t shorter_both = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const uint32_t shorter_a = lengths[j + 1];
      const uint32_t shorter_b = lengths[j];
      if (a[i] == b[j]) {
        lengths[j + 1] = shorter_both + 1;
      } else {
        if (shorter_a > shorter_b) note(i, j);
        lengths[j + 1] = std::max(shorter_a, shorter_b);
      }
      shorter_both = shorter_a;
    }
  }
  return lengths.back();
}

}  // namespace

size_t CommonSubsequenceLength(std::string_view a, std::string_view b) {
  return FillRows(a, b, [](size_t, size_t) {});
}

CommonSubsequence FindCommonSubsequence(std::string_view a, std::string_view b) {
  ShorterAWins shorter_a(a.size(), b.size());
  size_t left = FillRows(a, b, [&](size_t i, size_t j) { shorter_a.Set(i, j); });
  CommonSubsequence found;
  found.text.resize(left);
  bool in_run = false;
  for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      found.text[--left] = a[--i];
      --j;
      if (!in_run) found.runs.push_back({});
      found.runs.back() = {i, j, found.runs.back().length + 1};
      in_run = true;
    } else {
      shorter_a.Get(i - 1, j - 1) ? --i : --j;
      in_run = false;
    }
  }
  return found;
}

}  // namespace redstart
