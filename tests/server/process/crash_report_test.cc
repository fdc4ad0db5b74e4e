#include "server/process/crash_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

#include "server/observe/log.h"

namespace redstart {
namespace {

// A sanitizer has a report of its own.
#ifndef REDSTART_SANITIZED

TEST(CrashReportDeathTest, TellsTheSignalAndTheStackInTheLog) {
  const std::string path = testing::TempDir() + "crash." + std::to_string(getpid());
  EXPECT_EXIT(
      {
        if (!logging::Open(path).ok()) _exit(1);
        EnableCrashReports(true);
        raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
  std::ifstream file(path);
  const std::string report(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(report, testing::HasSubstr("crashed by signal: 11"));
  EXPECT_THAT(report, testing::HasSubstr("------ STACK TRACE ------\n"));
  EXPECT_THAT(report, testing::HasSubstr("REPORT END"));
  unlink(path.c_str());
}

#endif

TEST(CrashReportTest, TurnedOffItLeavesTheSignalsAlone) {
  struct sigaction before = {};
  struct sigaction after = {};
  ASSERT_EQ(sigaction(SIGFPE, nullptr, &before), 0);
  EnableCrashReports(true);
  EnableCrashReports(false);
  ASSERT_EQ(sigaction(SIGFPE, nullptr, &after), 0);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

}  // namespace
}  // namespace redstart
