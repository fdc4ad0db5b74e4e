// The program: how it starts, refuses to start, and ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Runs the program to its end.
struct ShortRun {
  explicit ShortRun(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), REDSTART_SERVER_BINARY);
    ChildProcess process(arguments, directory.File("output"));
    code = process.Wait().value_or(-1);
    output = ReadWholeFile(directory.File("output"));
  }
  TemporaryDirectory directory;
  int code = -1;
  std::string output;
};

TEST(WireProcessTest, EndsInOrderOnSigtermAndSigint) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server({"--io-threads", "2"});
    RawClient client(server.port());
    EXPECT_EQ(client.Run("SET", "key", "value"), RespValue::Simple("OK"));
    server.process().Signal(signal);
    EXPECT_EQ(server.process().Wait(), 0);
    EXPECT_TRUE(client.IsClosedByServer());
    EXPECT_THAT(server.Log(), HasSubstr("bye bye"));
  }
}

TEST(WireProcessTest, WhatWasWrittenIsThereAfterSigtermAndANewStart) {
  ServerProcess server({"--save", "900 1", "--io-threads", "2"});
  RawClient client(server.port());
  EXPECT_EQ(client.Run("SET", "key", "value"), RespValue::Simple("OK"));
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
  ServerProcess next({"--dir", server.directory().path()});
  EXPECT_EQ(RawClient(next.port()).Run("GET", "key"), RespValue::Bulk("value"));
  EXPECT_THAT(next.Log(), HasSubstr("DB loaded from disk"));
}

TEST(WireProcessTest, ASecondSigintEndsTheSaveAndLeavesNoTemporaryFile) {
  ServerProcess server({"--save", "900 1", "--rdb-key-save-delay", "10000000"});
  RawClient client(server.port());
  EXPECT_EQ(client.Run("SET", "key", "value"), RespValue::Simple("OK"));
  const std::string temporary =
      server.directory().File("temp-" + std::to_string(server.process().pid()) + ".rdb");
  server.process().Signal(SIGINT);
  EXPECT_TRUE(WaitUntil([&] { return std::filesystem::exists(temporary); }));
  server.process().Signal(SIGINT);
  EXPECT_EQ(server.process().Wait(), 1);
  EXPECT_FALSE(std::filesystem::exists(temporary));
}

TEST(WireProcessTest, AnEndThatASignalAskedForCanBeCalledOff) {
  ServerProcess server({"--enable-debug-command", "yes"});
  RawClient client(server.port());
  EXPECT_EQ(client.Run("DEBUG", "PAUSE-CRON", "1"), RespValue::Simple("OK"));
  server.process().Signal(SIGTERM);
  EXPECT_TRUE(WaitUntil([&] { return client.Run("SHUTDOWN", "ABORT").text() == "OK"; }));
  EXPECT_EQ(client.Run("DEBUG", "PAUSE-CRON", "0"), RespValue::Simple("OK"));
  EXPECT_EQ(client.Run("PING"), RespValue::Simple("PONG"));
  EXPECT_EQ(client.Run("SHUTDOWN", "ABORT").text(), "ERR No shutdown in progress.");
}

TEST(WireProcessTest, SurvivesSighupAndClientsThatVanish) {
  ServerProcess server;
  server.process().Signal(SIGHUP);
  server.process().Signal(SIGPIPE);
  for (int i = 0; i < 20; ++i) {
    RawClient client(server.port());
    client.Send(Encoded("SET", "key", std::string(100'000, 'x')) + Encoded("GET", "key") +
                Encoded("GET", "key") + "*2\r\n$3\r\nGET\r\n");
  }
  EXPECT_EQ(RawClient(server.port()).Run("PING"), RespValue::Simple("PONG"));
}

TEST(WireProcessTest, TellsItsVersion) {
  const ShortRun run({"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.output, StartsWith("Redstart server v="));
}

TEST(WireProcessTest, RefusesAWrongLineOfTheFileAndShowsIt) {
  TemporaryDirectory directory;
  const std::string path = directory.File("redstart.conf");
  std::ofstream(path) << "# a comment\nport 7000\nmaxmemory-policy never\n";
  const ShortRun run({path});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.output,
              AllOf(HasSubstr(path), HasSubstr("line 3"), HasSubstr("maxmemory-policy never")));
}

TEST(WireProcessTest, RefusesAnOptionThatDoesNotExist) {
  const ShortRun run({"--no-such-option", "yes"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.output, HasSubstr("no-such-option"));
  const ShortRun missing({"/nonexistent/redstart.conf"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.output, HasSubstr("/nonexistent/redstart.conf"));
}

TEST(WireProcessTest, RefusesToStartOnAPortThatIsTaken) {
  ServerProcess server;
  const ShortRun run({"--port", std::to_string(server.port())});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.output, HasSubstr(std::to_string(server.port())));
}

TEST(WireProcessTest, WritesItsLogToTheLogfile) {
  TemporaryDirectory directory;
  const std::string log = directory.File("redstart.log");
  ChildProcess process({REDSTART_SERVER_BINARY, "--port", std::to_string(FreePort()), "--dir",
                        directory.path(), "--logfile", log},
                       directory.File("output"));
  EXPECT_TRUE(
      WaitUntil([&] { return ReadWholeFile(log).find("Ready to accept") != std::string::npos; }));
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_THAT(ReadWholeFile(log), HasSubstr("bye bye"));
  EXPECT_EQ(ReadWholeFile(directory.File("output")), "");
}

TEST(WireProcessTest, ReadsFileAndCommandLineOfWhichTheLaterCounts) {
  TemporaryDirectory directory;
  const std::string path = directory.File("redstart.conf");
  std::ofstream(path) << "databases 3\nmaxclients 50\n";
  const int port = FreePort();
  ChildProcess process({REDSTART_SERVER_BINARY, path, "--port", std::to_string(port), "--dir",
                        directory.path(), "--databases", "4"},
                       directory.File("output"));
  ASSERT_TRUE(WaitUntil([&] { return RawClient(port).is_connected(); }));
  RawClient client(port);
  EXPECT_EQ(client.Run("SELECT", "3"), RespValue::Simple("OK"));
  EXPECT_EQ(ErrorText(client.Run("SELECT", "4")), "ERR DB index is out of range");
}

}  // namespace
}  // namespace redstart
