#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(PersistenceOptionsTest, SavePointsArePairs) {
  const OptionProbe probe("save", {"900", "1", "60", "1000"});
  EXPECT_EQ(probe.text, "900 1 60 1000");
  EXPECT_THAT(probe.config.save, testing::ElementsAre(SavePoint{900, 1}, SavePoint{60, 1000}));
  EXPECT_EQ(OptionProbe("save", {""}).text, "");
  EXPECT_EQ(OptionProbe("save", {}).text, "");
}

TEST(PersistenceOptionsTest, WrongSavePointsAreRefused) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"900"},
                                                {"0", "1"},
                                                {"900", "-1"},
                                                {"900", "x"},
                                                {"900", "1", ""}}) {
    EXPECT_EQ(OptionProbe("save", words).error, "Invalid save parameters");
  }
}

TEST(PersistenceOptionsTest, DirIsResolvedAndMustBeAFolder) {
  const std::string folder = std::filesystem::canonical(testing::TempDir()).string();
  EXPECT_EQ(OptionProbe("dir", {folder + "/./"}).text, folder);
  EXPECT_EQ(OptionProbe("dir", {"."}).text, std::filesystem::current_path().string());
  EXPECT_EQ(OptionProbe("dir", {"/no/such/folder"}).error, "No such file or directory");
  EXPECT_EQ(OptionProbe("dir", {"/proc/self/status"}).error, "Not a directory");
  EXPECT_EQ(OptionProbe("dir", {"a", "b"}).error, "wrong number of arguments");
}

TEST(PersistenceOptionsTest, FileNamesAreNoPaths) {
  EXPECT_EQ(OptionProbe("dbfilename", {"a/b"}).error,
            "dbfilename can't be a path, just a filename");
  EXPECT_EQ(OptionProbe("dbfilename", {"a\\b"}).error,
            "dbfilename can't be a path, just a filename");
  EXPECT_EQ(OptionProbe("appendfilename", {""}).error, "appendfilename can't be empty");
  EXPECT_EQ(OptionProbe("appenddirname", {"/x"}).error,
            "appenddirname can't be a path, just a dirname");
  EXPECT_EQ(OptionProbe("dbfilename", {"x.rdb"}).text, "x.rdb");
}

TEST(PersistenceOptionsTest, RdbVersionIsAutoOrOneOfFour) {
  EXPECT_EQ(OptionProbe("rdb-version", {"11"}).config.rdb_version, 11);
  EXPECT_EQ(OptionProbe("rdb-version", {"auto"}).text, "auto");
  EXPECT_FALSE(OptionProbe("rdb-version", {"8"}).error.empty());
}

}  // namespace
}  // namespace redstart
