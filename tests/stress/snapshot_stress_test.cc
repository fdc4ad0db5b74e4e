// The invariant of snapshots: while threads move units between accounts in transactions, every
// snapshot's sum is the same, whatever else goes on: flushes, swaps, expiry, aborted snapshots,
// writers held up by a small budget. Meant for ThreadSanitizer as much as for its own checks.

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <set>
#include <thread>

#include "storage/base/number.h"
#include "storage/disk/rdb_reader.h"
#include "storage/disk/snapshot.h"
#include "storage/types/hash.h"
#include "storage/value.h"
#include "tests/server/test_server.h"
#include "tests/storage/disk/string_sink.h"

namespace redstart {
namespace {

#ifdef REDSTART_SANITIZED
constexpr int kSnapshots = 60;
#else
constexpr int kSnapshots = 300;
#endif
constexpr int kAccounts = 400;  // In each of databases 0 and 1.
constexpr int64_t kBalance = 1'000'000;
// In each of the two databases also hashes of accounts, one for each form: inside its entry, in a
// block of its own, and large.
constexpr struct {
  const char* key;
  int fields;
} kLedgers[] = {{"ledger:inside", 10}, {"ledger:outside", 200}, {"ledger:large", 700}};
constexpr int64_t kSum = 2 * (kAccounts + 10 + 200 + 700) * kBalance;

using Request = std::vector<std::string>;

std::string Account(size_t number) {
  return std::string("account:").append(std::to_string(number));
}

class SnapshotStressTest : public testing::Test {
 protected:
  // One thread's connection.
  struct Client {
    Client(TestServer* server, uint64_t seed)
        : dispatcher(server->services), client(&dispatcher, *server), random(seed) {}

    size_t Below(size_t bound) { return random() % bound; }
    void Run(const Request& request) { client.RunRaw(request); }

    Dispatcher dispatcher;
    TestClient client;
    std::mt19937_64 random;
  };

  static void OpenAccounts(Client* client) {
    for (const char* database : {"0", "1"}) {
      client->Run({"SELECT", database});
      for (int i = 0; i < kAccounts; ++i) {
        client->Run({"SET", Account(i), std::to_string(kBalance)});
      }
      for (const auto& ledger : kLedgers) {
        Request request = {"HSET", ledger.key};
        for (int i = 0; i < ledger.fields; ++i) {
          request.push_back(Account(i));
          request.push_back(std::to_string(kBalance));
        }
        client->Run(request);
      }
    }
  }
  static void Transfer(Client* client) {
    const std::string amount = std::to_string(client->Below(100));
    client->Run({"SELECT", std::to_string(client->Below(2))});
    client->Run({"MULTI"});
    if (client->Below(2) == 0) {
      client->Run({"DECRBY", Account(client->Below(kAccounts)), amount});
    } else {
      const auto& from = kLedgers[client->Below(3)];
      client->Run({"HINCRBY", from.key, Account(client->Below(static_cast<size_t>(from.fields))),
                   std::string("-").append(amount)});
    }
    if (client->Below(2) == 0) {
      client->Run({"INCRBY", Account(client->Below(kAccounts)), amount});
    } else {
      const auto& to = kLedgers[client->Below(3)];
      client->Run(
          {"HINCRBY", to.key, Account(client->Below(static_cast<size_t>(to.fields))), amount});
    }
    client->Run({"EXEC"});
  }
  static std::string Stray(Client* client) {
    return std::string("x").append(std::to_string(client->Below(3000)));
  }
  // Keys beside the accounts, which come and go so that tables split and merge.
  static void Litter(Client* client) {
    client->Run({"SELECT", std::to_string(client->Below(4))});
    for (int i = 0; i < 20; ++i) {
      const std::string key = Stray(client);
      switch (client->Below(6)) {
        case 0:
          client->Run({"SET", key, std::string(client->Below(3000), 'x'), "PX", "5"});
          break;
        case 1:
          client->Run({"DEL", key, Stray(client)});
          break;
        case 2:
          client->Run({"APPEND", key, "more"});
          break;
        case 3:
          client->Run({"RENAME", key, Stray(client)});
          break;
        default:
          client->Run({"SET", key, std::to_string(client->random())});
      }
    }
  }
  static void Disturb(Client* client) {
    switch (client->Below(5)) {
      case 0:
        client->Run({"SWAPDB", "0", "1"});
        break;
      case 1:
        client->Run({"SWAPDB", "2", std::to_string(3 + client->Below(20))});
        break;
      case 2:
        client->Run({"SELECT", std::to_string(2 + client->Below(2))});
        client->Run({"FLUSHDB"});
        break;
      case 3:
        client->Run({"MULTI"});
        client->Run({"FLUSHALL"});
        OpenAccounts(client);
        client->Run({"EXEC"});
        break;
      default:
        client->dispatcher.SweepExpired(0, 1, 1000);
    }
  }
  static int64_t SumOfHash(RdbRecord* record) {
    PagePool pages;
    Slab slab(&pages);
    Entry* entry = record->NewEntryIn(&slab);
    int64_t sum = 0;
    HashView(CollectionOf(*entry)).ForEach([&](const Element&, const Element& value) {
      sum += *value.AsInteger();
    });
    FreeOutside(*entry);
    Entry::FreeShell(&slab, entry);
    return sum;
  }
  // The sum of all accounts in a file; -1 if an account stands there twice, or the file is damaged.
  static int64_t SumOf(std::string_view file) {
    RdbReader reader(file, {});
    RdbRecord record;
    std::set<std::pair<int, std::string>> seen;
    int64_t sum = 0;
    if (!reader.ReadHead()) return -1;
    for (;;) {
      const RdbReader::Item item = reader.Next(&record);
      if (item == RdbReader::Item::kEnd) return sum;
      if (item == RdbReader::Item::kDamaged) return -1;
      if (item != RdbReader::Item::kKey) continue;
      if (!seen.emplace(record.database, record.key).second) return -1;
      if (record.key.starts_with("account:")) sum += *ParseInt64(record.text);
      if (record.key.starts_with("ledger:")) sum += SumOfHash(&record);
    }
  }
  // Takes a snapshot and checks it, unless it is to be aborted.
  void TakeSnapshot(uint64_t number) {
    Keyspace& keyspace = server_.keyspace;
    const bool abort = number % 3 == 0;
    uint64_t keys = 0;
    Snapshot* running = nullptr;
    StringSink sink;
    keyspace.PrepareCut();
    Snapshot snapshot(&keyspace,
                      {.capture_budget = number % 4 == 0 ? size_t{2000} : size_t{1} << 20,
                       .after_key = [&](const std::atomic<bool>&) {
                         if (abort && ++keys == 300) running->RequestAbort();
                       }});
    running = &snapshot;
    {
      const ShardLocks all = keyspace.LockAllPatiently();
      snapshot.Cut(all);
    }
    const absl::Status status = snapshot.Write(&sink);
    if (abort) {
      EXPECT_TRUE(absl::IsAborted(status));
      return;
    }
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(SumOf(sink.bytes), kSum) << number;
    EXPECT_EQ(snapshot.bytes_waiting(), 0u);
  }

  TestServer server_;
};

TEST_F(SnapshotStressTest, EverySnapshotHasTheSameSum) {
  {
    Client first(&server_, 0);
    OpenAccounts(&first);
  }
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  const auto start = [&](void (*work)(Client*), int pause_us) {
    threads.emplace_back([&, work, pause_us, seed = threads.size() + 1] {
      Client client(&server_, seed);
      while (!done) {
        work(&client);
        server_.clock.now_us += 100;
        if (pause_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
      }
    });
  };
  start(Transfer, 0);
  start(Transfer, 0);
  start(Litter, 0);
  start(Disturb, 500);
  for (int i = 1; i <= kSnapshots; ++i) TakeSnapshot(static_cast<uint64_t>(i));
  done = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace redstart
