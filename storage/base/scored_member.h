#ifndef REDSTART_STORAGE_BASE_SCORED_MEMBER_H_
#define REDSTART_STORAGE_BASE_SCORED_MEMBER_H_

// A member of a large sorted set with its score, one allocation, which the set's tree and its table
// of members both point to. Layout: score 8 | size 1 | size 4, if the first one says kLong | bytes.
//
// Owned by the sorted set; guarded by its lock. Never moves. A member of 12 bytes takes 21.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace redstart {

class ScoredMember {
 public:
  static ScoredMember* New(double score, std::string_view member) {
    const bool is_long = member.size() >= kLong;
    const size_t before = 1 + (is_long ? sizeof(uint32_t) : 0);
    void* memory = std::malloc(sizeof(ScoredMember) + before + member.size());
    if (memory == nullptr) throw std::bad_alloc();  // Ends the process, like any other allocation.
    auto* node = new (memory) ScoredMember(score);
    char* body = static_cast<char*>(memory) + sizeof(ScoredMember);
    body[0] = static_cast<char>(is_long ? kLong : static_cast<uint8_t>(member.size()));
    if (is_long) {
      const auto size = static_cast<uint32_t>(member.size());
      std::memcpy(body + 1, &size, sizeof(size));
    }
    if (!member.empty()) std::memcpy(body + before, member.data(), member.size());
    return node;
  }
  static void Delete(ScoredMember* node) { std::free(node); }
  ScoredMember(const ScoredMember&) = delete;
  ScoredMember& operator=(const ScoredMember&) = delete;

  double score() const { return score_; }
  // REQUIRES: the node is in no tree.
  void set_score(double score) { score_ = score; }
  std::string_view member() const {
    const char* body = reinterpret_cast<const char*>(this + 1);
    const auto size = static_cast<uint8_t>(body[0]);
    if (size != kLong) [[likely]] {
      return {body + 1, size};
    }
    uint32_t long_size;
    std::memcpy(&long_size, body + 1, sizeof(long_size));
    return {body + 1 + sizeof(long_size), long_size};
  }
  size_t MemoryBytes() const {
    const std::string_view text = member();
    return static_cast<size_t>(text.data() + text.size() - reinterpret_cast<const char*>(this));
  }

 private:
  static constexpr uint8_t kLong = 255;

  explicit ScoredMember(double score) : score_(score) {}
  ~ScoredMember() = default;

  double score_;
};
static_assert(sizeof(ScoredMember) == 8);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SCORED_MEMBER_H_
