#ifndef REDSTART_PROTOCOL_RESP_VALUE_H_
#define REDSTART_PROTOCOL_RESP_VALUE_H_

// A decoded RESP2 or RESP3 reply as a tree, and the parser that makes one. For whoever reads
// replies: scripts (redis.call), replicas talking to their master, MIGRATE, and tests. Plain
// values, owned by whoever holds them; no locks.
//
// The parser trusts nothing: nothing is allocated on the word of a length, and nesting is limited.
// Format: the RESP3 specification (github.com/redis/redis-specifications, protocol/RESP3.md),
// without streamed strings and aggregates, which no server sends.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redstart {

enum class RespType : uint8_t {
  kNull,       // RESP3 "_"
  kNullBulk,   // RESP2 "$-1"
  kNullArray,  // RESP2 "*-1"
  kSimple,
  kError,
  kInteger,
  kBulk,
  kArray,
  kMap,
  kSet,
  kPush,
  kDouble,
  kBool,
  kBigNumber,
  kVerbatim,
  kBlobError,
};

class RespValue {
 public:
  RespValue() = default;  // the RESP3 null

  static RespValue NullOf(RespType type) { return RespValue(type); }
  static RespValue Simple(std::string_view text) { return OfText(RespType::kSimple, text); }
  static RespValue Error(std::string_view text) { return OfText(RespType::kError, text); }
  static RespValue Bulk(std::string_view bytes) { return OfText(RespType::kBulk, bytes); }
  static RespValue Integer(int64_t value);
  static RespValue Double(double value);
  static RespValue Bool(bool value);
  static RespValue Array(std::vector<RespValue> items) {
    return OfItems(RespType::kArray, std::move(items));
  }
  static RespValue OfText(RespType type, std::string_view text);
  static RespValue OfItems(RespType type, std::vector<RespValue> items);

  RespType type() const { return type_; }
  bool IsNull() const { return type_ <= RespType::kNullArray; }
  bool IsError() const { return type_ == RespType::kError || type_ == RespType::kBlobError; }
  // Array, map, set or push.
  bool IsAggregate() const { return type_ >= RespType::kArray && type_ <= RespType::kPush; }
  // Simple, bulk or verbatim string.
  bool IsString() const {
    return type_ == RespType::kSimple || type_ == RespType::kBulk || type_ == RespType::kVerbatim;
  }

  // Of strings, errors and big numbers; of doubles as they were spelt. A verbatim string's format
  // is verbatim_format().
  const std::string& text() const { return text_; }
  std::string_view verbatim_format() const {
    return {format_, type_ == RespType::kVerbatim ? 3u : 0u};
  }
  // Of integers; of booleans 0 or 1.
  int64_t integer() const { return integer_; }
  double number() const { return number_; }
  // The elements; of maps keys and values in turn.
  const std::vector<RespValue>& items() const { return items_; }
  size_t size() const { return items_.size(); }
  const RespValue& operator[](size_t i) const { return items_[i]; }
  // The value of a string key in a map (or in a RESP2 array of pairs); nullptr if it is not there.
  const RespValue* Find(std::string_view key) const;

  // Equal type and content. Maps and sets are compared in order; nan equals nan.
  friend bool operator==(const RespValue& a, const RespValue& b);

  // One line, such as [1, "a", {"k": nil}], for failed tests and logs.
  std::string DebugString() const;
  friend std::ostream& operator<<(std::ostream& out, const RespValue& value) {
    return out << value.DebugString();
  }

 private:
  friend class RespValueParser;
  explicit RespValue(RespType type) : type_(type) {}
  void AppendTo(std::string* out) const;

  RespType type_ = RespType::kNull;
  char format_[3] = {};
  union {
    int64_t integer_ = 0;
    double number_;
  };
  std::string text_;
  std::vector<RespValue> items_;
};

// Incremental: everything that was understood is consumed at once, so the caller may drop it,
// however little of a value it is.
class RespValueParser {
 public:
  enum class Status { kNeedMore, kValue, kError };
  static constexpr size_t kMaxDepth = 1024;

  // The limit holds for bulk strings and for lines: an error raised by a script may be long.
  explicit RespValueParser(int64_t max_bulk_bytes = 512LL << 20)
      : max_bulk_bytes_(max_bulk_bytes) {}

  // `input` begins at the first byte not consumed. After kValue, *value is the next complete value.
  // Attributes are skipped.
  Status Parse(std::string_view input, RespValue* value);
  // Bytes of the last call's input that are done with, whatever its status.
  size_t consumed() const { return consumed_; }
  // After kError: what is wrong, for a log.
  std::string_view error() const { return error_; }
  void Reset();

 private:
  enum class Step { kComplete, kOpened, kNeedMore, kError };
  struct Level {
    RespValue value;
    int64_t left;
    bool is_attribute;
  };

  Step ParseNext(std::string_view input, RespValue* value);
  Step ParseLine(char type, std::string_view line, std::string_view rest, RespValue* value);
  Step ParseBlob(char type, int64_t bytes, std::string_view rest, RespValue* value);
  Step OpenAggregate(char type, int64_t count, RespValue* value);
  bool Attach(RespValue* value);
  Step Fail(std::string_view text);

  int64_t max_bulk_bytes_;
  std::vector<Level> levels_;  // the aggregates that are open, outermost first
  size_t scanned_ = 0;         // bytes of the unfinished line known not to hold its end
  size_t consumed_ = 0;
  std::string error_;
};

// The value that `encoded` consists of; nothing if it is malformed, unfinished or followed by more.
std::optional<RespValue> DecodeRespValue(std::string_view encoded);

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_RESP_VALUE_H_
