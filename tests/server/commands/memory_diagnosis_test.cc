#include "server/commands/memory_diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

// A process about which there is nothing to say.
MemoryReport Ordinary() {
  MemoryReport report;
  report.used = report.peak = report.resident = 100 * kMegabyte;
  report.allocator = {100 * kMegabyte, 100 * kMegabyte, 100 * kMegabyte};
  report.clients.clients = 1;
  return report;
}

TEST(MemoryDiagnosisTest, SaysNothingWhereThereIsNothing) {
  EXPECT_EQ(DiagnoseMemory(Ordinary()), "No issue with memory was found.\n");
  EXPECT_THAT(DiagnoseMemory(MemoryReport()), HasSubstr("Hardly any memory is in use"));
}

TEST(MemoryDiagnosisTest, NamesWhatIsOutOfTheOrdinary) {
  MemoryReport report = Ordinary();
  report.peak = 200 * kMegabyte;
  report.allocator.active = 120 * kMegabyte;
  report.clients.client_bytes = kMegabyte;
  const std::string text = DiagnoseMemory(report);
  EXPECT_THAT(text, HasSubstr("Peak memory"));
  EXPECT_THAT(text, HasSubstr("High allocator fragmentation"));
  EXPECT_THAT(text, HasSubstr("Big client buffers"));
  EXPECT_THAT(text, Not(HasSubstr("High total RSS")));
}

TEST(MemoryDiagnosisTest, AFewMegabytesDoNotMatter) {
  MemoryReport report = Ordinary();
  report.used = report.peak = report.allocator.allocated = 10 * kMegabyte;
  report.allocator.active = report.allocator.resident = report.resident = 15 * kMegabyte;
  EXPECT_EQ(DiagnoseMemory(report), "No issue with memory was found.\n");
}

}  // namespace
}  // namespace redstart
