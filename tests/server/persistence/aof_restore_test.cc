#include "server/persistence/aof_restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "storage/disk/effect_log.h"
#include "tests/server/persistence/temporary_folder.h"

namespace redstart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Set(const std::string& value) {
  std::string encoded;
  AppendEncodedCommand({"SET", "k", value}, &encoded);
  return encoded;
}

std::string At(int second) {
  return "#TS:" + std::to_string(second) + "\r\n";
}

class AofRestoreTest : public testing::Test {
 protected:
  AofRestoreTest() {
    config_.dir = source_.path();
    std::filesystem::create_directory(source_.File("appendonlydir"));
    Write("a.1.base.aof", At(1000) + Set("1000"));
    Write("a.1.incr.aof", At(1001) + Set("1001") + At(1005) + Set("1005"));
    Write("a.2.base.aof", At(1010) + Set("1005"));
    Write("a.2.incr.aof", At(1011) + Set("1011") + At(1012) + Set("1012"));
    Write("appendonly.aof.manifest",
          "file a.2.base.aof seq 2 type b\n"
          "file a.1.incr.aof seq 1 type h\n"
          "file a.1.base.aof seq 1 type h\n"
          "file a.2.incr.aof seq 2 type i\n");
  }
  void Write(const std::string& name, const std::string& bytes) {
    source_.Write("appendonlydir/" + name, bytes);
  }
  std::string Restore(int64_t second) {
    std::error_code ignored;
    std::filesystem::remove_all(target_.File("appendonlydir"), ignored);
    const auto report = RestoreTo(config_, second, target_.path());
    return report.ok() ? "" : std::string(report.status().message());
  }
  std::string Restored(const std::string& name) {
    return target_.Read("appendonlydir/appendonly.aof." + name);
  }

  TemporaryFolder source_;
  TemporaryFolder target_;
  Config config_ = DefaultConfig();
};

TEST_F(AofRestoreTest, TimesAreNumbersOrDates) {
  EXPECT_EQ(ParsePointInTime("1000"), 1000);
  EXPECT_EQ(ParsePointInTime("1970-01-01 00:16:40"), 1000);
  EXPECT_EQ(ParsePointInTime("1970-01-01T00:16:40Z"), 1000);
  EXPECT_EQ(ParsePointInTime("yesterday"), std::nullopt);
  EXPECT_EQ(ParsePointInTime("1970-01-01 00:16:40 later"), std::nullopt);
}

TEST_F(AofRestoreTest, TheLatestIncrementEndsWithTheSecond) {
  EXPECT_EQ(Restore(1011), "");
  EXPECT_EQ(Restored("1.base.aof"), At(1010) + Set("1005"));
  EXPECT_EQ(Restored("1.incr.aof"), At(1011) + Set("1011"));
  EXPECT_EQ(Restored("manifest"),
            "file appendonly.aof.1.base.aof seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_EQ(Restore(2000), "");
  EXPECT_EQ(Restored("1.incr.aof"), At(1011) + Set("1011") + At(1012) + Set("1012"));
}

TEST_F(AofRestoreTest, HistoryReachesFurtherBack) {
  EXPECT_EQ(Restore(1003), "");
  EXPECT_EQ(Restored("1.base.aof"), At(1000) + Set("1000"));
  EXPECT_EQ(Restored("1.incr.aof"), At(1001) + Set("1001"));
  EXPECT_THAT(Restore(999), HasSubstr("nothing before it can be restored"));
}

TEST_F(AofRestoreTest, WithoutTimesAnIncrementIsNotCut) {
  Write("a.1.incr.aof", Set("1001"));
  EXPECT_THAT(Restore(1005), HasSubstr("has no times in it"));
  Write("a.2.incr.aof", Set("1011"));
  EXPECT_EQ(Restore(1011), "");
}

TEST_F(AofRestoreTest, NothingIsOverwritten) {
  std::filesystem::create_directory(target_.File("appendonlydir"));
  const auto report = RestoreTo(config_, 1011, target_.path());
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("is there already"));
}

TEST_F(AofRestoreTest, ADryRunSaysWhatThereIs) {
  EXPECT_THAT(*DescribeRestore(config_, 1011),
              AllOf(HasSubstr("a.1.incr.aof"), HasSubstr("1970-01-01 00:16:41 UTC (1001)"),
                    HasSubstr("would be made of:\n  a.2.base.aof")));
  EXPECT_TRUE(std::filesystem::is_empty(target_.path()));
}

TEST_F(AofRestoreTest, DamageIsNamed) {
  Write("a.2.incr.aof", At(1011) + "!!!");
  EXPECT_THAT(Restore(1011), HasSubstr("a.2.incr.aof is damaged at offset 10"));
}

}  // namespace
}  // namespace redstart
