#include "server/observe/spark_line.h"

#include <algorithm>
#include <string_view>

#include "absl/types/span.h"

namespace redstart {
namespace {

// From low to high within one line of text; '|' stands below them.
constexpr std::string_view kMarks = "_o#";
constexpr int kMarkCount = static_cast<int>(kMarks.size());

struct Scale {
  double min;
  double range;  // Not 0.
  int steps;

  int StepOf(double value) const {
    return std::clamp(static_cast<int>((value - min) * steps / range), 0, steps - 1);
  }
};

// The line of the graph whose lowest step is `base`.
std::string Line(absl::Span<const SparkPoint> points, const Scale& scale, int base) {
  std::string line(points.size(), ' ');
  for (size_t i = 0; i < points.size(); ++i) {
    const int height = scale.StepOf(points[i].value) - base;
    if (height >= kMarkCount) {
      line[i] = '|';
    } else if (height >= 0) {
      line[i] = kMarks[static_cast<size_t>(height)];
    }
  }
  return line += '\n';
}

void DrawPart(absl::Span<const SparkPoint> points, const Scale& scale, int rows,
              std::string* picture) {
  for (int row = 0; row < rows; ++row) {
    *picture += Line(points, scale, (rows - row - 1) * kMarkCount);
  }
  size_t longest = 0;
  for (const SparkPoint& point : points) longest = std::max(longest, point.label.size());
  if (longest > 0) picture->append(points.size(), ' ').append("\n");
  for (size_t letter = 0; letter < longest; ++letter) {
    for (const SparkPoint& point : points) {
      *picture += letter < point.label.size() ? point.label[letter] : ' ';
    }
    *picture += '\n';
  }
}

}  // namespace

std::string DrawSparkLine(const std::vector<SparkPoint>& points, size_t columns, int rows) {
  std::string picture;
  if (points.empty()) return picture;
  const auto [min, max] = std::ranges::minmax(points, {}, &SparkPoint::value);
  const double range = max.value > min.value ? max.value - min.value : 1;
  const Scale scale = {min.value, range, kMarkCount * rows};
  for (size_t first = 0; first < points.size(); first += columns) {
    if (first > 0) picture += '\n';
    DrawPart(absl::MakeConstSpan(points).subspan(first, columns), scale, rows, &picture);
  }
  return picture;
}

}  // namespace redstart
