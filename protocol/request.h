#ifndef REDSTART_PROTOCOL_REQUEST_H_
#define REDSTART_PROTOCOL_REQUEST_H_

// A parsed request is a span of argument views; a batch holds up to 16 requests parsed ahead of
// their execution, so that the keys of all of them can be prefetched together.
//
// Ownership: argument views point into the bytes that were parsed (the connection's input) or,
// where an inline argument had to be unquoted, into the batch's own arena. Both must stay put until
// the batch is cleared. A batch belongs to one I/O thread and is reused for every read; it keeps
// its memory, except after a giant request.

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace redstart {

using Args = absl::Span<const std::string_view>;

class RequestBatch {
 public:
  // Deeper prefetching gained nothing in the prototype.
  static constexpr size_t kMaxRequests = 16;

  RequestBatch() { args_.reserve(kMaxRequests * 4); }
  RequestBatch(const RequestBatch&) = delete;
  RequestBatch& operator=(const RequestBatch&) = delete;

  bool full() const { return size_ == kMaxRequests; }
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  // REQUIRES: i < size(). Valid until the next change of the batch. Never empty when it comes from
  // the parser.
  Args operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return Args(args_.data() + begin, ends_[i] - begin);
  }

  // Forgets the requests and frees the arena.
  void Clear() {
    size_ = 0;
    args_.clear();
    arena_.clear();
    if (args_.capacity() > kKeptArgs) std::vector<std::string_view>().swap(args_);
  }

  // Building: arguments are added to an open request, which FinishRequest() closes and
  // AbandonRequest() drops. REQUIRES: !full() for FinishRequest().
  void AddArg(std::string_view arg) { args_.push_back(arg); }
  void FinishRequest() { ends_[size_++] = args_.size(); }
  void AbandonRequest() { args_.resize(open_begin()); }
  Args open_request() const {
    return Args(args_.data() + open_begin(), args_.size() - open_begin());
  }

  // Bytes that live as long as the batch's requests.
  char* Allocate(size_t bytes) {
    arena_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    return arena_.back().get();
  }

 private:
  static constexpr size_t kKeptArgs = 64 * 1024;  // 1 MiB of views

  size_t open_begin() const { return size_ == 0 ? 0 : ends_[size_ - 1]; }

  std::vector<std::string_view> args_;  // of all requests, one after the other
  std::array<size_t, kMaxRequests> ends_;
  size_t size_ = 0;
  std::vector<std::unique_ptr<char[]>> arena_;
};

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_REQUEST_H_
