#include "server/migration/migrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/server/commands/command_test.h"
#include "tests/server/migration/fake_server.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MigratorTest : public CommandTest {
 protected:
  // Waits for the reply that a command owes.
  RespValue Await() {
    while (client_.session().is_waiting()) {
      const std::string bytes = client_.ResumeRaw();
      if (!bytes.empty()) return *DecodeRespValue(bytes);
      std::this_thread::yield();
    }
    return Error("nobody waits");
  }
  RespValue Migrate(const FakeServer& fake, std::vector<std::string> more = {},
                    const std::string& key = "k") {
    std::vector<std::string> args = {"MIGRATE", "127.0.0.1", fake.port(), key, "0", "30000"};
    args.insert(args.end(), more.begin(), more.end());
    const std::string bytes = client_.RunRaw(args);
    return bytes.empty() ? Await() : *DecodeRespValue(bytes);
  }
};

TEST_F(MigratorTest, AKeyMovesAndIsDeletedHere) {
  FakeServer fake;
  Run("SET", "k", "v");
  Effects();
  EXPECT_EQ(Migrate(fake), Ok());
  EXPECT_EQ(Run("EXISTS", "k"), Int(0));
  EXPECT_THAT(fake.requests(), ElementsAre("SELECT 0", "RESTORE k 0 <bytes>"));
  EXPECT_THAT(Effects(), ElementsAre("DEL k"));
  EXPECT_THAT(Run("INFO", "stats").text(), HasSubstr("migrate_cached_sockets:1\r\n"));
  EXPECT_THAT(Run("INFO", "commandstats").text(), HasSubstr("cmdstat_migrate:calls=1,"));
}

TEST_F(MigratorTest, ACopyStays) {
  FakeServer fake;
  Run("SET", "k", "v");
  Effects();
  EXPECT_EQ(Migrate(fake, {"COPY", "REPLACE"}), Ok());
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_THAT(fake.requests(), ElementsAre("SELECT 0", "RESTORE k 0 <bytes> REPLACE"));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(MigratorTest, OfSeveralKeysThoseThatAreThereMove) {
  FakeServer fake;
  Run("MSET", "a", "1", "c", "3");
  Effects();
  EXPECT_EQ(Migrate(fake, {"KEYS", "a", "b", "c"}, ""), Ok());
  EXPECT_EQ(Run("DBSIZE"), Int(0));
  EXPECT_THAT(Effects(), ElementsAre("DEL a c"));
  EXPECT_EQ(Migrate(fake, {"KEYS", "a"}, ""), RespValue::Simple("NOKEY"));
}

TEST_F(MigratorTest, WhatIsRefusedThereStaysHere) {
  FakeServer fake({"+OK\r\n", "-BUSYKEY Target key name already exists.\r\n"});
  Run("MSET", "a", "1", "b", "2");
  EXPECT_EQ(
      Migrate(fake, {"KEYS", "a", "b"}, ""),
      Error("ERR Target instance replied with error: BUSYKEY Target key name already exists."));
  EXPECT_EQ(Run("EXISTS", "a", "b"), Int(1));
}

TEST_F(MigratorTest, WhatWasChangedMeanwhileIsSentAgain) {
  std::promise<void> changed;
  std::promise<void> asked;
  FakeServer fake({}, [&, first = true](const std::string& request) mutable {
    if (!request.starts_with("RESTORE") || !first) return;
    first = false;
    asked.set_value();
    changed.get_future().wait();
  });
  Run("SET", "k", "old");
  EXPECT_EQ(client_.RunRaw({"MIGRATE", "127.0.0.1", fake.port(), "k", "0", "30000"}), "");
  asked.get_future().wait();
  const auto other = NewClient();
  EXPECT_EQ(other->Run("SET", "k", "new"), Ok());
  changed.set_value();
  EXPECT_EQ(Await(), Ok());
  EXPECT_EQ(Run("EXISTS", "k"), Int(0));
  EXPECT_THAT(fake.requests(),
              ElementsAre("SELECT 0", "RESTORE k 0 <bytes>", "RESTORE k 0 <bytes> REPLACE"));
}

TEST_F(MigratorTest, WhatWasDeletedMeanwhileIsDeletedThere) {
  std::promise<void> changed;
  std::promise<void> asked;
  FakeServer fake({}, [&](const std::string& request) {
    if (!request.starts_with("RESTORE")) return;
    asked.set_value();
    changed.get_future().wait();
  });
  Run("SET", "k", "old");
  client_.RunRaw({"MIGRATE", "127.0.0.1", fake.port(), "k", "0", "30000"});
  asked.get_future().wait();
  EXPECT_EQ(NewClient()->Run("DEL", "k"), Int(1));
  changed.set_value();
  EXPECT_EQ(Await(), Ok());
  EXPECT_THAT(fake.requests(), ElementsAre("SELECT 0", "RESTORE k 0 <bytes>", "DEL k"));
}

TEST_F(MigratorTest, AnOldConnectionThatWasClosedIsReplaced) {
  FakeServer fake({"+OK\r\n", "+OK\r\n", ""});
  Run("SET", "k", "v");
  EXPECT_EQ(Migrate(fake), Ok());
  Run("SET", "k", "v");
  EXPECT_EQ(Migrate(fake), Ok());
  EXPECT_EQ(Run("EXISTS", "k"), Int(0));
}

TEST_F(MigratorTest, InATransactionItIsDoneAtOnce) {
  FakeServer fake;
  Run("SET", "k", "v");
  Run("MULTI");
  Run("MIGRATE", "127.0.0.1", fake.port(), "k", "0", "30000");
  Run("EXISTS", "k");
  EXPECT_EQ(RunRaw({"EXEC"}), "*2\r\n+OK\r\n:0\r\n");
}

TEST_F(MigratorTest, WhoCannotBeReachedIsAnError) {
  std::string port;
  { port = FakeServer().port(); }
  Run("SET", "k", "v");
  client_.RunRaw({"MIGRATE", "127.0.0.1", port, "k", "0", "30000"});
  EXPECT_EQ(Await(), Error("IOERR error or timeout connecting to the client"));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
}

TEST_F(MigratorTest, ArgumentsAreChecked) {
  EXPECT_EQ(Run("MIGRATE", "h", "1", "k", "0", "x"),
            Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("MIGRATE", "h", "1", "k", "0", "1", "NONSENSE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("MIGRATE", "h", "1", "k", "0", "1", "AUTH"), Error("ERR syntax error"));
  EXPECT_EQ(Run("MIGRATE", "h", "1", "k", "0", "1", "KEYS", "a"),
            Error("ERR When using MIGRATE KEYS option, the key argument must be set to the empty "
                  "string"));
  EXPECT_EQ(Run("MIGRATE", "h", "1", "k", "0", "1"), RespValue::Simple("NOKEY"));
}

TEST_F(MigratorTest, PasswordsAreNotShown) {
  const CommandSpec& spec = *table_.Find("migrate")->spec;
  const std::string_view args[] = {"MIGRATE", "h",     "1", "k",    "0",
                                   "1",       "AUTH2", "u", "pass", "COPY"};
  std::string shown;
  for (size_t i = 6; i < std::size(args); ++i) shown.append(spec.Shown(args, i)).append(" ");
  EXPECT_EQ(shown, "AUTH2 (redacted) (redacted) COPY ");
}

}  // namespace
}  // namespace redstart
