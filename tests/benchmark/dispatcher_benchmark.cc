// What a command costs in process, without sockets: requests of a pipeline of 16 on random keys,
// through the real dispatcher and keyspace, by one thread and by two. Two threads must not pay much
// for each other: they share the keyspace's shards and nothing else that is written.

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "protocol/request.h"
#include "tests/server/test_server.h"

namespace redstart::benchmarks {
namespace {

constexpr size_t kKeys = 1'000'000;
constexpr size_t kDepth = RequestBatch::kMaxRequests;

std::string KeyOf(size_t number) {
  std::string digits = std::to_string(number);
  return "key:" + std::string(12 - digits.size(), '0').append(digits);
}

// One thread's client: a dispatcher of its own and requests made beforehand.
class Load {
 public:
  explicit Load(TestServer* server)
      : dispatcher_(server->services),
        session_(server->sessions.NextId(), {.is_loopback = true}, 0, &mailbox_) {
    session_.authenticated = true;
  }

  void Prepare(bool write, uint64_t seed) {
    std::mt19937_64 random(seed);
    words_.clear();
    for (size_t i = 0; i < 64 * kDepth; ++i) words_.push_back(KeyOf(random() % kKeys));
    write_ = write;
  }
  void RunBatch(size_t number) {
    batch_.Clear();
    for (size_t i = 0; i < kDepth; ++i) {
      batch_.AddArg(write_ ? "SET" : "GET");
      batch_.AddArg(words_[number % 64 * kDepth + i]);
      if (write_) batch_.AddArg(value_);
      batch_.FinishRequest();
    }
    ReplyBuilder reply(&replies_);
    dispatcher_.Execute(session_, batch_, reply);
    replies_.Clear();
  }

 private:
  Mailbox mailbox_{[] {}};
  Dispatcher dispatcher_;
  Session session_;
  RequestBatch batch_;
  ReplyBuffer replies_;
  std::vector<std::string> words_;
  const std::string value_ = std::string(32, 'v');
  bool write_ = false;
};

TestServer& FilledServer() {
  static TestServer* const server = [] {
    auto* filled = new TestServer;
    Load load(filled);
    for (size_t i = 0; i < 5 * kKeys / (64 * kDepth); ++i) {
      load.Prepare(true, i);
      for (size_t batch = 0; batch < 64; ++batch) load.RunBatch(batch);
    }
    return filled;
  }();
  return *server;
}

void Commands(benchmark::State& state, bool write) {
  Load load(&FilledServer());
  uint64_t seed = static_cast<uint64_t>(state.thread_index()) << 32;
  size_t batch = 0;
  for (auto _ : state) {
    if (batch % 64 == 0) {
      state.PauseTiming();
      load.Prepare(write, ++seed);
      state.ResumeTiming();
    }
    load.RunBatch(batch++);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kDepth));
}

BENCHMARK_CAPTURE(Commands, get, false)->ThreadRange(1, 2)->MinTime(2);
BENCHMARK_CAPTURE(Commands, set, true)->ThreadRange(1, 2)->MinTime(2);

}  // namespace
}  // namespace redstart::benchmarks

BENCHMARK_MAIN();
