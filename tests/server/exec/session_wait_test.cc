#include "server/exec/session_wait.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/exec/call.h"
#include "tests/server/test_server.h"

namespace redstart {
namespace {

WaitToken g_token;  // Of the session that asked to wait last.
bool g_left = false;

// DEFER [milliseconds]: answers when the test says so, or "late" after that time.
void Defer(Call& call, Args args, ReplyBuilder& reply) {
  if (!call.may_wait()) return reply.Simple("NOT NOW");
  WaitOptions options = {.on_leave = [](Dispatcher&, Session&) { g_left = true; }};
  if (args.size() == 2) {
    options.deadline_ms = call.now_ms() + std::stoul(std::string(args[1]));
    options.on_deadline = [](Dispatcher&, Session&, ReplyBuilder& late) {
      late.Simple("late");
      return true;
    };
  }
  g_token = call.session().BeginWait(WaitReason::kDeferred, std::move(options));
}

bool g_pause = false;

// PAUSED: what a check before the handlers would do.
void Paused(Call& call, Args, ReplyBuilder& reply) {
  if (!g_pause) return reply.Simple("RAN");
  g_token = call.session().BeginWait(WaitReason::kPaused);
}

constexpr CommandSpec kWaitCommands[] = {
    {.name = "DEFER", .arity = -1, .run = Defer, .since = "1.0.0", .summary = "Waits."},
    {.name = "PAUSED", .arity = 1, .run = Paused, .since = "1.0.0", .summary = "Waits."},
};

class SessionWaitTest : public testing::Test {
 protected:
  SessionWaitTest() {
    g_pause = false;
    g_left = false;
  }

  std::vector<CommandRows> FamiliesWithWaits() {
    std::vector<CommandRows> families = AllCommandFamilies();
    families.push_back(kWaitCommands);
    return families;
  }
  Services ServicesWithWaits() {
    Services services = server_.services;
    services.commands = &table_;
    services.stats = &stats_;
    return services;
  }
  size_t Execute(const std::vector<std::string>& names, std::string* replies) {
    RequestBatch batch;
    for (const std::string& name : names) {
      batch.AddArg(name);
      batch.FinishRequest();
    }
    ReplyBuffer buffer;
    ReplyBuilder reply(&buffer);
    const size_t executed = dispatcher_.Execute(client_.session(), batch, reply);
    replies->assign(buffer.bytes());
    return executed;
  }

  TestServer server_;
  const std::vector<CommandRows> families_ = FamiliesWithWaits();
  CommandTable table_{families_};
  StatsBoard stats_{table_.size()};
  Dispatcher dispatcher_{ServicesWithWaits()};
  TestClient client_{&dispatcher_, server_};
};

TEST_F(SessionWaitTest, NothingBehindADeferredCommandIsExecuted) {
  std::string replies;
  EXPECT_EQ(Execute({"PING", "DEFER", "PING"}, &replies), 2u);
  EXPECT_EQ(replies, "+PONG\r\n");
  EXPECT_TRUE(client_.session().is_waiting());
  EXPECT_EQ(client_.session().wait_reason.load(), WaitReason::kDeferred);
}

TEST_F(SessionWaitTest, ResumeWritesTheReplyThatIsOwed) {
  client_.RunRaw({"DEFER"});
  Resume(g_token, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Integer(42); });
  EXPECT_EQ(client_.Resume(), RespValue::Integer(42));
  EXPECT_FALSE(client_.session().is_waiting());
  EXPECT_EQ(client_.Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(SessionWaitTest, AWaitEndsOnce) {
  client_.RunRaw({"DEFER"});
  const WaitToken first = g_token;
  Resume(first, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Integer(1); });
  Resume(first, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Integer(2); });
  EXPECT_EQ(client_.ResumeRaw(), ":1\r\n");
  client_.RunRaw({"DEFER"});
  Resume(first, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Integer(3); });
  EXPECT_EQ(client_.ResumeRaw(), "");
  EXPECT_TRUE(client_.session().is_waiting());
}

TEST_F(SessionWaitTest, TheDeadlineEndsAWait) {
  client_.RunRaw({"DEFER", "100"});
  server_.clock.now_us += 99'000;
  EXPECT_EQ(client_.ResumeRaw(), "");
  server_.clock.now_us += 1'000;
  EXPECT_EQ(client_.Resume(), RespValue::Simple("late"));
  EXPECT_FALSE(client_.session().is_waiting());
}

TEST_F(SessionWaitTest, APausedRequestIsLeftToBeExecutedLater) {
  g_pause = true;
  std::string replies;
  EXPECT_EQ(Execute({"PING", "PAUSED", "PING"}, &replies), 1u);
  EXPECT_EQ(replies, "+PONG\r\n");
  g_pause = false;
  server_.sessions.ResumeAll(WaitReason::kDeferred);
  EXPECT_EQ(client_.ResumeRaw(), "");
  EXPECT_TRUE(client_.session().is_waiting());
  server_.sessions.ResumeAll(WaitReason::kPaused);
  EXPECT_EQ(client_.ResumeRaw(), "");
  EXPECT_FALSE(client_.session().is_waiting());
  EXPECT_EQ(client_.Run("PAUSED"), RespValue::Simple("RAN"));
}

TEST_F(SessionWaitTest, ReplySkipSwallowsTheReplyThatComesLater) {
  client_.RunRaw({"CLIENT", "REPLY", "SKIP"});
  client_.RunRaw({"DEFER"});
  Resume(g_token, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Integer(42); });
  EXPECT_EQ(client_.ResumeRaw(), "");
  EXPECT_EQ(client_.Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(SessionWaitTest, ReplySkipWaitsForARequestThatIsPaused) {
  g_pause = true;
  client_.RunRaw({"CLIENT", "REPLY", "SKIP"});
  client_.RunRaw({"PAUSED"});
  g_pause = false;
  server_.sessions.ResumeAll(WaitReason::kPaused);
  client_.ResumeRaw();
  EXPECT_EQ(client_.RunRaw({"PAUSED"}), "");
  EXPECT_EQ(client_.RunRaw({"PAUSED"}), "+RAN\r\n");
}

TEST_F(SessionWaitTest, NobodyWaitsInsideATransaction) {
  client_.Run("MULTI");
  client_.Run("DEFER");
  EXPECT_EQ(client_.RunRaw({"EXEC"}), "*1\r\n+NOT NOW\r\n");
}

TEST_F(SessionWaitTest, WhoeverLeavesWhileItWaitsIsForgotten) {
  {
    TestClient other(&dispatcher_, server_);
    other.RunRaw({"DEFER"});
    EXPECT_FALSE(g_left);
  }
  EXPECT_TRUE(g_left);
}

TEST_F(SessionWaitTest, ErrorsThatEndAWaitAreCounted) {
  client_.RunRaw({"DEFER"});
  Resume(g_token, [](Dispatcher&, Session&, ReplyBuilder& reply) { reply.Fail("LATER it fails"); });
  EXPECT_EQ(client_.Resume(), RespValue::Error("LATER it fails"));
  EXPECT_EQ(stats_.SumOfErrors()["LATER"], 1u);
}

TEST_F(SessionWaitTest, ClientListAndInfoShowWhoWaits) {
  client_.RunRaw({"DEFER", "5000"});
  TestClient other(&dispatcher_, server_);
  const std::string list = other.Run("CLIENT", "LIST").text();
  EXPECT_NE(list.find(" flags=b "), std::string::npos) << list;
  const std::string info = other.Run("INFO", "clients").text();
  EXPECT_NE(info.find("blocked_clients:1\r\n"), std::string::npos) << info;
  EXPECT_NE(info.find("clients_in_timeout_table:1\r\n"), std::string::npos) << info;
}

}  // namespace
}  // namespace redstart
