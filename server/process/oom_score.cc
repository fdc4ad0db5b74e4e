#include "server/process/oom_score.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "server/observe/log.h"

namespace redstart {
namespace {

constexpr char kPath[] = "/proc/self/oom_score_adj";
constexpr int kMost = 1000;

std::optional<int> Read() {
  int score = 0;
  if (std::ifstream(kPath) >> score) return score;
  logging::Warning("Unable to read oom_score_adj: {}", std::strerror(errno));
  return std::nullopt;
}

bool Write(int score) {
  std::ofstream file(kPath);
  if (file << score << std::flush) return true;
  logging::Warning("Unable to write oom_score_adj: {}", std::strerror(errno));
  return false;
}

}  // namespace

absl::Status OomScore::Apply(const Config& config) {
  const auto failed = [] {
    return absl::InternalError("Failed to set new oom_score_adj configuration, check server logs.");
  };
  if (config.oom_score_adj == OomScoreAdj::kNo) {
    if (!is_adjusted_) return absl::OkStatus();
    is_adjusted_ = false;
    return Write(original_) ? absl::OkStatus() : failed();
  }
  if (!is_adjusted_) {
    const std::optional<int> score = Read();
    if (!score) return failed();
    original_ = *score;
    is_adjusted_ = true;
  }
  const int base = config.oom_score_adj == OomScoreAdj::kRelative ? original_ : 0;
  const int wanted = std::clamp(base + config.oom_score_adj_values[0], -kMost, kMost);
  return Write(wanted) ? absl::OkStatus() : failed();
}

}  // namespace redstart
