// Scripts that take too long: what other threads answer meanwhile, and how such a script ends.

#include <gmock/gmock.h>

#include <string>
#include <thread>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Config ImpatientConfig() {
  Config config = DefaultConfig();
  config.busy_reply_threshold = 1;
  return config;
}

class BusyScriptTest : public testing::Test {
 protected:
  // Runs a script on another thread, waits until it is slow, and kills it from this one. Returns
  // what it answered.
  std::string RunUntilKilled(const std::string& script) {
    std::string answer;
    std::thread other([&] {
      Mailbox mailbox([] {});
      Dispatcher dispatcher(server_.services);
      TestClient client(&dispatcher, server_, &mailbox);
      answer = client.RunRaw({"EVAL", script, "0"});
    });
    while (server_.state.script.busy() == RunningScript::Kind::kNone) std::this_thread::yield();
    EXPECT_THAT(client_.RunRaw({"PING"}), StartsWith("-BUSY Redis is busy running a script."));
    EXPECT_THAT(client_.RunRaw({"GET", "k"}), StartsWith("-BUSY"));
    EXPECT_THAT(client_.RunRaw({"FUNCTION", "KILL"}), StartsWith("-BUSY"));
    EXPECT_EQ(client_.RunRaw({"SCRIPT", "KILL"}), "+OK\r\n");
    other.join();
    EXPECT_EQ(client_.RunRaw({"PING"}), "+PONG\r\n");
    return answer;
  }

  TestServer server_{ImpatientConfig()};
  Mailbox mailbox_{[] {}};
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_, &mailbox_};
};

TEST_F(BusyScriptTest, NothingKeepsAScriptFromBeingKilled) {
  for (const char* script : {
           "while true do end",
           "while true do pcall(function() while true do end end) end",
           "while true do xpcall(function() error('x') end, function() while true do end end) end",
           "while true do redis.pcall('PING') end",
           "local f = coroutine.wrap(function() while true do end end) while true do f() end",
           "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
           "return string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
           "return string.gsub(('a'):rep(200), ('a*'):rep(30) .. 'b', '')",
           "local t = setmetatable({}, {__index = function(t, k) while true do end end}) return "
           "t.x",
           "table.sort({3, 2, 1}, function() while true do end end)",
       }) {
    EXPECT_THAT(RunUntilKilled(script), HasSubstr("Script killed by user with SCRIPT KILL"))
        << script;
  }
}

TEST_F(BusyScriptTest, AScriptThatHasWrittenEndsOnlyWithTheServer) {
  std::string answer;
  std::thread other([&] {
    Mailbox mailbox([] {});
    Dispatcher dispatcher(server_.services);
    TestClient client(&dispatcher, server_, &mailbox);
    answer = client.RunRaw({"EVAL", "redis.call('SET', 'k', 'v') while true do end", "0"});
  });
  while (server_.state.script.busy() == RunningScript::Kind::kNone) std::this_thread::yield();
  EXPECT_THAT(client_.RunRaw({"SCRIPT", "KILL"}), StartsWith("-UNKILLABLE"));
  server_.state.stopping = true;
  other.join();
  EXPECT_THAT(answer, StartsWith("-ERR"));
}

TEST_F(BusyScriptTest, WithoutASlowScriptThereIsNothingToKill) {
  EXPECT_EQ(client_.RunRaw({"SCRIPT", "KILL"}), "-NOTBUSY No scripts in execution right now.\r\n");
}

}  // namespace
}  // namespace redstart
