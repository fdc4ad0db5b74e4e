#include "server/commands/persistence_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PersistenceInfoTest : public CommandTest {
 protected:
  std::string Info() { return std::string(Run("INFO", "persistence").text()); }
};

TEST_F(PersistenceInfoTest, ChangesAreCounted) {
  Run("SET", "a", "1");
  Run("DEL", "a");
  EXPECT_THAT(Info(), HasSubstr("rdb_changes_since_last_save:2\r\n"));
  EXPECT_THAT(Info(), HasSubstr("rdb_bgsave_in_progress:0\r\n"));
  EXPECT_THAT(Info(), HasSubstr("rdb_last_bgsave_status:ok\r\n"));
}

TEST_F(PersistenceInfoTest, AFailedSaveShows) {
  state_.last_save_failed = true;
  EXPECT_THAT(Info(), HasSubstr("rdb_last_bgsave_status:err\r\n"));
}

TEST_F(PersistenceInfoTest, LoadingIsToldOnlyWhileItLasts) {
  EXPECT_THAT(Info(), Not(HasSubstr("loading_start_time")));
  state_.loading = true;
  EXPECT_THAT(Info(), HasSubstr("loading:1\r\n"));
  EXPECT_THAT(Info(), HasSubstr("loading_loaded_perc:0.00\r\n"));
  EXPECT_THAT(Info(), HasSubstr("loading_eta_seconds:1\r\n"));
}

}  // namespace
}  // namespace redstart
