#ifndef REDSTART_TESTS_STRESS_MIRROR_H_
#define REDSTART_TESTS_STRESS_MIRROR_H_

// A second server that is fed with the effect stream of a first one, as a replica would be. If both
// hold the same in the end, the order of the stream was the order of execution, and every change
// was in it.
//
// The mirror's clock stands still at the first server's start, so nothing expires in it by itself:
// that a key has expired must come through the stream, too.
//
// Threads. CatchUp may run on one thread while others change the source.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "protocol/resp_parser.h"
#include "storage/disk/value_codec.h"
#include "tests/server/test_server.h"

namespace redstart {

// Database and key, to the value as DUMP shows it and its deadline.
using Content = std::map<std::pair<int, std::string>, std::pair<std::string, uint64_t>>;

// All that a keyspace holds, expired or not. Sets *consistent to whether the tables' counts agree
// with their entries.
inline Content ContentOf(Keyspace* keyspace, bool* consistent) {
  Content content;
  const ShardLocks locks = keyspace->LockAll();
  *consistent = true;
  for (size_t shard = 0; shard < keyspace->shard_count(); ++shard) {
    for (const int database : locks[shard].Databases()) {
      size_t entries = 0;
      uint64_t with_deadline = 0;
      for (std::optional<uint64_t> at = 0; at;) {
        at = locks[shard].table(database)->Walk(*at, [&](const Entry* entry) {
          ++entries;
          if (entry->has_deadline()) ++with_deadline;
          *consistent &= static_cast<bool>(locks[shard].FindByName(database, entry->key()));
          content[{database, std::string(entry->key())}] = {
              DumpPayloadOf(*entry, RdbCompression::kOff), entry->deadline()};
        });
      }
      *consistent &= entries == locks[shard].size(database) &&
                     with_deadline == locks[shard].with_deadline(database);
    }
  }
  return content;
}

class Mirror {
 public:
  explicit Mirror(TestServer* source) {
    server_.clock.now_us = source->clock.now_us.load();
    const ShardLocks all = source->keyspace.LockAll();
    reader_.emplace(&source->journal, [] {});
  }

  // Executes what has arrived since the last time.
  void CatchUp() {
    do {
      reader_->Take(size_t{1} << 20, &bytes_);
      Replay();
    } while (reader_->pending() > 0);
  }

  // After a last CatchUp: whether every effect was executed without an error.
  bool is_clean() const {
    return bytes_.empty() && !client_.session().in_transaction() &&
           server_.stats.Sum(&ThreadStats::error_replies) == 0;
  }
  uint64_t effects() const { return server_.stats.Sum(&ThreadStats::commands_processed); }
  Keyspace* keyspace() { return &server_.keyspace; }

 private:
  void Replay() {
    size_t at = 0;
    RequestBatch batch;
    while (parser_.ParseInto(std::string_view(bytes_).substr(at), {}, &batch) ==
           RequestParser::Status::kRequest) {
      at += parser_.consumed();
      client_.RunBatchRaw(batch);
      batch.Clear();
    }
    bytes_.erase(0, at + parser_.consumed());
  }

  TestServer server_;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
  std::optional<Journal::Reader> reader_;
  RequestParser parser_;
  std::string bytes_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_STRESS_MIRROR_H_
