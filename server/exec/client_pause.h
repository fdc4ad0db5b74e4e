#ifndef REDSTART_SERVER_EXEC_CLIENT_PAUSE_H_
#define REDSTART_SERVER_EXEC_CLIENT_PAUSE_H_

// Whether clients are to wait, and until when: CLIENT PAUSE.
//
// One per server; any thread. It is set with every shard locked, and whoever has locked shards
// tests it again before it changes anything: once CLIENT PAUSE has answered, no write gets through.
// While clients that write wait, nothing else writes either: expired keys are hidden, not deleted.

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace redstart {

class ClientPause {
 public:
  enum class Who : uint8_t { kNobody, kWriters, kEverybody };

  // Cheap: false nearly always.
  bool is_set() const { return word_.load() != 0; }
  Who WhoWaits(uint64_t now_ms) const {
    const uint64_t word = word_.load();
    return (word >> 2) > now_ms ? static_cast<Who>(word & 3) : Who::kNobody;
  }
  uint64_t end_ms() const { return word_.load() >> 2; }

  // A pause that is under way is neither shortened nor lifted from anybody. REQUIRES: every shard
  // is locked by this thread.
  void Begin(Who who, uint64_t end_ms, uint64_t now_ms) {
    constexpr uint64_t kLatestMs = UINT64_MAX >> 2;
    const Who waits = std::max(who, WhoWaits(now_ms));
    const uint64_t end = std::min(kLatestMs, std::max(end_ms, this->end_ms()));
    word_.store(end << 2 | static_cast<uint64_t>(waits));
  }
  void End() { word_.store(0); }
  // Makes commands cheap again once the pause is over by itself.
  void ForgetIfOver(uint64_t now_ms) {
    uint64_t word = word_.load();
    if (word != 0 && (word >> 2) <= now_ms) word_.compare_exchange_strong(word, 0);
  }

 private:
  // The time of its end in milliseconds since 1970, and who waits in the two bits below: one word,
  // so that nobody sees half of a change.
  std::atomic<uint64_t> word_{0};
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_CLIENT_PAUSE_H_
