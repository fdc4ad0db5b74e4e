// The keyspace's table: what filling it costs and how long single inserts pause, bytes per key at
// every size, lookups alone and in prefetched batches, erasures, walks and expiry. README.md has
// the figures and what they decided.

#include <benchmark/benchmark.h>

#include <absl/container/flat_hash_set.h>

#include <random>

#include "tests/benchmark/table_workload.h"

namespace redstart::benchmarks {
namespace {

constexpr uint64_t kMillion = 1000000;

double Percentile(std::vector<uint32_t>& sorted, double p) {
  return static_cast<double>(
      sorted[static_cast<size_t>(p * static_cast<double>(sorted.size() - 1))]);
}

// Inserts into `shards` tables up to `keys`. Pauses are those of the inserts that took longer than
// 2 us, which a split, a growth or the system does.
void Fill(benchmark::State& state) {
  for (auto _ : state) {
    ShardedTables tables(static_cast<size_t>(state.range(0)));

    const auto keys = static_cast<uint64_t>(state.range(1));
    const uint64_t begin = ThreadNs();
    for (uint64_t i = 0; i < keys; ++i) tables.Insert(i);
    state.counters["insert_ns"] =
        static_cast<double>(ThreadNs() - begin) / static_cast<double>(keys);
    state.counters["table_bytes_per_key"] =
        static_cast<double>(tables.TableBytes()) / static_cast<double>(keys);
    state.counters["slab_bytes_per_key"] =
        static_cast<double>(tables.SlabBytes()) / static_cast<double>(keys);
  }
}
BENCHMARK(Fill)
    ->ArgNames({"shards", "keys"})
    ->Args({64, 10 * kMillion})
    ->Args({1024, 10 * kMillion})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// The longest inserts: one in about 120 grows or splits a segment.
void SplitPauses(benchmark::State& state) {
  for (auto _ : state) {
    ShardedTables tables(static_cast<size_t>(state.range(0)));
    const auto keys = static_cast<uint64_t>(state.range(1));
    std::vector<uint32_t> all;
    std::vector<uint32_t> growths;
    all.reserve(keys);
    for (uint64_t i = 0; i < keys; ++i) {
      const Key key(i);
      const uint64_t hash = HashOf(key.view());
      auto& shard = tables.ShardOf(hash);
      const size_t before = shard.table.MemoryBytes();
      const uint64_t begin = ThreadNs();
      tables.Insert(i);
      const auto took = static_cast<uint32_t>(ThreadNs() - begin);
      all.push_back(took);
      if (shard.table.MemoryBytes() != before) growths.push_back(took);
    }
    std::sort(all.begin(), all.end());
    std::sort(growths.begin(), growths.end());
    state.counters["inserts_per_growth"] =
        static_cast<double>(all.size()) / static_cast<double>(growths.size());
    state.counters["growth_p50_us"] = Percentile(growths, 0.5) / 1e3;
    state.counters["growth_p99_us"] = Percentile(growths, 0.99) / 1e3;
    state.counters["growth_p99.9_us"] = Percentile(growths, 0.999) / 1e3;
    state.counters["insert_p99_us"] = Percentile(all, 0.99) / 1e3;
    state.counters["insert_p99.9_us"] = Percentile(all, 0.999) / 1e3;
    state.counters["max_us"] = static_cast<double>(all.back()) / 1e3;
  }
}
BENCHMARK(SplitPauses)
    ->ArgNames({"shards", "keys"})
    ->Args({1, 10 * kMillion})
    ->Args({64, 10 * kMillion})
    ->Args({1024, 10 * kMillion})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// Table bytes per key: least, mean and most over sizes between 1M and 10M, at steps of 1 %.
void BytesPerKey(benchmark::State& state) {
  for (auto _ : state) {
    ShardedTables tables(static_cast<size_t>(state.range(0)), static_cast<int>(state.range(1)));
    double least = 1e9;
    double most = 0;
    double sum = 0;
    int samples = 0;
    double next = kMillion;
    for (uint64_t i = 1; i <= 10 * kMillion; ++i) {
      tables.Insert(i);
      const double bytes = i == 2100000 || i == 3 * kMillion || static_cast<double>(i) >= next
                               ? static_cast<double>(tables.TableBytes()) / static_cast<double>(i)
                               : 0;
      if (i == 2100000) state.counters["at_2.1M"] = bytes;
      if (i == 3 * kMillion) state.counters["at_3M"] = bytes;
      if (static_cast<double>(i) < next) continue;
      next *= 1.01;
      least = std::min(least, bytes);
      most = std::max(most, bytes);
      sum += bytes;
      ++samples;
    }
    state.counters["min"] = least;
    state.counters["avg"] = sum / samples;
    state.counters["max"] = most;
  }
}
BENCHMARK(BytesPerKey)
    ->ArgNames({"shards", "roots"})
    ->Args({1, 16})
    ->Args({64, 0})
    ->Args({1024, 0})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// One set of tables per (shards, keys), kept for all lookup benchmarks.
ShardedTables& FilledTables(size_t shards, uint64_t keys) {
  static std::unique_ptr<ShardedTables> tables;
  static std::pair<size_t, uint64_t> filled;
  if (filled != std::pair(shards, keys)) {
    tables.reset();
    tables = std::make_unique<ShardedTables>(shards);
    for (uint64_t i = 0; i < keys; ++i) tables->Insert(i);
    filled = {shards, keys};
  }
  return *tables;
}

void LookupAlone(benchmark::State& state) {
  const auto keys = static_cast<uint64_t>(state.range(1));
  ShardedTables& tables = FilledTables(static_cast<size_t>(state.range(0)), keys);
  std::mt19937_64 random(1);
  uint64_t header = 0;
  for (auto _ : state) {
    // The next key depends on this one's entry (whose header is 0), so that lookups do not overlap.
    const Entry* entry = tables.Find(random() % keys + header);
    if (entry == nullptr) return state.SkipWithError("a key is missing");
    header = entry->header;
  }
  state.SetItemsProcessed(state.iterations());
}
void LookupMissing(benchmark::State& state) {
  const auto keys = static_cast<uint64_t>(state.range(1));
  ShardedTables& tables = FilledTables(static_cast<size_t>(state.range(0)), keys);
  std::mt19937_64 random(1);
  for (auto _ : state) {
    if (tables.Find(keys + random() % keys) != nullptr) state.SkipWithError("a key is too many");
  }
  state.SetItemsProcessed(state.iterations());
}

// Stages: 0 no prefetch, 1 buckets only, 2 buckets, then nodes.
void LookupBatch(benchmark::State& state) {
  constexpr size_t kBatch = 16;
  const auto keys = static_cast<uint64_t>(state.range(1));
  const int stages = static_cast<int>(state.range(2));
  ShardedTables& tables = FilledTables(static_cast<size_t>(state.range(0)), keys);
  Reclaimer::Reader reader(&tables.reclaimer());
  std::mt19937_64 random(1);
  for (auto _ : state) {
    Reclaimer::ReadScope scope(&reader);
    uint64_t numbers[kBatch];
    uint64_t hashes[kBatch];
    for (size_t i = 0; i < kBatch; ++i) {
      numbers[i] = random() % keys;
      hashes[i] = HashOf(Key(numbers[i]).view());
    }
    for (size_t i = 0; stages > 0 && i < kBatch; ++i) {
      tables.ShardOf(hashes[i]).table.PrefetchBucket(tables.PositionOf(hashes[i]));
    }
    for (size_t i = 0; stages > 1 && i < kBatch; ++i) {
      tables.ShardOf(hashes[i]).table.PrefetchNode(tables.PositionOf(hashes[i]));
    }
    for (size_t i = 0; i < kBatch; ++i) {
      const Key key(numbers[i]);
      auto place = tables.ShardOf(hashes[i]).table.Find(key.view(), tables.PositionOf(hashes[i]));
      if (!place) state.SkipWithError("a key is missing");
      benchmark::DoNotOptimize(place.node()->header);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
  state.counters["ns_per_key"] =
      benchmark::Counter(static_cast<double>(state.iterations() * static_cast<int64_t>(kBatch)),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// The same with one absl map over the same entries: what the table is measured against.
void LookupAbsl(benchmark::State& state) {
  constexpr size_t kBatch = 16;
  const auto keys = static_cast<uint64_t>(state.range(0));
  const bool batched = state.range(1) != 0;
  ShardedTables& tables = FilledTables(64, keys);
  struct ByEntry {
    using is_transparent = void;
    size_t operator()(const Entry* entry) const { return HashOf(entry->view()); }
    size_t operator()(std::string_view key) const { return HashOf(key); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const { return a == b; }
    bool operator()(const Entry* a, std::string_view key) const { return a->view() == key; }
  };
  absl::flat_hash_set<Entry*, ByEntry, Equal> set;
  for (auto& shard : tables.shards()) {
    std::optional<uint64_t> cursor = 0;
    while (cursor) cursor = shard->table.Walk(*cursor, [&](Entry* entry) { set.insert(entry); });
  }
  std::mt19937_64 random(1);
  uint64_t header = 0;
  for (auto _ : state) {
    if (!batched) {
      auto it = set.find(Key(random() % keys + header).view());
      if (it == set.end()) return state.SkipWithError("a key is missing");
      header = (*it)->header;
      continue;
    }
    uint64_t numbers[kBatch];
    for (size_t i = 0; i < kBatch; ++i) {
      numbers[i] = random() % keys;
      set.prefetch(Key(numbers[i]).view());
    }
    for (size_t i = 0; i < kBatch; ++i) {
      auto it = set.find(Key(numbers[i]).view());
      if (it == set.end()) return state.SkipWithError("a key is missing");
      benchmark::DoNotOptimize((*it)->header);
    }
  }
  state.SetItemsProcessed(state.iterations() * (batched ? static_cast<int64_t>(kBatch) : 1));
  state.counters["table_bytes_per_key"] =
      static_cast<double>(set.capacity() * 9) / static_cast<double>(set.size());
}
BENCHMARK(LookupAlone)->ArgNames({"shards", "keys"})->Args({64, 5000})->Args({64, 10 * kMillion});
BENCHMARK(LookupMissing)->ArgNames({"shards", "keys"})->Args({64, 10 * kMillion});
BENCHMARK(LookupBatch)
    ->ArgNames({"shards", "keys", "stages"})
    ->Args({64, 10 * kMillion, 0})
    ->Args({64, 10 * kMillion, 1})
    ->Args({64, 10 * kMillion, 2})
    ->Args({64, 5000, 0})
    ->Args({64, 5000, 2});

BENCHMARK(LookupAbsl)
    ->ArgNames({"keys", "batch"})
    ->Args({5000, 0})
    ->Args({5000, 16})
    ->Args({10 * kMillion, 0})
    ->Args({10 * kMillion, 16});

// A pass over all segments when nothing is due; a walk over all buckets; random nodes.
void ExpiryPass(benchmark::State& state) {
  ShardedTables& tables = FilledTables(64, static_cast<uint64_t>(state.range(0)));
  std::vector<Entry*> due;
  for (auto _ : state) {
    for (auto& shard : tables.shards()) {
      uint64_t cursor = 0;
      while (!shard->table.CollectDue(1, &cursor, 1000, &due)) {
      }
    }
  }
}
void WalkAll(benchmark::State& state) {
  const auto keys = static_cast<uint64_t>(state.range(0));
  ShardedTables& tables = FilledTables(64, keys);
  uint64_t visited = 0;
  for (auto _ : state) {
    for (auto& shard : tables.shards()) {
      std::optional<uint64_t> cursor = 0;
      while (cursor) cursor = shard->table.Walk(*cursor, [&](Entry*) { ++visited; });
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(visited));
}
void RandomNode(benchmark::State& state) {
  ShardedTables& tables = FilledTables(64, static_cast<uint64_t>(state.range(0)));
  std::mt19937_64 random(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tables.shards()[random() % 64]->table.Random(random));
  }
}
BENCHMARK(ExpiryPass)->Arg(10 * kMillion)->Unit(benchmark::kMicrosecond);
BENCHMARK(WalkAll)->Arg(10 * kMillion)->Unit(benchmark::kMillisecond);
BENCHMARK(RandomNode)->Arg(10 * kMillion);

// Erases 90 % of the keys at random.
void Erase(benchmark::State& state) {
  for (auto _ : state) {
    const auto keys = static_cast<uint64_t>(state.range(1));
    ShardedTables tables(static_cast<size_t>(state.range(0)));
    for (uint64_t i = 0; i < keys; ++i) tables.Insert(i);
    std::vector<uint32_t> order(keys);
    for (uint64_t i = 0; i < keys; ++i) order[i] = static_cast<uint32_t>(i);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
    const uint64_t begin = ThreadNs();
    for (uint64_t i = 0; i < keys * 9 / 10; ++i) tables.Erase(order[i]);
    state.counters["erase_ns"] =
        static_cast<double>(ThreadNs() - begin) / static_cast<double>(keys * 9 / 10);
    state.counters["fill"] =
        static_cast<double>(tables.size() * 8) / static_cast<double>(tables.TableBytes());
  }
}
BENCHMARK(Erase)
    ->ArgNames({"shards", "keys"})
    ->Args({64, 5 * kMillion})
    ->Args({1024, 5 * kMillion})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace redstart::benchmarks

BENCHMARK_MAIN();
