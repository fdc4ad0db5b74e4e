#include "server/config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFileTest()
      : folder_(testing::TempDir() + "config_file_" +
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~ConfigFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  // What is wrong with these lines, or "ok".
  std::string Add(std::string_view text) { return Message(loader_.AddText(text, "test.conf")); }
  std::string AddFile(const std::string& path) { return Message(loader_.AddFile(path)); }

  static std::string Message(const absl::Status& status) {
    return status.ok() ? "ok" : std::string(status.message());
  }

  const std::string folder_;
  ConfigLoader loader_;
};

TEST_F(ConfigFileTest, CommentsBlanksAndCaseAreOfNoConcern) {
  EXPECT_EQ(Add("# a comment\n\n   \t\r\n  PORT 7000  \r\n\ttimeout\t5\n#port 1"), "ok");
  EXPECT_EQ(loader_.config().port, 7000);
  EXPECT_EQ(loader_.config().timeout, 5);
}

TEST_F(ConfigFileTest, QuotesAndEscapesAreUnderstood) {
  EXPECT_EQ(Add("requirepass \"a b\\x21\"\nlogfile 'my log'\n"), "ok");
  EXPECT_EQ(loader_.config().requirepass, "a b!");
  EXPECT_EQ(loader_.config().logfile, "my log");
}

TEST_F(ConfigFileTest, ErrorsNameTheFileTheLineAndTheReason) {
  EXPECT_EQ(Add("port 7000\n\n  timeout never \n"),
            "*** FATAL CONFIG FILE ERROR (Redstart " REDSTART_VERSION
            ") ***\n"
            "Reading the configuration file, at line 3 of test.conf\n"
            ">>> 'timeout never'\n"
            "argument couldn't be parsed into an integer");
}

TEST_F(ConfigFileTest, LaterLinesWin) {
  EXPECT_EQ(Add("port 1\nport 2\nbind 127.0.0.1\nbind ::1 10.0.0.1\n"), "ok");
  EXPECT_EQ(loader_.config().port, 2);
  EXPECT_THAT(loader_.config().bind, ElementsAre("::1", "10.0.0.1"));
}

TEST_F(ConfigFileTest, OutputLimitsAddUpByClass) {
  EXPECT_EQ(Add("client-output-buffer-limit normal 1 2 3\nclient-output-buffer-limit pubsub 4 5 6"),
            "ok");
  EXPECT_EQ(loader_.config().client_output_buffer_limit[kClientNormal],
            (OutputBufferLimit{1, 2, 3}));
  EXPECT_EQ(loader_.config().client_output_buffer_limit[kClientPubsub],
            (OutputBufferLimit{4, 5, 6}));
}

TEST_F(ConfigFileTest, OneQuotedArgumentMayHoldAllTheWords) {
  EXPECT_EQ(Add("bind \"127.0.0.1 ::1\"\noom-score-adj-values '1 2 3'\n"), "ok");
  EXPECT_THAT(loader_.config().bind, ElementsAre("127.0.0.1", "::1"));
  EXPECT_THAT(loader_.config().oom_score_adj_values, ElementsAre(1, 2, 3));
  EXPECT_THAT(Add("bind \"'x\"\n"), HasSubstr("Unbalanced quotes in configuration line"));
}

TEST_F(ConfigFileTest, SavePointsAddUpUntilAnEmptyOneForgetsThem) {
  EXPECT_EQ(loader_.config().save.size(), 3u);
  EXPECT_EQ(Add("save 900 1\nsave 60 1000\n"), "ok");
  EXPECT_THAT(loader_.config().save, ElementsAre(SavePoint{900, 1}, SavePoint{60, 1000}));
  EXPECT_EQ(Add("save ''\nsave \"\"\nsave\n"), "ok");
  EXPECT_TRUE(loader_.config().save.empty());
}

TEST_F(ConfigFileTest, OpenQuotesAreAnError) {
  EXPECT_THAT(Add("requirepass \"x\n"), HasSubstr("Unbalanced quotes in configuration line"));
}

TEST_F(ConfigFileTest, TheNumberOfArgumentsIsChecked) {
  EXPECT_THAT(Add("port 1 2\n"), HasSubstr("\nwrong number of arguments"));
  EXPECT_THAT(Add("port\n"), HasSubstr("\nwrong number of arguments"));
}

TEST_F(ConfigFileTest, UnknownDirectivesGetAHint) {
  EXPECT_THAT(Add("prot 7000\n"),
              HasSubstr("Bad directive or wrong number of arguments. Did you mean 'port'?"));
  EXPECT_THAT(Add("port=7000\n"), HasSubstr("Write 'port' and its value apart, without '='"));
  EXPECT_THAT(Add("qqqqqqqqqqqq 1\n"), HasSubstr("There is no option 'qqqqqqqqqqqq'"));
}

TEST_F(ConfigFileTest, DirectivesThatGuardSomethingAreRefused) {
  EXPECT_THAT(Add("user alice on >secret\n"), HasSubstr("'user' is refused: "));
  EXPECT_THAT(Add("loadmodule x.so\n"), HasSubstr("'loadmodule' is refused: "));
  EXPECT_THAT(Add("sentinel monitor a b 1 1\n"), HasSubstr("'sentinel' is refused: "));
  EXPECT_THAT(Add("search.threads 3\n"), HasSubstr("modules cannot be loaded"));
}

TEST_F(ConfigFileTest, RenamedCommandsAreKeptWithTheirPlaces) {
  EXPECT_EQ(Add("port 1\nrename-command FLUSHALL ''\nrename-command GET fetch\n"), "ok");
  const std::vector<RenamedCommand>& renamed = loader_.config().renamed_commands;
  ASSERT_EQ(renamed.size(), 2u);
  EXPECT_EQ(renamed[0].from, "FLUSHALL");
  EXPECT_EQ(renamed[0].to, "");
  EXPECT_EQ(renamed[1].to, "fetch");
  EXPECT_THAT(renamed[1].where, HasSubstr("at line 3 of "));
  EXPECT_THAT(Add("rename-command GET\n"), HasSubstr("wrong number of arguments"));
}

TEST_F(ConfigFileTest, PasswordsAreNotPrinted) {
  EXPECT_THAT(Add("requirepass secret word\n"), Not(HasSubstr("secret")));
}

TEST_F(ConfigFileTest, ForgottenDirectivesAreAccepted) {
  EXPECT_EQ(Add("list-max-ziplist-entries 512\nlist-max-ziplist-value 64\n"
                "lua-replicate-commands yes\n"),
            "ok");
}

TEST_F(ConfigFileTest, IncludeReadsAtItsPlace) {
  const std::string inner = Write("inner.conf", "port 2\ntimeout 2\n");
  EXPECT_EQ(Add("port 1\ntimeout 1\ninclude " + inner + "\ntimeout 3\n"), "ok");
  EXPECT_EQ(loader_.config().port, 2);
  EXPECT_EQ(loader_.config().timeout, 3);
}

TEST_F(ConfigFileTest, ErrorsInAnIncludedFileNameThatFile) {
  const std::string inner = Write("inner.conf", "\nport x\n");
  EXPECT_THAT(Add("include " + inner + "\n"),
              HasSubstr("at line 2 of " + inner + "\n>>> 'port x'"));
}

TEST_F(ConfigFileTest, IncludeTakesAPatternThatMayMatchNothing) {
  Write("a.conf", "port 1\n");
  Write("b.conf", "port 2\n");
  EXPECT_EQ(Add("include " + folder_ + "/none*.conf\n"), "ok");
  EXPECT_EQ(Add("include " + folder_ + "/?.conf\n"), "ok");
  EXPECT_EQ(loader_.config().port, 2);
}

TEST_F(ConfigFileTest, AMissingFileIsAnError) {
  EXPECT_EQ(AddFile(folder_ + "/none.conf"), "Fatal error, can't open config file '" + folder_ +
                                                 "/none.conf': No such file or directory");
  EXPECT_THAT(AddFile(folder_), HasSubstr("Is a directory"));
}

TEST_F(ConfigFileTest, AFileThatIncludesItselfIsAnError) {
  const std::string path = Write("loop.conf", "include " + folder_ + "/loop.conf\n");
  EXPECT_THAT(AddFile(path), HasSubstr("does a file include itself?"));
}

TEST_F(ConfigFileTest, ALastLineNeedsNoLineBreak) {
  EXPECT_EQ(AddFile(Write("x.conf", "port 7001")), "ok");
  EXPECT_EQ(loader_.config().port, 7001);
}

// What Redis's own test suite starts every server with: its default.conf and what server.tcl adds.
TEST_F(ConfigFileTest, TheSetUpOfRedisOwnTestsIsAccepted) {
  EXPECT_EQ(Add("always-show-logo yes\nnotify-keyspace-events KEA\ndaemonize no\n"
                "pidfile /var/run/redis.pid\nport 21111\ntimeout 0\nbind 127.0.0.1\n"
                "loglevel verbose\nlogfile ''\ndatabases 16\nlatency-monitor-threshold 1\n"
                "repl-diskless-sync-delay 0\nsave ''\nrdbcompression yes\ndbfilename dump.rdb\n"
                "dir " +
                folder_ +
                "\nslave-serve-stale-data yes\nappendonly no\n"
                "appendfsync everysec\nno-appendfsync-on-rewrite no\nactiverehashing yes\n"
                "enable-protected-configs yes\nenable-debug-command yes\n"
                "enable-module-command yes\npropagation-error-behavior panic\n"
                "shutdown-on-sigterm force\nunixsocket " +
                folder_ + "/socket\n"),
            "ok");
  EXPECT_EQ(loader_.config().enable_debug_command, ProtectedAction::kYes);
  EXPECT_EQ(loader_.config().loglevel, LogLevel::kVerbose);
  EXPECT_EQ(loader_.config().shutdown_on_sigterm, kShutdownForce);
}

}  // namespace
}  // namespace redstart
