#ifndef REDSTART_STORAGE_BASE_COMMON_SUBSEQUENCE_H_
#define REDSTART_STORAGE_BASE_COMMON_SUBSEQUENCE_H_

// The longest common subsequence of two texts: the most bytes that both have in the same order,
// not necessarily side by side. What LCS answers.
//
// Of several longest ones it is the one that Redis finds: from the ends of both texts, where the
// last bytes differ, `b` gets shorter unless that loses a byte. Pure functions, O(|a| |b|) time.
// The length alone takes a row of |b| integers; the text also one bit per pair, a 32nd of the usual
// matrix of integers.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// Bytes that stand side by side in both texts: `length` of them, from a[a] and b[b] on.
struct CommonRun {
  size_t a;
  size_t b;
  size_t length;

  bool operator==(const CommonRun&) const = default;
};

struct CommonSubsequence {
  std::string text;
  std::vector<CommonRun> runs;  // The last one first.
};

// REQUIRES: both texts are shorter than 4 GiB.
size_t CommonSubsequenceLength(std::string_view a, std::string_view b);
CommonSubsequence FindCommonSubsequence(std::string_view a, std::string_view b);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_COMMON_SUBSEQUENCE_H_
