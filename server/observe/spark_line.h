#ifndef REDSTART_SERVER_OBSERVE_SPARK_LINE_H_
#define REDSTART_SERVER_OBSERVE_SPARK_LINE_H_

// A small graph of numbers in ASCII, filled below its line, with a label under each column, written
// downwards: what LATENCY GRAPH shows. The picture is the one that Redis draws. Pure functions.

#include <cstdint>
#include <string>
#include <vector>

namespace redstart {

struct SparkPoint {
  double value = 0;
  std::string label;
};

// In rows of at most `columns` points; each row of points is `rows` lines high.
std::string DrawSparkLine(const std::vector<SparkPoint>& points, size_t columns, int rows);

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_SPARK_LINE_H_
