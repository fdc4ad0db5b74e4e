#ifndef REDSTART_STORAGE_BASE_SCORE_BOUND_H_
#define REDSTART_STORAGE_BASE_SCORE_BOUND_H_

// A place in the order of a sorted set: scores first, and members, byte by byte, among equal
// scores. Some elements lie below it, and all others behind those. A range is two of them.
//
// A small value; the member's bytes belong to the caller.

#include <string_view>

namespace redstart {

class ScoreBound {
 public:
  // Below it lie the elements of lower scores, and for After those of this score, too.
  static ScoreBound BeforeScore(double score) { return ScoreBound(true, false, false, score, {}); }
  static ScoreBound AfterScore(double score) { return ScoreBound(true, false, true, score, {}); }
  // The same for one element.
  static ScoreBound Before(double score, std::string_view member) {
    return ScoreBound(true, true, false, score, member);
  }
  static ScoreBound After(double score, std::string_view member) {
    return ScoreBound(true, true, true, score, member);
  }
  // Only the members count: for sets in which all scores are equal.
  static ScoreBound BeforeMember(std::string_view member) {
    return ScoreBound(false, true, false, 0, member);
  }
  static ScoreBound AfterMember(std::string_view member) {
    return ScoreBound(false, true, true, 0, member);
  }
  static ScoreBound Lowest() { return ScoreBound(false, false, false, 0, {}); }
  static ScoreBound Highest() { return ScoreBound(false, false, true, 0, {}); }

  bool has_score() const { return has_score_; }
  // REQUIRES: has_score().
  double score() const { return score_; }

  // Whether an element lies below. member_of() gives its member, if that is needed.
  template <typename MemberOf>
  bool IsAbove(double score, MemberOf&& member_of) const {
    if (has_score_ && score != score_) return score < score_;
    if (!has_member_) return inclusive_;
    const int order = std::string_view(member_of()).compare(member_);
    return order < 0 || (order == 0 && inclusive_);
  }

 private:
  ScoreBound(bool has_score, bool has_member, bool inclusive, double score, std::string_view member)
      : score_(score),
        member_(member),
        has_score_(has_score),
        has_member_(has_member),
        inclusive_(inclusive) {}

  double score_;
  std::string_view member_;
  bool has_score_;
  bool has_member_;
  bool inclusive_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SCORE_BOUND_H_
