// Many threads on one keyspace, in process. Meant for ThreadSanitizer as much as for its own
// checks.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <random>
#include <set>
#include <thread>

#include "storage/base/number.h"
#include "tests/server/test_server.h"
#include "tests/stress/mirror.h"

namespace redstart {
namespace {

constexpr int kThreads = 4;
#ifdef REDSTART_SANITIZED
constexpr int kScale = 1;
#else
constexpr int kScale = 10;
#endif

using Request = std::vector<std::string>;
using Batch = std::vector<Request>;

// One thread's connection to the server: its dispatcher, its random numbers and a client.
class Worker {
 public:
  Worker(TestServer* server, Mailbox* mailbox, uint64_t seed)
      : server_(server), mailbox_(mailbox), dispatcher_(server->services), random_(seed) {
    Reconnect();
  }

  size_t Below(size_t bound) { return random_() % bound; }
  bool OneIn(size_t n) { return Below(n) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

  TestServer& server() { return *server_; }
  Dispatcher& dispatcher() { return dispatcher_; }
  TestClient& client() { return *client_; }
  void Reconnect() {
    client_ = nullptr;
    mailbox_->Take();
    client_ = std::make_unique<TestClient>(&dispatcher_, *server_, mailbox_);
  }

 private:
  TestServer* server_;
  Mailbox* mailbox_;
  Dispatcher dispatcher_;
  std::mt19937_64 random_;
  std::unique_ptr<TestClient> client_;
};

std::string Account(size_t number) {
  return "account:" + std::to_string(number);
}

class StressTest : public testing::Test {
 protected:
  // Runs `work` on kThreads threads, and each of `background` again and again on one thread more
  // until those have finished.
  void RunThreads(const std::function<void(Worker&)>& work,
                  const std::vector<std::function<void(Worker&)>>& background) {
    std::atomic<bool> done = false;
    std::deque<Mailbox> mailboxes;
    std::vector<std::thread> beside;
    for (const auto& action : background) {
      beside.emplace_back(
          [&, mailbox = &mailboxes.emplace_back([] {}), seed = beside.size() + 100] {
            Worker worker(&server_, mailbox, seed);
            do {
              action(worker);
            } while (!done);
          });
    }
    beside.emplace_back([&] {
      while (!done) mirror_.CatchUp();
    });
    std::vector<std::thread> threads;
    for (uint64_t seed = 0; seed < kThreads; ++seed) {
      threads.emplace_back([&, mailbox = &mailboxes.emplace_back([] {}), seed] {
        Worker worker(&server_, mailbox, seed);
        work(worker);
      });
    }
    for (std::thread& thread : threads) thread.join();
    done = true;
    for (std::thread& thread : beside) thread.join();
  }

  void OpenAccounts(size_t count, std::string_view balance) {
    Dispatcher dispatcher(server_.services);
    TestClient client(&dispatcher, server_);
    for (size_t i = 0; i < count; ++i) client.RunArgs({"SET", Account(i), std::string(balance)});
  }

  void ExpectMirrorEqual() {
    mirror_.CatchUp();
    EXPECT_TRUE(mirror_.is_clean());
    bool consistent[2];
    const Content original = ContentOf(&server_.keyspace, &consistent[0]);
    const Content copy = ContentOf(mirror_.keyspace(), &consistent[1]);
    EXPECT_TRUE(consistent[0]);
    EXPECT_TRUE(consistent[1]);
    EXPECT_EQ(original.size(), copy.size());
    for (const auto& [key, value] : original) {
      const auto found = copy.find(key);
      ASSERT_TRUE(found != copy.end())
          << "only in the original: " << key.first << ' ' << key.second;
      EXPECT_EQ(found->second, value) << key.first << ' ' << key.second;
    }
    for (const auto& [key, value] : copy) {
      ASSERT_TRUE(original.contains(key)) << "only in the copy: " << key.first << ' ' << key.second;
    }
  }

  TestServer server_;
  Mirror mirror_{&server_};
};

// --- Transactions move units; their sum never changes

constexpr int kAccounts = 20;
constexpr int64_t kSum = kAccounts * 1000;

Request ReadAllAccounts() {
  Request request = {"MGET"};
  for (int i = 0; i < kAccounts; ++i) request.push_back(Account(i));
  return request;
}

int64_t SumOf(const RespValue& values) {
  int64_t sum = 0;
  for (const RespValue& value : values.items()) sum += ParseInt64(value.text()).value_or(0);
  return sum;
}

// Two accounts that differ.
std::pair<std::string, std::string> DrawAccounts(Worker& worker) {
  const size_t from = worker.Below(kAccounts);
  const size_t to = (from + 1 + worker.Below(kAccounts - 1)) % kAccounts;
  return {Account(from), Account(to)};
}

void MoveByCounters(Worker& worker) {
  const auto [from, to] = DrawAccounts(worker);
  const std::string amount = std::to_string(worker.Below(100));
  worker.client().RunBatchRaw({{"MULTI"},
                               {"GET", from},
                               {"DECRBY", from, amount},
                               {"INCRBY", to, amount},
                               {"GET", to},
                               {"EXEC"}});
}

// False if somebody else changed an account meanwhile.
bool MoveWatching(Worker& worker) {
  const auto [from, to] = DrawAccounts(worker);
  const auto amount = static_cast<int64_t>(worker.Below(100));
  TestClient& client = worker.client();
  client.RunArgs({"WATCH", from, to});
  const int64_t source = ParseInt64(client.RunArgs({"GET", from}).text()).value_or(0);
  const int64_t target = ParseInt64(client.RunArgs({"GET", to}).text()).value_or(0);
  client.Run("MULTI");
  client.RunArgs({"SET", from, std::to_string(source - amount)});
  client.RunArgs({"SET", to, std::to_string(target + amount)});
  return !client.Run("EXEC").IsNull();
}

TEST_F(StressTest, TransactionsNeverMakeOrLoseAnything) {
  OpenAccounts(kAccounts, "1000");
  std::atomic<int> moved = 0;
  std::atomic<int> seen = 0;
  std::atomic<int> wrong = 0;
  const auto check = [&](const RespValue& values) {
    ++seen;
    if (values.size() != kAccounts || SumOf(values) != kSum) ++wrong;
  };
  RunThreads(
      [&](Worker& worker) {
        for (int i = 0; i < 1500 * kScale; ++i) {
          MoveByCounters(worker);
          if (MoveWatching(worker)) ++moved;
        }
      },
      {
          [&](Worker& worker) { check(worker.client().RunArgs(ReadAllAccounts())); },
          [&](Worker& worker) {
            worker.client().Run("MULTI");
            worker.client().RunArgs(ReadAllAccounts());
            const RespValue replies = worker.client().Run("EXEC");
            check(replies.size() == 1 ? replies[0] : RespValue());
          },
      });
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(seen, 0);
  EXPECT_GT(moved, 0);
  ExpectMirrorEqual();
}

// --- Everything at once

std::string SomeKey(Worker& worker) {
  return "key:" + std::to_string(worker.Below(300));
}

// Short enough to stand in the entry, too long for that, or a number.
std::string SomeValue(Worker& worker) {
  switch (worker.Below(8)) {
    case 0:
      return std::string(3000 + worker.Below(20'000), 'b');
    case 1:
      return std::string(50 + worker.Below(1000), 'r');
    case 2:
      return std::string(worker.Below(40), 's');
    default:
      return std::to_string(worker.Below(1'000'000));
  }
}

Request SomeWrite(Worker& worker) {
  const std::string key = SomeKey(worker);
  const std::string soon = std::to_string(1 + worker.Below(100));
  switch (worker.Below(20)) {
    case 0:
      return {"DEL", key, SomeKey(worker), SomeKey(worker)};
    case 1:
      return {"UNLINK", key};
    case 2:
      return {"PEXPIRE", key, soon};
    case 3:
      return {"PEXPIRE", key, soon, worker.OneIn(2) ? "GT" : "NX"};
    case 4:
      return {"PERSIST", key};
    case 5:
      return {"RENAME", key, SomeKey(worker)};
    case 6:
      return {"RENAMENX", key, SomeKey(worker)};
    case 7:
      return {"COPY", key, SomeKey(worker), "REPLACE"};
    case 8:
      return {"MOVE", key, worker.OneIn(2) ? "1" : "2"};
    case 9:
      return {"APPEND", key, SomeValue(worker)};
    case 10:
      return {"SETRANGE", key, soon, "patch"};
    case 11:
      return {"INCRBY", key, soon};
    case 12:
      return {"GETEX", key, "PX", soon};
    case 13:
      return {"GETDEL", key};
    case 14:
      return {"MSET", key, SomeValue(worker), SomeKey(worker), SomeValue(worker)};
    case 15:
      return {"MSETNX", key, SomeValue(worker), SomeKey(worker), SomeValue(worker)};
    case 16:
      return {"SET", key, SomeValue(worker), "PX", soon};
    case 17:
      return {"SET", key, SomeValue(worker), "KEEPTTL", "GET"};
    default:
      return {"SET", key, SomeValue(worker)};
  }
}

Request SomeRead(Worker& worker) {
  switch (worker.Below(12)) {
    case 0:
      return {"MGET", SomeKey(worker), SomeKey(worker), SomeKey(worker)};
    case 1:
      return {"EXISTS", SomeKey(worker), SomeKey(worker)};
    case 2:
      return {"PTTL", SomeKey(worker)};
    case 3:
      return {"RANDOMKEY"};
    case 4:
      return {"SCAN", "0", "COUNT", "50"};
    case 5:
      return {"DUMP", SomeKey(worker)};
    case 6:
      return {"WATCH", SomeKey(worker), SomeKey(worker)};
    default:
      return {"GET", SomeKey(worker)};
  }
}

// What touches all keys or other clients.
Request SomethingRare(Worker& worker) {
  switch (worker.Below(12)) {
    case 0:
      return {"FLUSHALL", worker.OneIn(2) ? "SYNC" : "ASYNC"};
    case 1:
      return {"FLUSHDB"};
    case 2:
    case 3:
      return {"SWAPDB", std::to_string(worker.Below(3)), std::to_string(worker.Below(3))};
    case 4:
      return {"CLIENT", "LIST"};
    case 5:
      return {"CLIENT", "SETNAME", "name:" + std::to_string(worker.Below(10))};
    case 6: {
      const uint64_t newest = worker.server().sessions.NextId();
      return {"CLIENT", "KILL", "ID", std::to_string(newest - worker.Below(12))};
    }
    case 7:
      return {"CONFIG", "SET", "maxmemory-policy", worker.OneIn(2) ? "allkeys-lfu" : "noeviction"};
    case 8:
      return {"DBSIZE"};
    case 9:
      return {"KEYS", "*1*"};
    default:
      return {"SELECT", std::to_string(worker.Below(3))};
  }
}

// At most 16 requests, as they are read from a socket together.
Batch SomeBatch(Worker& worker) {
  Batch batch;
  const bool transaction = worker.OneIn(4);
  if (transaction) batch.push_back({"MULTI"});
  const size_t requests = 1 + worker.Below(RequestBatch::kMaxRequests - 2);
  for (size_t i = 0; i < requests; ++i) {
    if (worker.OneIn(100)) {
      batch.push_back(SomethingRare(worker));
    } else {
      batch.push_back(worker.OneIn(2) ? SomeWrite(worker) : SomeRead(worker));
    }
  }
  if (transaction) batch.push_back({"EXEC"});
  return batch;
}

TEST_F(StressTest, TheEffectStreamRepeatsWhateverAllThreadsDo) {
  RunThreads(
      [](Worker& worker) {
        for (int i = 0; i < 1000 * kScale; ++i) {
          worker.client().RunBatchRaw(SomeBatch(worker));
          if (worker.client().session().close_after_reply || worker.OneIn(200)) worker.Reconnect();
        }
      },
      {
          // Time passes, and what is due is deleted.
          [](Worker& worker) {
            worker.server().clock.now_us += 500;
            worker.dispatcher().SweepExpired(0, 2, 1000);
            worker.dispatcher().SweepExpired(1, 2, 1000);
          },
          // Other readers of the stream come and go.
          [](Worker& worker) {
            std::optional<Journal::Reader> reader;
            {
              const ShardLocks all = worker.server().keyspace.LockAll();
              reader.emplace(&worker.server().journal, [] {});
            }
            std::string bytes;
            for (int i = 0; i < 20; ++i) reader->Take(size_t{1} << 16, &bytes);
          },
      });
  EXPECT_GT(mirror_.effects(), 1000u);
  ExpectMirrorEqual();
}

// --- SCAN

TEST_F(StressTest, AScanSeesEveryKeyThatStaysWhileOthersComeAndGo) {
  constexpr size_t kLasting = 200;
  OpenAccounts(kLasting, "1");
  std::atomic<int> walks = 0;
  std::atomic<int> incomplete = 0;
  RunThreads(
      // Tables grow and shrink a few times.
      [](Worker& worker) {
        const std::string prefix = "passing:" + std::to_string(worker.Below(1000)) + ':';
        for (int round = 0; round < 4; ++round) {
          for (const char* command : {"SET", "DEL"}) {
            for (int i = 0; i < 1000 * kScale; i += 10) {
              Batch batch;
              for (int j = i; j < i + 10; ++j) {
                batch.push_back({command, prefix + std::to_string(j)});
                if (batch.back()[0] == "SET") batch.back().push_back("1");
              }
              worker.client().RunBatchRaw(batch);
            }
          }
        }
      },
      {[&](Worker& worker) {
        std::set<std::string> lasting;
        std::string cursor = "0";
        do {
          const RespValue reply = worker.client().RunArgs({"SCAN", cursor, "COUNT", "100"});
          if (reply.size() != 2) break;
          cursor = reply[0].text();
          for (const RespValue& key : reply[1].items()) {
            if (key.text().starts_with("account:")) lasting.insert(key.text());
          }
        } while (cursor != "0");
        ++walks;
        if (lasting.size() != kLasting) ++incomplete;
      }});
  EXPECT_GT(walks, 0);
  EXPECT_EQ(incomplete, 0);
  ExpectMirrorEqual();
}

}  // namespace
}  // namespace redstart
