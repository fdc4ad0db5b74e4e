#ifndef REDSTART_STORAGE_DISK_EFFECT_LOG_H_
#define REDSTART_STORAGE_DISK_EFFECT_LOG_H_

// What the append-only file is to get and has not got yet: effects in Redis's format, in the order
// of execution.
//
// It is not the replicas' stream: the file has times in it, lacks what changes no data (PUBLISH),
// and is told the database anew whenever a file begins. Offsets count bytes since the process
// started and go on counting when the log is closed and opened again, so that what was noted with
// one stays behind whatever comes later.
//
// Owner and lock. The journal; its mutex guards everything but end(), which any thread may ask for.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace redstart {

// One effect: the database it applies to and the command as a RESP array.
struct JournalEffect {
  int database;
  std::string_view encoded;
  bool changes_data = true;  // Otherwise it is for those who read the stream only.
};

class EffectLog {
 public:
  struct Portion {
    std::string bytes;
    uint64_t end = 0;           // The offset behind them.
    bool ends_section = false;  // What follows belongs into the next file.
  };

  // Begins with the next append.
  void Open();
  // Whatever has not been taken is forgotten.
  void Close();
  bool is_open() const { return open_; }
  // Whether a line with the time precedes the first effect of each second.
  void set_timestamps(bool on) { timestamps_ = on; }
  // Returns end(), or 0 if the log is closed.
  uint64_t Append(absl::Span<const JournalEffect> block);
  // What comes from here on belongs into another file.
  void EndSection();
  // Takes what has been gathered, but not beyond the end of a section. `recycled` lends its memory.
  Portion Take(std::string recycled);

  uint64_t end() const { return end_.load(std::memory_order_acquire); }
  size_t pending_bytes() const { return section_.size() + bytes_.size(); }

 private:
  void AppendTime();

  bool open_ = false;
  bool timestamps_ = false;
  int64_t second_ = 0;  // The last one that was noted.
  int selected_ = -1;
  std::string bytes_;
  // Of the section before, which has ended at section_end_.
  bool has_section_ = false;
  std::string section_;
  uint64_t section_end_ = 0;
  std::atomic<uint64_t> end_{0};
};

// Appends a command as a RESP array of bulk strings.
void AppendEncodedCommand(absl::Span<const std::string_view> args, std::string* out);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_EFFECT_LOG_H_
