#include "server/observe/slow_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Shorten(const std::vector<std::string>& arguments) {
  return SlowLog::Shorten(arguments.size(),
                          [&](size_t i) { return std::string_view(arguments[i]); });
}

std::vector<uint64_t> Ids(const std::vector<SlowLog::Entry>& entries) {
  std::vector<uint64_t> ids;
  for (const SlowLog::Entry& entry : entries) ids.push_back(entry.id);
  return ids;
}

TEST(SlowLogTest, KeepsTheNewestFirst) {
  SlowLog log;
  for (int i = 0; i < 5; ++i) log.Add({}, 3);
  EXPECT_THAT(Ids(log.Newest(10)), ElementsAre(4, 3, 2));
  EXPECT_THAT(Ids(log.Newest(1)), ElementsAre(4));
  log.Trim(2);
  EXPECT_EQ(log.size(), 2u);
  log.Clear();
  EXPECT_EQ(log.size(), 0u);
  log.Add({}, 3);
  EXPECT_THAT(Ids(log.Newest(1)), ElementsAre(5)) << "ids are never used again";
}

TEST(SlowLogTest, NoEntriesAreKeptWhereNoneAreAllowed) {
  SlowLog log;
  log.Add({}, 0);
  EXPECT_EQ(log.size(), 0u);
}

TEST(SlowLogTest, LongArgumentsAreCut) {
  EXPECT_THAT(
      Shorten({"set", std::string(128, 'x'), std::string(130, 'y')}),
      ElementsAre("set", std::string(128, 'x'), std::string(128, 'y') + "... (2 more bytes)"));
}

TEST(SlowLogTest, TheLastOfManyArgumentsSaysHowManyThereAre) {
  EXPECT_EQ(Shorten(std::vector<std::string>(32, "a")).back(), "a");
  const std::vector<std::string> shown = Shorten(std::vector<std::string>(40, "a"));
  EXPECT_EQ(shown.size(), 32u);
  EXPECT_EQ(shown.back(), "... (9 more arguments)");
}

}  // namespace
}  // namespace redstart
