#include "server/config/config_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/config/options.h"

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class ConfigStoreTest : public testing::Test {
 protected:
  std::string Set(const std::vector<ConfigStore::NameValue>& changes,
                  const ConfigStore::SetOptions& options = {}) {
    const absl::Status status = store_.Set(changes, options);
    return status.ok() ? "OK" : std::string(status.message());
  }

  std::vector<ConfigStore::NameValue> Get(const std::vector<std::string_view>& patterns) {
    return store_.Get(patterns);
  }

  ConfigStore store_{DefaultConfig()};
};

TEST_F(ConfigStoreTest, SetPublishesANewConfigAndLeavesTheOldOneAlone) {
  const auto before = store_.current();
  const uint64_t generation = store_.generation();
  EXPECT_EQ(Set({{"timeout", "17"}, {"maxclients", "5"}}), "OK");
  EXPECT_EQ(before->timeout, 0);
  EXPECT_EQ(store_.current()->timeout, 17);
  EXPECT_EQ(store_.current()->maxclients, 5u);
  EXPECT_EQ(store_.generation(), generation + 1);
}

TEST_F(ConfigStoreTest, SettingTheSameValueChangesNothing) {
  const uint64_t generation = store_.generation();
  EXPECT_EQ(Set({{"timeout", "0"}}), "OK");
  EXPECT_EQ(store_.generation(), generation);
}

TEST_F(ConfigStoreTest, OneWrongValueSetsNothing) {
  EXPECT_EQ(Set({{"timeout", "17"}, {"PORT", "x"}}),
            "CONFIG SET failed (possibly related to argument 'port') - argument couldn't be parsed "
            "into an integer");
  EXPECT_EQ(store_.current()->timeout, 0);
}

TEST_F(ConfigStoreTest, UnknownNamesAreNamedAsTheyWereSpelt) {
  EXPECT_EQ(Set({{"timeout", "17"}, {"NoSuch", "1"}}),
            "Unknown option or number of arguments for CONFIG SET - 'NoSuch'");
  EXPECT_EQ(store_.current()->timeout, 0);
}

TEST_F(ConfigStoreTest, TheSameOptionTwiceIsAnError) {
  EXPECT_EQ(Set({{"timeout", "1"}, {"TIMEOUT", "2"}}),
            "CONFIG SET failed (possibly related to argument 'TIMEOUT') - duplicate parameter");
}

TEST_F(ConfigStoreTest, ImmutableOptionsStayAsTheyAre) {
  EXPECT_EQ(Set({{"databases", "1"}}),
            "CONFIG SET failed (possibly related to argument 'databases') - can't set immutable "
            "config");
}

TEST_F(ConfigStoreTest, ProtectedOptionsNeedPermission) {
  EXPECT_EQ(Set({{"dbfilename", "x.rdb"}}),
            "CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected "
            "config");
  EXPECT_EQ(Set({{"dbfilename", "x.rdb"}}, {.allow_protected = true}), "OK");
  EXPECT_EQ(store_.current()->dbfilename, "x.rdb");
  EXPECT_TRUE(MayDo(ProtectedAction::kLocal, /*local=*/true));
  EXPECT_FALSE(MayDo(ProtectedAction::kLocal, /*local=*/false));
  EXPECT_FALSE(MayDo(ProtectedAction::kNo, /*local=*/true));
}

TEST_F(ConfigStoreTest, SomeOptionsWaitUntilLoadingIsOver) {
  const std::vector<ConfigStore::NameValue> changes = {{"dir", "/"}};
  EXPECT_EQ(store_.Set(changes, {.allow_protected = true, .loading = true}).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(Set({{"timeout", "1"}}, {.loading = true}), "OK");
}

TEST_F(ConfigStoreTest, WhatIsNotBuiltIsRefusedWithItsReason) {
  EXPECT_EQ(Set({{"activedefrag", "yes"}}).substr(0, 67),
            "CONFIG SET failed (possibly related to argument 'activedefrag') - '");
  EXPECT_EQ(Set({{"activedefrag", "no"}}), "OK");
}

TEST_F(ConfigStoreTest, OptionsOfSeveralWordsTakeThemInOneArgument) {
  EXPECT_EQ(Set({{"client-output-buffer-limit", "normal 1mb 0 0"}, {"save", ""}}), "OK");
  EXPECT_EQ(store_.current()->client_output_buffer_limit[kClientNormal].hard_bytes, 1 << 20);
  // Redis cuts at every single blank.
  EXPECT_THAT(Set({{"oom-score-adj-values", "1  2 3"}}), HasSubstr("wrong number of arguments"));
}

TEST_F(ConfigStoreTest, GetAnswersUnderTheNameThatWasAsked) {
  EXPECT_THAT(Get({"PORT"}), ElementsAre(Pair("PORT", "6379")));
  EXPECT_THAT(Get({"slave-priority"}), ElementsAre(Pair("slave-priority", "100")));
  EXPECT_THAT(Get({"nosuch", "no*such"}), IsEmpty());
}

TEST_F(ConfigStoreTest, PatternsMatchNamesAndAliasesInAnyCase) {
  EXPECT_THAT(Get({"*-PRIORITY"}),
              ElementsAre(Pair("replica-priority", "100"), Pair("slave-priority", "100")));
  EXPECT_THAT(Get({"por[st]"}), ElementsAre(Pair("port", "6379")));
  EXPECT_THAT(Get({"p?rt", "port"}), ElementsAre(Pair("port", "6379")));
  EXPECT_GT(Get({"*"}).size(), AllOptions().size());
}

TEST_F(ConfigStoreTest, HiddenOptionsNeedTheirFullName) {
  EXPECT_THAT(Get({"key-load-dela?"}), IsEmpty());
  EXPECT_THAT(Get({"key-load-delay"}), ElementsAre(Pair("key-load-delay", "0")));
}

TEST_F(ConfigStoreTest, HooksSeeBothConfigsOncePerSet) {
  int calls = 0;
  const std::string_view names[] = {"port", "bind"};
  store_.OnChange(names, [&](const Config& before, const Config& after) {
    ++calls;
    EXPECT_EQ(before.port, 6379);
    EXPECT_EQ(after.port, 7000);
    return absl::OkStatus();
  });
  EXPECT_EQ(Set({{"port", "7000"}, {"bind", "127.0.0.1"}}), "OK");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Set({{"timeout", "3"}}), "OK");
  EXPECT_EQ(calls, 1);
}

TEST_F(ConfigStoreTest, AFailingHookTakesEverythingBack) {
  std::vector<int> timeouts;
  store_.OnChange("timeout", [&](const Config&, const Config& after) {
    timeouts.push_back(after.timeout);
    return absl::OkStatus();
  });
  store_.OnChange("port", [](const Config&, const Config&) {
    return absl::UnavailableError("Unable to listen on this port. Check server logs.");
  });
  const uint64_t generation = store_.generation();
  EXPECT_EQ(Set({{"timeout", "9"}, {"port", "7000"}}),
            "CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this "
            "port. Check server logs.");
  EXPECT_THAT(timeouts, ElementsAre(9, 0));
  EXPECT_EQ(store_.current()->timeout, 0);
  EXPECT_EQ(store_.current()->port, 6379);
  EXPECT_EQ(store_.generation(), generation);
}

TEST_F(ConfigStoreTest, ReadersAndWritersOfManyThreadsSeeWholeConfigs) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([this] {
      for (int i = 1; i <= 200; ++i) {
        EXPECT_EQ(Set({{"timeout", std::to_string(i)}, {"tcp-keepalive", std::to_string(i)}}),
                  "OK");
      }
    });
    threads.emplace_back([this] {
      uint64_t seen = 0;
      for (int i = 0; i < 2000; ++i) {
        if (store_.generation() == seen) continue;
        seen = store_.generation();
        const auto config = store_.current();
        EXPECT_TRUE(config->timeout == config->tcp_keepalive || config->timeout == 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_.current()->timeout, 200);
}

}  // namespace
}  // namespace redstart
