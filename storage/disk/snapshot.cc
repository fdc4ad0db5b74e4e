#include "storage/disk/snapshot.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "storage/disk/command_writer.h"
#include "storage/disk/hash_codec.h"
#include "storage/value.h"

namespace redstart {
namespace {

// What is copied under one hold of a shard's lock: some 10 to 20 us.
constexpr size_t kEntriesPerHold = 128;
constexpr size_t kBytesPerHold = size_t{64} << 10;
// Entries given back to the slab under one hold.
constexpr size_t kFreedPerHold = 64;
// What keeping one captured entry costs beside the entry.
constexpr size_t kCapturedOverhead = 64;

// Whether an image of the entry's own bytes, together with a reference to the blob it may point to,
// is all of the value. Other values are encoded under the lock.
bool FitsImage(const Entry& entry) {
  return entry.type() == ValueType::kString || IsSelfContained(entry);
}

Blob* BlobOf(const Entry& entry) {
  return entry.type() == ValueType::kString ? entry.string().blob() : nullptr;
}

}  // namespace

class Snapshot::Images {
 public:
  Images() : memory_(std::make_unique_for_overwrite<uint64_t[]>(kWords)) {}
  ~Images() { Clear(); }

  bool IsFull() const { return count_ >= kEntriesPerHold || used_ * 8 >= kBytesPerHold; }
  bool empty() const { return count_ == 0 && records_.empty(); }

  void Add(const Entry& entry, const Snapshot& snapshot) {
    ++count_;
    const size_t words = (entry.AllocationSize() + 7) / 8;
    if (!FitsImage(entry) || words > kWords - used_) {
      // A collection, or a key of many kilobytes.
      records_.emplace_back();
      snapshot.AppendRecord(entry, &records_.back());
      return;
    }
    std::memcpy(memory_.get() + used_, &entry, entry.AllocationSize());
    used_ += words;
    if (Blob* blob = BlobOf(entry)) blob->Ref();
  }
  template <typename AddEntry, typename AddRecord>
  void ForEach(AddEntry&& add_entry, AddRecord&& add_record) const {
    for (size_t at = 0; at < used_;) {
      const auto* entry = reinterpret_cast<const Entry*>(memory_.get() + at);
      at += (entry->AllocationSize() + 7) / 8;
      add_entry(*entry);
    }
    for (const std::string& record : records_) add_record(record);
  }
  void Clear() {
    ForEach(
        [](const Entry& entry) {
          if (Blob* blob = BlobOf(entry)) blob->Unref();
        },
        [](std::string_view) {});
    used_ = 0;
    count_ = 0;
    records_.clear();
  }

 private:
  // The last entry may begin just below the limit.
  static constexpr size_t kWords = kBytesPerHold / 8 + 1024;

  std::unique_ptr<uint64_t[]> memory_;
  size_t used_ = 0;
  size_t count_ = 0;
  std::vector<std::string> records_;
};

Snapshot::Snapshot(Keyspace* keyspace, Options options)
    : keyspace_(keyspace), options_(std::move(options)), captured_(keyspace->shard_count()) {}

Snapshot::~Snapshot() {
  if (cut_) EndCut(/*completed=*/false);
}

void Snapshot::ChooseVersion(const ShardLocks& all) {
  for (size_t i = 0; i < keyspace_->shard_count(); ++i) {
    for (const int number : all[i].Databases()) {
      if (all[i].with_field_deadlines(number) == 0) continue;
      options_.rdb.version = std::max(options_.rdb.version, kRdbVersionOfFieldDeadlines);
      return;
    }
  }
}

void Snapshot::Cut(const ShardLocks& all) {
  ChooseVersion(all);
  keyspace_->BeginCut(all, this);
  cut_ = true;
}

void Snapshot::Take(Shard* shard, int database, Entry* entry) {
  Add(shard, {database, entry, {}, MemoryBytes(*entry) + kCapturedOverhead});
}

void Snapshot::Copy(Shard* shard, int database, const Entry& entry) {
  Captured captured = {database, nullptr, {}, kCapturedOverhead};
  if (FitsImage(entry)) {
    captured.entry = entry.Clone(shard->slab());
    if (Blob* blob = BlobOf(entry)) blob->Ref();
    captured.bytes += MemoryBytes(entry);
  } else {
    AppendRecord(entry, &captured.record);
    captured.bytes += captured.record.size();
  }
  Add(shard, std::move(captured));
}

void Snapshot::Add(Shard* shard, Captured captured) {
  const size_t bytes = captured.bytes;
  captured_[shard->number()].push_back(std::move(captured));
  bytes_captured_.fetch_add(bytes, std::memory_order_relaxed);
  const uint64_t waiting = keyspace_->AddCapturedBytes(static_cast<int64_t>(bytes));
  if (waiting > options_.capture_budget) keyspace_->SetOverBudget(true);
}

absl::Status Snapshot::Write(ByteSink* sink) {
  ReadSizes();
  const std::unique_ptr<SnapshotWriter> writer = NewWriter(sink);
  WriteHead(writer.get());
  for (const DatabaseSizes& database : databases_) {
    for (size_t shard = 0; shard < keyspace_->shard_count(); ++shard) {
      WriteShard(writer.get(), shard, database);
    }
  }
  return Finish(writer.get());
}

absl::Status Snapshot::WriteLocked(const ShardLocks& all, ByteSink* sink) {
  ChooseVersion(all);
  databases_.clear();
  for (size_t i = 0; i < keyspace_->shard_count(); ++i) {
    for (const int number : all[i].Databases()) {
      AddSizes({number, all[i].size(number), all[i].with_deadline(number)});
    }
  }
  SortSizes();
  const std::unique_ptr<SnapshotWriter> writer = NewWriter(sink);
  WriteHead(writer.get());
  for (const DatabaseSizes& database : databases_) {
    for (size_t i = 0; i < keyspace_->shard_count(); ++i) {
      const EntryTable* table = all[i].table(database.number);
      if (table == nullptr) continue;
      for (std::optional<uint64_t> at = 0; at && writer->status().ok() && !abort_requested();) {
        at = table->Walk(*at, [&](const Entry* entry) {
          Select(writer.get(), database);
          writer->Add(*entry);
          AfterKey();
        });
        if (at) table->PrefetchNodesAt(*at);
      }
    }
  }
  return Finish(writer.get());
}

std::unique_ptr<SnapshotWriter> Snapshot::NewWriter(ByteSink* sink) const {
  if (options_.as_commands) return std::make_unique<CommandWriter>(options_.second, sink);
  return std::make_unique<RdbWriter>(options_.rdb, sink);
}

void Snapshot::AppendRecord(const Entry& entry, std::string* out) const {
  if (options_.as_commands) return CommandWriter::AppendRecord(entry, out);
  RdbWriter::AppendRecord(options_.rdb, entry, out);
}

absl::Status Snapshot::Finish(SnapshotWriter* writer) {
  const bool whole = writer->status().ok() && !abort_requested();
  if (cut_) EndCut(whole);
  if (!writer->status().ok()) return writer->status();
  if (abort_requested()) return absl::AbortedError("aborted");
  writer->End();
  return writer->status();
}

void Snapshot::WriteHead(SnapshotWriter* writer) {
  writer->Begin();
  for (const auto& [name, value] : options_.facts) writer->Fact(name, value);
  for (const std::string& source : options_.functions) writer->Function(source);
}

void Snapshot::Select(SnapshotWriter* writer, const DatabaseSizes& database) {
  if (selected_ == database.number) return;
  selected_ = database.number;
  writer->SelectDatabase(selected_);
  if (std::find(sized_.begin(), sized_.end(), selected_) != sized_.end()) return;
  sized_.push_back(selected_);
  writer->Sizes(database.keys, database.with_deadline);
}

void Snapshot::AddSizes(const DatabaseSizes& sizes) {
  keys_in_all_.fetch_add(sizes.keys, std::memory_order_relaxed);
  const auto same = std::find_if(databases_.begin(), databases_.end(),
                                 [&](const auto& known) { return known.number == sizes.number; });
  if (same == databases_.end()) {
    databases_.push_back(sizes);
  } else {
    same->keys += sizes.keys;
    same->with_deadline += sizes.with_deadline;
  }
}

void Snapshot::SortSizes() {
  std::sort(databases_.begin(), databases_.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
}

void Snapshot::ReadSizes() {
  for (size_t i = 0; i < keyspace_->shard_count(); ++i) {
    const ShardLocks locks = keyspace_->LockShard(i);
    for (const Shard::CutDatabase& cut : locks[i].CutDatabases()) {
      AddSizes({cut.number, cut.keys, cut.with_deadline});
    }
  }
  SortSizes();
}

void Snapshot::WriteShard(SnapshotWriter* writer, size_t shard, const DatabaseSizes& database) {
  Images images;
  for (bool done = false; !done && writer->status().ok() && !abort_requested();) {
    std::vector<Captured> captured;
    {
      const ShardLocks locks = keyspace_->LockShard(shard);
      done = locks[shard].WalkCut(database.number, [&](const Entry& entry) {
        images.Add(entry, *this);
        return !images.IsFull();
      });
      captured = TakeCaptured(shard, database.number);
    }
    if (!images.empty()) Select(writer, database);
    images.ForEach(
        [&](const Entry& entry) {
          writer->Add(entry);
          AfterKey();
        },
        [&](std::string_view record) {
          writer->AddRecord(record);
          AfterKey();
        });
    images.Clear();
    WriteCaptured(writer, shard, std::move(captured));
    if (bytes_waiting() > options_.capture_budget / 2) RelieveBudget(writer);
  }
}

std::vector<Snapshot::Captured> Snapshot::TakeCaptured(size_t shard, int database) {
  std::vector<Captured>& all = captured_[shard];
  const auto is_other = [database](const Captured& captured) {
    return captured.database != database;
  };
  if (std::none_of(all.begin(), all.end(), is_other)) return std::exchange(all, {});
  const auto begin = std::stable_partition(all.begin(), all.end(), is_other);
  std::vector<Captured> taken(std::make_move_iterator(begin), std::make_move_iterator(all.end()));
  all.erase(begin, all.end());
  return taken;
}

void Snapshot::WriteCaptured(SnapshotWriter* writer, size_t shard, std::vector<Captured> captured) {
  for (const Captured& one : captured) {
    const auto sizes = std::find_if(databases_.begin(), databases_.end(), [&](const auto& known) {
      return known.number == one.database;
    });
    Select(writer, *sizes);
    if (one.entry != nullptr) {
      writer->Add(*one.entry);
    } else {
      writer->AddRecord(one.record);
    }
    AfterKey();
  }
  Free(shard, captured);
}

void Snapshot::RelieveBudget(SnapshotWriter* writer) {
  // Clients change much ahead of the walk: what they left behind is written out of turn, whatever
  // database it is in.
  for (size_t shard = 0; shard < keyspace_->shard_count(); ++shard) {
    std::vector<Captured> captured;
    {
      const ShardLocks locks = keyspace_->LockShard(shard);
      captured = std::exchange(captured_[shard], {});
    }
    WriteCaptured(writer, shard, std::move(captured));
  }
}

void Snapshot::Free(size_t shard, const std::vector<Captured>& captured) {
  size_t bytes = 0;
  for (size_t begin = 0; begin < captured.size(); begin += kFreedPerHold) {
    const size_t end = std::min(captured.size(), begin + kFreedPerHold);
    const ShardLocks locks = keyspace_->LockShard(shard);
    for (size_t i = begin; i < end; ++i) {
      bytes += captured[i].bytes;
      if (captured[i].entry != nullptr) locks[shard].FreeDetachedEntry(captured[i].entry);
    }
  }
  const uint64_t waiting = keyspace_->AddCapturedBytes(-static_cast<int64_t>(bytes));
  if (waiting <= options_.capture_budget) keyspace_->SetOverBudget(false);
}

void Snapshot::AfterKey() {
  keys_written_.fetch_add(1, std::memory_order_relaxed);
  if (options_.after_key) options_.after_key(abort_);
}

void Snapshot::EndCut(bool completed) {
  cut_ = false;
  keyspace_->EndCut(keyspace_->LockAllPatiently(), completed);
  keyspace_->SetOverBudget(false);
  for (size_t shard = 0; shard < captured_.size(); ++shard) {
    Free(shard, std::exchange(captured_[shard], {}));
  }
}

}  // namespace redstart
