#include "server/exec/admission.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/config/config_store.h"
#include "server/exec/errors.h"

namespace redstart {
namespace {

void Nothing(Call&, Args, ReplyBuilder&) {}

constexpr CommandSpec kRows[] = {
    {.name = "GET", .arity = 2, .flags = kReadOnly, .run = Nothing},
    {.name = "SET", .arity = -2, .flags = kWrite | kDenyOom, .run = Nothing},
    {.name = "EXEC", .arity = 1, .flags = kLoading | kEndsTransaction, .run = Nothing},
    {.name = "AUTH", .arity = -2, .flags = kNoAuth | kLoading, .run = Nothing},
    {.name = "WATCH", .arity = -2, .flags = kNoMulti, .run = Nothing},
    {.name = "DEBUG", .arity = -2, .flags = kProtected | kDebugGuarded, .run = Nothing},
    {.name = "PING", .arity = -1, .flags = kTellsHealth, .run = Nothing},
    {.name = "CLIENT", .arity = -2, .flags = kContainer},
    {.name = "CLIENT KILL", .arity = -3, .run = Nothing},
};

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() { session_.authenticated = true; }

  // The error, or nothing if the request may run.
  std::string Refusal(std::vector<std::string_view> words) {
    const CommandRow* row = table_.Resolve(words);
    const uint32_t flags = row == nullptr ? 0 : row->spec->flags;
    const AdmissionRequest request = {session_, row, flags, words, config_, state_};
    return IsAdmitted(request) ? std::string() : RefusalOf(request);
  }

  const std::vector<absl::Span<const CommandSpec>> families_ = {kRows};
  const CommandTable table_{families_};
  Config config_ = DefaultConfig();
  ServerState state_;
  Mailbox mailbox_{[] {}};
  Session session_{1, {.is_loopback = true}, 0, &mailbox_};
};

TEST_F(AdmissionTest, AGoodRequestPasses) {
  EXPECT_EQ(Refusal({"get", "k"}), "");
  EXPECT_EQ(Refusal({"client", "kill", "x"}), "");
}

TEST_F(AdmissionTest, OverTheMemoryLimitWhatMayNeedMoreIsRefused) {
  state_.over_memory_limit = true;
  EXPECT_EQ(Refusal({"set", "k", "v"}), "") << "there is no limit";
  config_.maxmemory = 1;
  EXPECT_EQ(Refusal({"set", "k", "v"}), "OOM command not allowed when used memory > 'maxmemory'.");
  EXPECT_EQ(Refusal({"get", "k"}), "");
  session_.BeginTransaction();
  EXPECT_EQ(Refusal({"get", "k"}), "OOM command not allowed when used memory > 'maxmemory'.")
      << "queueing takes memory";
}

TEST_F(AdmissionTest, AnUnknownCommandIsQuotedWithItsArguments) {
  EXPECT_EQ(Refusal({"FOO", "a", "b"}),
            "ERR unknown command 'FOO', with args beginning with: 'a' 'b' ");
  EXPECT_EQ(Refusal({"FOO"}), "ERR unknown command 'FOO', with args beginning with: ");
  const std::string error = Refusal({"FOO", std::string(500, 'x'), "never shown"});
  EXPECT_EQ(error, "ERR unknown command 'FOO', with args beginning with: '" +
                       std::string(128, 'x') + "' ");
}

TEST_F(AdmissionTest, AnUnknownSubcommandHasAnErrorOfItsOwn) {
  EXPECT_EQ(Refusal({"client", "foo"}), "ERR unknown subcommand 'foo'. Try CLIENT HELP.");
  EXPECT_EQ(Refusal({"client"}), "ERR wrong number of arguments for 'client' command");
}

TEST_F(AdmissionTest, ArityIsCheckedPerSubcommand) {
  EXPECT_EQ(Refusal({"GET"}), "ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(Refusal({"CLIENT", "KILL"}), "ERR wrong number of arguments for 'client|kill' command");
}

TEST_F(AdmissionTest, AuthenticationComesFirstForAllButAFew) {
  config_.requirepass = "password";
  session_.authenticated = false;
  EXPECT_EQ(Refusal({"GET", "k"}), "NOAUTH Authentication required.");
  EXPECT_EQ(Refusal({"AUTH", "password"}), "");
  EXPECT_EQ(Refusal({"GET"}), "ERR wrong number of arguments for 'get' command");
}

TEST_F(AdmissionTest, SomeCommandsAreRefusedInATransaction) {
  EXPECT_EQ(Refusal({"WATCH", "k"}), "");
  session_.BeginTransaction();
  EXPECT_EQ(Refusal({"WATCH", "k"}), "ERR Command not allowed inside a transaction");
  EXPECT_EQ(Refusal({"GET", "k"}), "");
}

TEST_F(AdmissionTest, DebugIsGuardedByTheConfiguration) {
  config_.enable_debug_command = ProtectedAction::kNo;
  EXPECT_EQ(Refusal({"DEBUG", "SLEEP"}).substr(0, 30), "ERR DEBUG command not allowed.");
  config_.enable_debug_command = ProtectedAction::kLocal;
  EXPECT_EQ(Refusal({"DEBUG", "SLEEP"}), "");
}

TEST_F(AdmissionTest, AReaderOfTheJournalMayNotTouchKeys) {
  session_.reads_journal = true;
  EXPECT_EQ(Refusal({"GET", "k"}), "ERR Replica can't interact with the keyspace");
  EXPECT_EQ(Refusal({"PING"}), "");
}

TEST_F(AdmissionTest, WhileLoadingOnlyRowsThatNeedNoDataRun) {
  state_.loading = true;
  EXPECT_EQ(Refusal({"get", "k"}), error::kLoading);
  EXPECT_EQ(Refusal({"auth", "x"}), "");
  EXPECT_EQ(Refusal({"exec"}), "");
  session_.BeginTransaction();
  session_.transaction().commands.emplace_back(table_.Find("get"), Args());
  EXPECT_EQ(Refusal({"exec"}), error::kLoading);
}

TEST_F(AdmissionTest, WhileSavingFailsWritesAndPingAreRefused) {
  state_.last_save_failed = true;
  EXPECT_EQ(Refusal({"set", "k"}), error::kMisconf);
  EXPECT_EQ(Refusal({"ping"}), error::kMisconf);
  EXPECT_EQ(Refusal({"get", "k"}), "");
  session_.BeginTransaction();
  EXPECT_EQ(Refusal({"exec"}), "");
  session_.transaction().commands.emplace_back(table_.Find("set"), Args());
  EXPECT_EQ(Refusal({"exec"}), error::kMisconf);
  config_.save.clear();
  EXPECT_EQ(Refusal({"set", "k"}), "");
}

}  // namespace
}  // namespace redstart
