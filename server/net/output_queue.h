#ifndef REDSTART_SERVER_NET_OUTPUT_QUEUE_H_
#define REDSTART_SERVER_NET_OUTPUT_QUEUE_H_

// Replies that the socket has not taken yet, in the order of sending.
//
// Owned by a connection, used on its thread; made when a write falls short and dropped when it has
// drained, so an idle connection has none. Pinned segments are kept where they lie.

#include <sys/uio.h>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "protocol/reply_buffer.h"

namespace redstart {

class OutputQueue {
 public:
  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }

  // Takes over what stands in `replies` behind its first `sent` bytes (counted over all pieces),
  // and clears it.
  void Append(ReplyBuffer* replies, size_t sent);
  void Append(std::string bytes);
  // Small pieces are gathered.
  void Append(std::string_view bytes);
  // The first pieces, at most `max`, for a gathering write.
  std::vector<iovec> Front(size_t max) const;
  // Drops bytes that have been written.
  void Consume(size_t count);

 private:
  struct Piece {
    std::string copied;
    PinnedBytes pinned;
    std::string_view view() const {
      return pinned.data != nullptr ? pinned.view() : std::string_view(copied);
    }
  };

  std::deque<Piece> pieces_;
  size_t front_done_ = 0;  // Bytes of the first piece that have been written.
  size_t bytes_ = 0;
};

// The pieces of a reply buffer as a gathering write takes them, at most `max`.
std::vector<iovec> PiecesOf(const ReplyBuffer& replies, size_t max);

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_OUTPUT_QUEUE_H_
