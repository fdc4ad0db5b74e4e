#ifndef REDSTART_TESTS_STORAGE_DISK_STRING_SINK_H_
#define REDSTART_TESTS_STORAGE_DISK_STRING_SINK_H_

// A sink that keeps what it gets, until it is full. One thread.

#include <cstddef>
#include <string>

#include "storage/disk/file.h"

namespace redstart {

class StringSink : public ByteSink {
 public:
  absl::Status Write(std::string_view written) override {
    if (bytes.size() + written.size() > room) return absl::ResourceExhaustedError("full");
    largest = std::max(largest, written.size());
    bytes.append(written);
    return absl::OkStatus();
  }

  std::string bytes;
  size_t largest = 0;
  size_t room = size_t{1} << 40;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_STORAGE_DISK_STRING_SINK_H_
