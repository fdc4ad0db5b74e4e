// The append-only file in process, with real files. Commands run through a real dispatcher; what a
// connection does with their replies is tested with the connection.

#include "server/persistence/append_only_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "server/persistence/persistence.h"
#include "tests/server/persistence/temporary_folder.h"
#include "tests/server/test_server.h"

namespace redstart {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Encoded(std::initializer_list<std::string_view> words) {
  std::string encoded;
  AppendEncodedCommand({words.begin(), words.size()}, &encoded);
  return encoded;
}

const std::string kIncrement = "appendonlydir/appendonly.aof.1.incr.aof";
const std::string kManifest = "appendonlydir/appendonly.aof.manifest";

Config ConfigFor(const TemporaryFolder& folder, AppendFsync policy) {
  Config config = DefaultConfig();
  config.dir = folder.path();
  config.appendonly = true;
  config.appendfsync = policy;
  config.enable_debug_command = ProtectedAction::kYes;
  return config;
}

// A server that loads what is in a folder and writes there.
struct LoggingServer {
  explicit LoggingServer(const TemporaryFolder& folder, AppendFsync policy = AppendFsync::kEverySec)
      : LoggingServer(ConfigFor(folder, policy)) {}
  explicit LoggingServer(const Config& config) : server(config) {
    std::promise<absl::Status> loaded;
    server.persistence.LoadAtStart([&](const absl::Status& outcome) { loaded.set_value(outcome); });
    server.persistence.Start();
    status = loaded.get_future().get();
  }
  ~LoggingServer() { server.persistence.Stop(); }

  template <typename... Words>
  RespValue Run(Words... words) {
    return client.Run(words...);
  }
  // What a connection does before it sends a reply.
  bool Secure() { return server.gate.Secure(client.session().seen_effect, &mailbox); }
  static bool WaitFor(const std::function<bool()>& condition) {
    for (int i = 0; i < 30'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  bool Rewrite() {
    if (Run("BGREWRITEAOF").type() == RespType::kError) return false;
    return WaitFor([this] { return !server.persistence.is_rewriting(); });
  }
  std::string Digest() { return std::string(Run("DEBUG", "DIGEST").text()); }
  std::string Error() const { return std::string(status.message()); }

  TestServer server;
  absl::Status status;
  Mailbox mailbox{[] {}};
  Dispatcher dispatcher{server.services};
  TestClient client{&dispatcher, server};
};

class AppendOnlyFileTest : public testing::Test {
 protected:
  static RespValue Ok() { return RespValue::Simple("OK"); }
  // A folder with one increment, as a server left it.
  void WriteIncrement(const std::string& bytes) {
    std::filesystem::create_directory(folder_.File("appendonlydir"));
    folder_.Write(kManifest, "file appendonly.aof.1.incr.aof seq 1 type i\n");
    folder_.Write(kIncrement, bytes);
  }

  TemporaryFolder folder_;
};

TEST_F(AppendOnlyFileTest, ItBeginsWithAnEmptyBaseAndAnIncrement) {
  LoggingServer server(folder_);
  ASSERT_TRUE(server.status.ok());
  EXPECT_EQ(folder_.Read(kManifest),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_EQ(folder_.Read(kIncrement), "");
}

TEST_F(AppendOnlyFileTest, AReplyIsSafeOnceItsEffectIsInTheFile) {
  LoggingServer server(folder_);
  EXPECT_EQ(server.Run("SET", "k", "v"), Ok());
  EXPECT_FALSE(server.server.gate.IsSafe(server.client.session().seen_effect));
  EXPECT_TRUE(server.Secure());
  EXPECT_EQ(folder_.Read(kIncrement), Encoded({"SELECT", "0"}) + Encoded({"SET", "k", "v"}));
}

TEST_F(AppendOnlyFileTest, AReaderWaitsForWhatItHasReadAndNothingElse) {
  LoggingServer server(folder_);
  server.Run("SET", "k", "v");
  const uint64_t written = server.client.session().own_effect;
  TestClient reader(&server.dispatcher, server.server);
  reader.Run("PING");
  EXPECT_EQ(reader.session().seen_effect, 0u);
  reader.Run("GET", "k");
  EXPECT_EQ(reader.session().seen_effect, written);
  EXPECT_EQ(reader.session().own_effect, 0u);
}

TEST_F(AppendOnlyFileTest, WithAlwaysAReplyWaitsForTheDisk) {
  LoggingServer server(folder_, AppendFsync::kAlways);
  server.Run("SET", "k", "v");
  const uint64_t seen = server.client.session().seen_effect;
  server.Secure();
  EXPECT_TRUE(LoggingServer::WaitFor([&] { return server.server.gate.IsSafe(seen); }));
  EXPECT_TRUE(server.server.persistence.aof().writer().IsDurable(seen));
}

TEST_F(AppendOnlyFileTest, WhatWasLoggedIsThereAfterARestart) {
  std::string digest;
  {
    LoggingServer server(folder_);
    server.Run("SET", "k", "v");
    server.Run("RPUSH", "l", "a", "b");
    server.Run("MULTI");
    server.Run("INCR", "n");
    server.Run("INCR", "n");
    server.Run("EXEC");
    server.Run("SELECT", "3");
    server.Run("ZADD", "z", "1.5", "m");
    server.Run("EXPIRE", "z", "100");
    digest = server.Digest();
  }
  LoggingServer server(folder_);
  ASSERT_TRUE(server.status.ok()) << server.Error();
  EXPECT_EQ(server.Digest(), digest);
  EXPECT_EQ(server.Run("GET", "n"), RespValue::Bulk("2"));
}

TEST_F(AppendOnlyFileTest, PublishedMessagesAreNotInTheFile) {
  LoggingServer server(folder_);
  server.Run("PUBLISH", "channel", "message");
  server.Run("SET", "k", "v");
  server.Secure();
  EXPECT_THAT(folder_.Read(kIncrement), Not(HasSubstr("PUBLISH")));
}

TEST_F(AppendOnlyFileTest, ARewriteReplacesTheFilesByABaseOfEitherKind) {
  for (const std::string preamble : {"yes", "no"}) {
    TemporaryFolder folder;
    std::string digest;
    {
      Config config = ConfigFor(folder, AppendFsync::kEverySec);
      config.aof_use_rdb_preamble = preamble == "yes";
      LoggingServer server(config);
      for (int i = 0; i < 200; ++i) {
        const std::string n = std::to_string(i);
        server.Run("SET", "k" + n, n);
        server.Run("RPUSH", "l", n);
        server.Run("SADD", "s", n);
        server.Run("HSET", "h", n, n);
        server.Run("ZADD", "z", n, "m" + n);
        server.Run("XADD", "x", n + "-1", "f", n);
      }
      server.Run("XGROUP", "CREATE", "x", "g", "0");
      server.Run("XREADGROUP", "GROUP", "g", "c", "COUNT", "3", "STREAMS", "x", ">");
      server.Run("XDEL", "x", "199-1");
      server.Run("PEXPIRE", "s", "100000");
      ASSERT_TRUE(server.Rewrite());
      server.Run("SET", "behind", "it");
      digest = server.Digest();
      const std::string kind = preamble == "yes" ? "rdb" : "aof";
      EXPECT_EQ(folder.Read(kManifest), "file appendonly.aof.2.base." + kind +
                                            " seq 2 type b\n"
                                            "file appendonly.aof.2.incr.aof seq 2 type i\n");
      EXPECT_FALSE(std::filesystem::exists(folder.File(kIncrement)));
    }
    LoggingServer server(folder);
    ASSERT_TRUE(server.status.ok()) << server.Error();
    EXPECT_EQ(server.Digest(), digest) << preamble;
    EXPECT_EQ(server.Run("XINFO", "GROUPS", "x").size(), 1u);
    EXPECT_EQ(server.Run("XPENDING", "x", "g").size(), 4u);
  }
}

TEST_F(AppendOnlyFileTest, GenerationsAreKeptAsConfigured) {
  Config config = ConfigFor(folder_, AppendFsync::kEverySec);
  config.aof_history_keep = 1;
  LoggingServer server(config);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(server.Rewrite());
  EXPECT_EQ(folder_.Read(kManifest),
            "file appendonly.aof.4.base.rdb seq 4 type b\n"
            "file appendonly.aof.3.incr.aof seq 3 type h\n"
            "file appendonly.aof.3.base.rdb seq 3 type h\n"
            "file appendonly.aof.4.incr.aof seq 4 type i\n");
}

TEST_F(AppendOnlyFileTest, TurnedOnAtRunTimeItBeginsWithTheDataThereIs) {
  {
    Config config = ConfigFor(folder_, AppendFsync::kEverySec);
    config.appendonly = false;
    LoggingServer server(config);
    server.Run("SET", "before", "1");
    EXPECT_EQ(server.Run("CONFIG", "SET", "appendonly", "yes"), Ok());
    EXPECT_TRUE(LoggingServer::WaitFor([&] { return !server.server.persistence.is_rewriting(); }));
    server.Run("SET", "behind", "2");
    EXPECT_TRUE(server.Secure());
    EXPECT_EQ(server.Run("CONFIG", "SET", "appendonly", "no"), Ok());
    server.Run("SET", "lost", "3");
    EXPECT_TRUE(server.Secure());
  }
  LoggingServer server(folder_);
  ASSERT_TRUE(server.status.ok()) << server.Error();
  EXPECT_EQ(server.Run("MGET", "before", "behind", "lost"),
            RespValue::Array({RespValue::Bulk("1"), RespValue::Bulk("2"),
                              RespValue::NullOf(RespType::kNullBulk)}));
}

TEST_F(AppendOnlyFileTest, AnOldSingleFileIsMovedIntoTheFolder) {
  folder_.Write("appendonly.aof", Encoded({"SELECT", "0"}) + Encoded({"SET", "k", "v"}));
  LoggingServer server(folder_);
  ASSERT_TRUE(server.status.ok()) << server.Error();
  EXPECT_EQ(server.Run("GET", "k"), RespValue::Bulk("v"));
  EXPECT_EQ(folder_.Read(kManifest),
            "file appendonly.aof seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_FALSE(std::filesystem::exists(folder_.File("appendonly.aof")));
}

TEST_F(AppendOnlyFileTest, ATornTailIsCutOff) {
  const std::string whole = Encoded({"SET", "k", "1"}) + Encoded({"INCR", "k"});
  for (const std::string& torn : {Encoded({"SET", "k", "9"}).substr(0, 20),
                                  Encoded({"MULTI"}) + Encoded({"SET", "k", "9"})}) {
    WriteIncrement(whole + torn);
    LoggingServer server(folder_);
    ASSERT_TRUE(server.status.ok()) << server.Error();
    EXPECT_EQ(server.Run("GET", "k"), RespValue::Bulk("2"));
    EXPECT_EQ(folder_.Read(kIncrement), whole);
  }
}

TEST_F(AppendOnlyFileTest, ATornTailIsAnErrorIfItIsToBe) {
  const std::string whole = Encoded({"SET", "k", "1"});
  WriteIncrement(whole + "*2\r\n$3");
  Config config = ConfigFor(folder_, AppendFsync::kEverySec);
  config.aof_load_truncated = false;
  LoggingServer server(config);
  EXPECT_THAT(server.Error(),
              AllOf(StartsWith("Unexpected end of file reading the append only file "
                               "appendonly.aof.1.incr.aof at offset "),
                    HasSubstr("offset " + std::to_string(whole.size()))));
}

TEST_F(AppendOnlyFileTest, DamageIsAnErrorThatNamesFileAndOffset) {
  const std::string whole = Encoded({"SET", "k", "1"});
  WriteIncrement(whole + "!!!" + whole);
  EXPECT_THAT(
      LoggingServer(folder_).Error(),
      StartsWith("Bad file format reading the append only file appendonly.aof.1.incr.aof at "
                 "offset " +
                 std::to_string(whole.size())));
  WriteIncrement(whole + Encoded({"BLA", "x"}));
  EXPECT_THAT(LoggingServer(folder_).Error(),
              StartsWith("Unknown command 'BLA' reading the append only file"));
  std::filesystem::remove(folder_.File(kIncrement));
  EXPECT_THAT(LoggingServer(folder_).Error(), EndsWith("No such file or directory"));
  folder_.Write(kManifest, "nonsense\n");
  EXPECT_THAT(LoggingServer(folder_).Error(), HasSubstr("Invalid AOF manifest file format"));
}

TEST_F(AppendOnlyFileTest, WhatExpiredLongAgoIsReplayedAsIfItHadNot) {
  WriteIncrement(Encoded({"RPUSH", "l", "a"}) + Encoded({"PEXPIREAT", "l", "1000"}) +
                 Encoded({"RPUSH", "l", "b"}));
  LoggingServer server(folder_);
  EXPECT_EQ(server.Run("LLEN", "l"), RespValue::Integer(0));
}

TEST_F(AppendOnlyFileTest, AFullDiskRefusesWritesUntilThereIsRoomAgain) {
  WriteIncrement("");
  std::filesystem::remove(folder_.File(kIncrement));
  std::filesystem::create_symlink("/dev/full", folder_.File(kIncrement));
  LoggingServer server(folder_);
  ASSERT_TRUE(server.status.ok()) << server.Error();
  server.Run("SET", "k", "v");
  EXPECT_FALSE(server.Secure());
  EXPECT_TRUE(server.server.gate.has_failed());
  const std::string misconf = "MISCONF Errors writing to the AOF file: No space left on device";
  EXPECT_EQ(server.Run("SET", "k", "w"), RespValue::Error(misconf));
  EXPECT_EQ(server.Run("PING"), RespValue::Error(misconf));
  EXPECT_EQ(server.Run("GET", "k"), RespValue::Bulk("v"));
  EXPECT_EQ(server.Run("CONFIG", "SET", "appendonly", "no"), Ok());
  EXPECT_EQ(server.Run("SET", "k", "w"), Ok());
}

TEST_F(AppendOnlyFileTest, AFolderThatCannotBeMadeKeepsTheFileOff) {
  Config config = ConfigFor(folder_, AppendFsync::kEverySec);
  config.appendonly = false;
  LoggingServer server(config);
  folder_.Write("appendonlydir", "a file");
  EXPECT_EQ(server.Run("CONFIG", "SET", "appendonly", "yes"),
            RespValue::Error("ERR CONFIG SET failed (possibly related to argument 'appendonly') - "
                             "Unable to turn on AOF. Check server logs."));
  EXPECT_EQ(server.Run("SET", "k", "v"), Ok());
  EXPECT_TRUE(server.Secure());
}

TEST_F(AppendOnlyFileTest, WaitAofTellsWhatIsOnTheDisk) {
  LoggingServer server(folder_, AppendFsync::kNo);
  server.Run("SET", "k", "v");
  EXPECT_EQ(server.Run("WAITAOF", "0", "0", "0"),
            RespValue::Array({RespValue::Integer(0), RespValue::Integer(0)}));
  server.server.persistence.aof().writer().FlushAndSync();
  EXPECT_EQ(server.Run("WAITAOF", "1", "0", "0"),
            RespValue::Array({RespValue::Integer(1), RespValue::Integer(0)}));
}

}  // namespace
}  // namespace redstart
