#include "server/persistence/rdb_loader.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/exec/collection_limits.h"
#include "server/exec/function_store.h"
#include "server/observe/log.h"
#include "storage/access_clock.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

// How often the counters and the page cache hear of the progress.
constexpr size_t kProgressStep = size_t{1} << 20;

uint64_t NumberIn(std::string_view text) {
  return static_cast<uint64_t>(std::max<int64_t>(ParseInt64(text).value_or(0), 0));
}

}  // namespace

RdbLoader::RdbLoader(const Services& services) : services_(services) {}

void RdbLoader::Begin() {
  config_ = services_.config->current();
  now_ms_ = services_.clock->NowMicros() / 1000;
  abort_ = false;
  keys_loaded_ = 0;
  keys_expired_ = 0;
  empty_skipped_ = 0;
  loaded_bytes_ = 0;
  used_memory_ = 0;
  prefetcher_.emplace(&services_.keyspace->reclaimer());
}

absl::Status RdbLoader::Load(const std::string& path, const Options& options) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  Begin();
  total_bytes_ = file->bytes().size();
  size_t end = 0;
  const absl::Status status = ReadAll(&*file, options, &end);
  prefetcher_.reset();
  if (status.ok()) {
    loaded_bytes_ = file->bytes().size();
    LogDone();
    return status;
  }
  const absl::string_view reason = status.message();
  return absl::Status(status.code(), path + ": " + std::string(reason.data(), reason.size()));
}

absl::Status RdbLoader::LoadPreamble(MappedFile* file, size_t* end) {
  Begin();
  const absl::Status status = ReadAll(file, {.keep_expired = true}, end);
  prefetcher_.reset();
  if (status.ok()) LogDone();
  return status;
}

void RdbLoader::LogDone() const {
  const std::string skipped =
      empty_skipped_ == 0 ? "" : fmt::format(", empty keys skipped: {}", empty_skipped_);
  logging::Notice("Done loading RDB, keys loaded: {}, keys expired: {}{}.", keys_loaded(),
                  keys_expired(), skipped);
}

absl::Status RdbLoader::ReadAll(MappedFile* file, const Options& options, size_t* end) {
  RdbReader reader(file->bytes(), {.checksum = config_->rdbchecksum,
                                   .databases = services_.keyspace->databases(),
                                   .limits = LimitsOf(*config_)});
  if (!reader.ReadHead()) return absl::DataLossError(reader.error());
  size_t batched = 0;
  size_t reported = 0;
  for (;;) {
    if (abort_.load(std::memory_order_relaxed)) return absl::AbortedError("loading was called off");
    const RdbReader::Item item = reader.Next(&batch_[batched]);
    if (item == RdbReader::Item::kKey) {
      ++batched;
      if (config_->key_load_delay != 0) Delay();
    }
    const bool ends = item == RdbReader::Item::kEnd || item == RdbReader::Item::kDamaged;
    if (batched == kBatch || (ends && batched > 0)) {
      const absl::Status status = InsertBatch(std::exchange(batched, 0), options);
      if (!status.ok()) return status;
      if (reader.position() - reported >= kProgressStep) {
        reported = reader.position();
        loaded_bytes_.store(reported, std::memory_order_relaxed);
        file->Forget(reported);
        services_.keyspace->reclaimer().Collect();
      }
    }
    switch (item) {
      case RdbReader::Item::kFact:
        NoteFact(reader.name(), reader.text());
        break;
      case RdbReader::Item::kFunction:
        if (const std::string error =
                services_.functions->AddFromFile(reader.text(), options.may_replace);
            !error.empty()) {
          return absl::DataLossError("Failed creating the library: " + error);
        }
        break;
      case RdbReader::Item::kDamaged:
        return absl::DataLossError(reader.error());
      case RdbReader::Item::kEnd:
        if (reader.lacks_checksum()) {
          logging::Notice("RDB file was saved with checksum disabled: no check performed.");
        }
        *end = reader.position();
        return absl::OkStatus();
      case RdbReader::Item::kKey:
      case RdbReader::Item::kSizes:
        break;
    }
  }
}

void RdbLoader::NoteFact(std::string_view name, std::string_view text) {
  if (name.starts_with('%')) {
    logging::Notice("RDB '{}': {}", name, text);
  } else if (name == "redis-ver") {
    logging::Notice("Loading RDB produced by version {}", text);
  } else if (name == "ctime") {
    const uint64_t now = now_ms_ / 1000;
    logging::Notice("RDB age {} seconds", now - std::min(now, NumberIn(text)));
  } else if (name == "used-mem") {
    used_memory_ = NumberIn(text);
    logging::Notice("RDB memory usage when created {:.2f} Mb",
                    static_cast<double>(used_memory_) / (1024 * 1024));
  }
}

absl::Status RdbLoader::InsertBatch(size_t count, const Options& options) {
  Keyspace& keyspace = *services_.keyspace;
  std::array<uint64_t, kBatch> hashes;
  {
    const Reclaimer::ReadScope scope(&*prefetcher_);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = keyspace.HashOf(batch_[i].key);
      keyspace.PrefetchBucket(batch_[i].database, hashes[i]);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const size_t number = keyspace.ShardOf(hashes[i]);
    ShardLocks own;
    if (options.held == nullptr) own = keyspace.LockShard(number);
    Shard& shard = (options.held == nullptr ? own : *options.held)[number];
    const absl::Status status = Insert(&shard, batch_[i], hashes[i], options);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RdbLoader::Insert(Shard* shard, RdbRecord& record, uint64_t hash,
                               const Options& options) {
  if (record.IsNothing()) {
    ++empty_skipped_;
    return absl::OkStatus();
  }
  if (record.deadline != Entry::kNever && record.deadline < now_ms_ && !options.keep_expired) {
    keys_expired_.fetch_add(1, std::memory_order_relaxed);
    return absl::OkStatus();
  }
  const uint64_t position = services_.keyspace->PositionInShard(hash);
  if (const Shard::Place place = shard->Find(record.database, record.key, position)) {
    if (!options.may_replace) {
      return absl::DataLossError("RDB has duplicated key '" + std::string(record.key) + "' in DB " +
                                 std::to_string(record.database));
    }
    shard->Erase(record.database, place);
  }
  Entry* entry = record.NewEntryIn(shard->slab());
  entry->set_access(AccessOf(record));
  shard->Insert(record.database, entry, position);
  keys_loaded_.fetch_add(1, std::memory_order_relaxed);
  return absl::OkStatus();
}

uint32_t RdbLoader::AccessOf(const RdbRecord& record) const {
  if (UsesLfu(config_->maxmemory_policy)) {
    return record.frequency ? LfuWithCounter(*record.frequency, now_ms_) : LfuNew(now_ms_);
  }
  const uint64_t idle = std::min<uint64_t>(record.idle_seconds.value_or(0), kAccessClockMask / 2);
  return (LruClock(now_ms_) - static_cast<uint32_t>(idle)) & kAccessClockMask;
}

void RdbLoader::Delay() {
  // A negative number of microseconds: once in so many keys.
  int micros = config_->key_load_delay;
  if (micros < 0) micros = std::rand() % -micros == 0 ? 1 : 0;
  for (auto left = std::chrono::microseconds(micros);
       left.count() > 0 && !abort_.load(std::memory_order_relaxed);) {
    const auto slice = std::min<std::chrono::microseconds>(left, std::chrono::milliseconds(10));
    std::this_thread::sleep_for(slice);
    left -= slice;
  }
}

}  // namespace redstart
