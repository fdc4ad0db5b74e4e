#ifndef REDSTART_TESTS_STORAGE_CAPTURE_RECORDER_H_
#define REDSTART_TESTS_STORAGE_CAPTURE_RECORDER_H_

// A snapshot that only notes what it is shown, as "database key=value". Used under the locks that
// the test holds.

#include <set>
#include <string>

#include "storage/capture.h"
#include "storage/shard.h"

namespace redstart {

inline std::string DescribeEntry(int database, const Entry& entry) {
  IntegerText scratch;
  std::string text = std::to_string(database) + ' ';
  text.append(entry.key()).append("=").append(entry.string().View(&scratch));
  if (entry.has_deadline()) text.append("@").append(std::to_string(entry.deadline()));
  return text;
}

class CaptureRecorder : public Capture {
 public:
  void Take(Shard* shard, int database, Entry* entry) override {
    seen.insert(DescribeEntry(database, *entry));
    ++taken;
    shard->FreeDetachedEntry(entry);
  }
  void Copy(Shard*, int database, const Entry& entry) override {
    seen.insert(DescribeEntry(database, entry));
    ++copied;
  }

  std::multiset<std::string> seen;
  int taken = 0;
  int copied = 0;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_STORAGE_CAPTURE_RECORDER_H_
