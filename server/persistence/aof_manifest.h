#ifndef REDSTART_SERVER_PERSISTENCE_AOF_MANIFEST_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_MANIFEST_H_

// Which files make up the append-only file: a base, the increments after it, and history that is
// not needed any more.
//
// Source of the format: Redis 7's aof.c. A line per file, the base first, then history (the newest
// first), then increments:
//
//   file appendonly.aof.1.base.rdb seq 1 type b
//   file appendonly.aof.1.incr.aof seq 1 type i
//
// A value; whoever changes one makes a copy, persists that, and then takes it for true.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace redstart {

class AofManifest {
 public:
  struct File {
    std::string name;
    int64_t sequence = 0;

    bool operator==(const File&) const = default;
  };

  // The status of a text that is no manifest says why, and in which line.
  static absl::StatusOr<AofManifest> Parse(std::string_view text);
  std::string Format() const;

  bool empty() const { return !base_ && increments_.empty(); }
  const std::optional<File>& base() const { return base_; }
  const std::vector<File>& increments() const { return increments_; }
  const std::vector<File>& history() const { return history_; }
  // The base, if there is one, and the increments: what is to be loaded, in this order.
  std::vector<std::string> FilesToLoad() const;

  // Files named after `stem` (appendfilename). What was the base becomes history.
  const std::string& AddBase(std::string_view stem, bool is_rdb);
  const std::string& AddIncrement(std::string_view stem);
  // A file of Redis before 7, which is all there is.
  void SetOldStyleBase(std::string_view name);
  // All increments become history but the last one, which is still being written, or that one, too.
  void RetireIncrements(bool keep_last);
  // Forgets all history but that of the latest generations, and returns what it forgot.
  std::vector<File> ForgetHistory(size_t generations);

  // Whether a file of history was an increment; otherwise it was a base.
  static bool IsIncrement(std::string_view name);

  bool operator==(const AofManifest&) const = default;

 private:
  // The reason why there can be no such file, or nothing.
  std::string_view Add(File file, char type);

  std::optional<File> base_;
  std::vector<File> history_;
  std::vector<File> increments_;
  // Numbers are never used twice, even if their file is not listed any more.
  int64_t last_base_ = 0;
  int64_t last_increment_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_MANIFEST_H_
