// Saving and loading in process, with real files. Commands run through a real dispatcher.

#include "server/persistence/persistence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "tests/server/persistence/temporary_folder.h"
#include "tests/server/test_server.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class PersistenceTest : public testing::Test {
 protected:
  PersistenceTest() { server_.persistence.Start(); }
  ~PersistenceTest() override { server_.persistence.Stop(); }

  static Config ConfigFor(const TemporaryFolder& folder) {
    Config config = DefaultConfig();
    config.dir = folder.path();
    config.enable_debug_command = ProtectedAction::kYes;
    return config;
  }
  template <typename... Words>
  RespValue Run(Words... words) {
    return client_.Run(words...);
  }
  void SetOption(const std::string& name, const std::string& value) {
    ASSERT_TRUE(server_.config.Set({{{name, value}}}, {.allow_protected = true}).ok());
  }
  static bool WaitFor(const std::function<bool()>& condition) {
    for (int i = 0; i < 30'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  bool WaitUntilSaved() {
    return WaitFor([this] { return !server_.persistence.is_saving(); });
  }
  absl::Status Load(RdbLoader* loader) { return loader->Load(folder_.File("dump.rdb"), {}); }

  static std::string Key(int i) { return std::string("k").append(std::to_string(i)); }
  static RespValue Ok() { return RespValue::Simple("OK"); }

  TemporaryFolder folder_;
  TestServer server_{ConfigFor(folder_)};
  Persistence& persistence_ = server_.persistence;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
};

TEST_F(PersistenceTest, SaveWritesTheFileAndResetsTheCounters) {
  Run("SET", "k", "v");
  Run("SET", "n", "12");
  EXPECT_EQ(persistence_.facts().changes_since_save, 2u);
  server_.clock.now_us += 5'000'000;
  EXPECT_EQ(Run("SAVE"), Ok());
  EXPECT_THAT(folder_.Read("dump.rdb"), StartsWith("REDIS0010"));
  EXPECT_THAT(folder_.Names(), ElementsAre("dump.rdb"));
  const Persistence::Facts facts = persistence_.facts();
  EXPECT_EQ(facts.changes_since_save, 0u);
  EXPECT_EQ(facts.last_save_s, server_.clock.now_us / 1'000'000);
  EXPECT_EQ(facts.saves, 1u);
  EXPECT_EQ(Run("LASTSAVE"), RespValue::Integer(static_cast<int64_t>(facts.last_save_s)));
}

TEST_F(PersistenceTest, AFileThatCannotBeWrittenIsAnErrorAndTheOldOneStays) {
  Run("SET", "k", "v");
  EXPECT_EQ(Run("SAVE"), Ok());
  const std::string before = folder_.Read("dump.rdb");
  SetOption("dbfilename", "sub");
  std::filesystem::create_directory(folder_.File("sub"));
  EXPECT_EQ(Run("SAVE"), RespValue::Error("ERR"));
  EXPECT_EQ(Run("BGSAVE"), RespValue::Simple("Background saving started"));
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_TRUE(persistence_.facts().last_failed);
  EXPECT_EQ(folder_.Read("dump.rdb"), before);
  EXPECT_EQ(folder_.Names().size(), 2u);
}

TEST_F(PersistenceTest, WritesAreRefusedWhileSavePointsFail) {
  SetOption("save", "3600 1");
  SetOption("dbfilename", "sub");
  std::filesystem::create_directory(folder_.File("sub"));
  EXPECT_EQ(Run("SET", "k", "v"), Ok());
  Run("BGSAVE");
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_THAT(std::string(Run("SET", "k", "w").text()), StartsWith("MISCONF Redis is configured"));
  EXPECT_THAT(std::string(Run("PING").text()), StartsWith("MISCONF"));
  EXPECT_EQ(Run("GET", "k"), RespValue::Bulk("v"));
  Run("MULTI");
  EXPECT_THAT(std::string(Run("SET", "k", "w").text()), StartsWith("MISCONF"));
  EXPECT_THAT(std::string(Run("EXEC").text()), StartsWith("EXECABORT"));
  SetOption("stop-writes-on-bgsave-error", "no");
  EXPECT_EQ(Run("SET", "k", "w"), Ok());
  SetOption("stop-writes-on-bgsave-error", "yes");
  SetOption("dbfilename", "dump.rdb");
  Run("BGSAVE");
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_EQ(Run("SET", "k", "x"), Ok());
}

TEST_F(PersistenceTest, TheFileOfABackgroundSaveIsOfTheInstantOfTheCall) {
  for (int i = 0; i < 100; ++i) Run("SET", Key(i), "old");
  SetOption("rdb-key-save-delay", "1000");
  EXPECT_EQ(Run("BGSAVE"), RespValue::Simple("Background saving started"));
  EXPECT_EQ(Run("BGSAVE"), RespValue::Error("ERR Background save already in progress"));
  EXPECT_EQ(Run("SAVE"), RespValue::Error("ERR Background save already in progress"));
  for (int i = 0; i < 100; ++i) Run("SET", Key(i), "new");
  EXPECT_TRUE(WaitFor([&] { return persistence_.facts().keys_total == 100; }));
  SetOption("rdb-key-save-delay", "0");
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_EQ(persistence_.facts().changes_since_save, 100u);
  EXPECT_GT(persistence_.facts().last_captured_bytes, 0u);
  EXPECT_EQ(Run("DEBUG", "RELOAD", "NOSAVE"), Ok());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Run("GET", Key(i)), RespValue::Bulk("old"));
  }
}

TEST_F(PersistenceTest, InATransactionABackgroundSaveIsScheduled) {
  Run("MULTI");
  Run("SET", "k", "v");
  Run("BGSAVE");
  const RespValue replies = Run("EXEC");
  EXPECT_EQ(replies[1], RespValue::Simple("Background saving scheduled"));
  EXPECT_TRUE(WaitFor([&] { return persistence_.facts().saves == 1; }));
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_EQ(persistence_.facts().changes_since_save, 0u);
}

TEST_F(PersistenceTest, FlushAllCallsABackgroundSaveOff) {
  Run("SET", "k", "v");
  SetOption("rdb-key-save-delay", "10000000");
  Run("BGSAVE");
  EXPECT_EQ(Run("FLUSHALL"), Ok());
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_THAT(folder_.Names(), IsEmpty());
  EXPECT_FALSE(persistence_.facts().last_failed);
  EXPECT_EQ(persistence_.facts().changes_since_save, 2u);
}

TEST_F(PersistenceTest, FlushAllEmptiesTheFileIfThereAreSavePoints) {
  SetOption("save", "3600 1");
  Run("SET", "k", "v");
  Run("SAVE");
  const size_t before = folder_.Read("dump.rdb").size();
  SetOption("rdb-key-save-delay", "1000000");
  Run("BGSAVE");
  Run("FLUSHALL");
  EXPECT_TRUE(WaitUntilSaved());
  EXPECT_LT(folder_.Read("dump.rdb").size(), before);
  EXPECT_THAT(folder_.Names(), ElementsAre("dump.rdb"));
}

TEST_F(PersistenceTest, SavePointsSaveByThemselves) {
  SetOption("save", "10 3");
  server_.clock.now_us += 11'000'000;
  Run("SET", "a", "1");
  Run("SET", "b", "2");
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(persistence_.facts().saves, 0u);
  Run("SET", "c", "3");
  EXPECT_TRUE(WaitFor([&] { return persistence_.facts().changes_since_save == 0; }));
  EXPECT_EQ(persistence_.facts().saves, 1u);
}

TEST_F(PersistenceTest, AFailedSavePointIsTriedAgainAfterAWhile) {
  SetOption("dbfilename", "sub");
  std::filesystem::create_directory(folder_.File("sub"));
  SetOption("save", "1 1");
  server_.clock.now_us += 11'000'000;
  Run("SET", "a", "1");
  EXPECT_TRUE(WaitFor([&] { return persistence_.facts().last_failed; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(persistence_.facts().saves, 1u);
  server_.clock.now_us += 6'000'000;
  EXPECT_TRUE(WaitFor([&] { return persistence_.facts().saves == 2; }));
}

TEST_F(PersistenceTest, ReloadKeepsValuesAndDeadlines) {
  Run("SET", "text", "hello");
  Run("SET", "number", "-42");
  Run("SET", "long", std::string(10'000, 'x'));
  Run("SET", "due", "v", "PX", "100000");
  Run("SET", "past", "v", "PX", "10");
  Run("SELECT", "9");
  Run("SET", "nine", "9");
  server_.state.active_expiry = false;
  server_.clock.now_us += 50'000;
  EXPECT_EQ(Run("DEBUG", "RELOAD"), Ok());
  EXPECT_EQ(Run("GET", "nine"), RespValue::Bulk("9"));
  Run("SELECT", "0");
  EXPECT_EQ(Run("DBSIZE"), RespValue::Integer(4));
  EXPECT_EQ(Run("PTTL", "due"), RespValue::Integer(99'950));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "number"), RespValue::Bulk("int"));
  EXPECT_EQ(Run("STRLEN", "long"), RespValue::Integer(10'000));
  EXPECT_EQ(persistence_.loader().keys_loaded(), 5u);
  EXPECT_EQ(persistence_.loader().keys_expired(), 1u);
}

TEST_F(PersistenceTest, ReloadMergesOnlyIfAskedTo) {
  Run("SET", "a", "saved");
  Run("SAVE");
  Run("SET", "a", "changed");
  Run("SET", "b", "kept");
  EXPECT_THAT(std::string(Run("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH").text()),
              HasSubstr("Error trying to load the RDB dump"));
  EXPECT_EQ(Run("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"), Ok());
  EXPECT_EQ(Run("GET", "a"), RespValue::Bulk("saved"));
  EXPECT_EQ(Run("GET", "b"), RespValue::Bulk("kept"));
  EXPECT_THAT(std::string(Run("DEBUG", "RELOAD", "x").text()), HasSubstr("only supports"));
}

TEST_F(PersistenceTest, UsageSurvivesIfThePolicyNeedsIt) {
  SetOption("maxmemory-policy", "allkeys-lru");
  Run("SET", "k", "v");
  server_.clock.now_us += 500'000'000;
  EXPECT_EQ(Run("DEBUG", "RELOAD"), Ok());
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), RespValue::Integer(500));
  SetOption("maxmemory-policy", "allkeys-lfu");
  Run("SET", "f", "v");
  Run("DEBUG", "RELOAD");
  EXPECT_EQ(Run("OBJECT", "FREQ", "f"), RespValue::Integer(5));
}

TEST_F(PersistenceTest, WhileLoadingOnlyWhatNeedsNoDataIsAnswered) {
  for (int i = 0; i < 50; ++i) Run("SET", Key(i), "v");
  Run("SAVE");
  Run("FLUSHDB");
  SetOption("key-load-delay", "20000");
  std::promise<absl::Status> done;
  persistence_.LoadAtStart([&](const absl::Status& status) { done.set_value(status); });
  EXPECT_EQ(Run("GET", "k1"), RespValue::Error("LOADING Redis is loading the dataset in memory"));
  EXPECT_EQ(Run("PING").text(), "LOADING Redis is loading the dataset in memory");
  const std::string info = std::string(Run("INFO", "persistence").text());
  EXPECT_THAT(info, HasSubstr("loading:1\r\n"));
  EXPECT_THAT(info, HasSubstr("loading_total_bytes:"));
  EXPECT_TRUE(done.get_future().get().ok());
  EXPECT_EQ(Run("DBSIZE"), RespValue::Integer(50));
}

TEST_F(PersistenceTest, WithoutAFileLoadingIsDoneAtOnce) {
  std::promise<absl::Status> done;
  persistence_.LoadAtStart([&](const absl::Status& status) { done.set_value(status); });
  EXPECT_TRUE(absl::IsNotFound(done.get_future().get()));
  EXPECT_FALSE(server_.state.loading);
}

TEST_F(PersistenceTest, ADamagedFileIsRefusedByName) {
  Run("SET", "k", "v");
  Run("SAVE");
  std::string bytes = folder_.Read("dump.rdb");
  bytes[bytes.size() - 1] ^= 1;
  folder_.Write("dump.rdb", bytes);
  RdbLoader loader(server_.services);
  const absl::Status status = loader.Load(folder_.File("dump.rdb"), {.may_replace = true});
  EXPECT_THAT(std::string(status.message()), HasSubstr("dump.rdb: RDB CRC error"));
}

TEST_F(PersistenceTest, AReplicaGetsAFileAndThenTheStream) {
  Run("SET", "k", "v");
  TestClient replica(&dispatcher_, server_);
  EXPECT_EQ(replica.RunRaw({"SYNC"}), "");
  std::string bytes;
  ASSERT_TRUE(WaitFor([&] { return replica.session().feed()->HasMore(); }));
  Run("SET", "k", "w");
  while (replica.session().feed()->HasMore()) replica.session().feed()->Take(7, &bytes);
  EXPECT_THAT(bytes, StartsWith("$"));
  EXPECT_THAT(bytes, HasSubstr("REDIS0010"));
  EXPECT_THAT(bytes, testing::EndsWith("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"
                                       "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nw\r\n"));
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_F(PersistenceTest, StoppedServersRunNothingMore) {
  server_.state.stopping = true;
  EXPECT_EQ(client_.RunRaw({"SET", "k", "v"}), "");
  EXPECT_TRUE(client_.session().close_after_reply);
  server_.state.stopping = false;
}

}  // namespace
}  // namespace redstart
