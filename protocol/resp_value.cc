#include "protocol/resp_value.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "protocol/number_text.h"

namespace redstart {
namespace {

bool ParseWireDouble(std::string_view text, double* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

void AppendQuoted(std::string_view bytes, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (c == '\n') {
      *out += "\\n";
    } else if (c == '\r') {
      *out += "\\r";
    } else if (byte < 0x20 || byte >= 0x7f) {
      *out += "\\x";
      *out += kHex[byte >> 4];
      *out += kHex[byte & 15];
    } else {
      *out += c;
    }
  }
  *out += '"';
}

RespType AggregateType(char type) {
  switch (type) {
    case '%':
      return RespType::kMap;
    case '~':
      return RespType::kSet;
    case '>':
      return RespType::kPush;
    default:
      return RespType::kArray;
  }
}

}  // namespace

RespValue RespValue::Integer(int64_t value) {
  RespValue result(RespType::kInteger);
  result.integer_ = value;
  return result;
}

RespValue RespValue::Double(double value) {
  RespValue result(RespType::kDouble);
  result.number_ = value;
  char text[kMaxWireDoubleChars];
  result.text_.assign(text, FormatWireDouble(value, text));
  return result;
}

RespValue RespValue::Bool(bool value) {
  RespValue result(RespType::kBool);
  result.integer_ = value ? 1 : 0;
  return result;
}

RespValue RespValue::OfText(RespType type, std::string_view text) {
  RespValue result(type);
  if (type == RespType::kVerbatim) std::memcpy(result.format_, "txt", 3);
  result.text_ = text;
  return result;
}

RespValue RespValue::OfItems(RespType type, std::vector<RespValue> items) {
  RespValue result(type);
  result.items_ = std::move(items);
  return result;
}

const RespValue* RespValue::Find(std::string_view key) const {
  for (size_t i = 0; i + 1 < items_.size(); i += 2) {
    if (items_[i].IsString() && items_[i].text_ == key) return &items_[i + 1];
  }
  return nullptr;
}

bool operator==(const RespValue& a, const RespValue& b) {
  if (a.type_ != b.type_) return false;
  if (a.type_ == RespType::kDouble) {
    return a.number_ == b.number_ || (std::isnan(a.number_) && std::isnan(b.number_));
  }
  return a.integer_ == b.integer_ && a.text_ == b.text_ && a.items_ == b.items_ &&
         a.verbatim_format() == b.verbatim_format();
}

std::string RespValue::DebugString() const {
  std::string out;
  AppendTo(&out);
  return out;
}

void RespValue::AppendTo(std::string* out) const {
  switch (type_) {
    case RespType::kNull:
    case RespType::kNullBulk:
      *out += "nil";
      return;
    case RespType::kNullArray:
      *out += "nil-array";
      return;
    case RespType::kInteger:
      *out += std::to_string(integer_);
      return;
    case RespType::kBool:
      *out += integer_ != 0 ? "true" : "false";
      return;
    case RespType::kSimple:
      *out += '+';
      *out += text_;
      return;
    case RespType::kError:
    case RespType::kBlobError:
      *out += '-';
      *out += text_;
      return;
    case RespType::kDouble:
      *out += ',';
      *out += text_;
      return;
    case RespType::kBigNumber:
      *out += '(';
      *out += text_;
      return;
    case RespType::kBulk:
    case RespType::kVerbatim:
      if (type_ == RespType::kVerbatim) *out += '=';
      AppendQuoted(text_, out);
      return;
    case RespType::kArray:
    case RespType::kMap:
    case RespType::kSet:
    case RespType::kPush:
      break;
  }
  if (type_ == RespType::kSet) *out += '~';
  if (type_ == RespType::kPush) *out += '>';
  const bool is_map = type_ == RespType::kMap;
  *out += is_map ? '{' : '[';
  for (size_t i = 0; i < items_.size(); ++i) {
    if (i != 0) *out += is_map && i % 2 == 1 ? ": " : ", ";
    items_[i].AppendTo(out);
  }
  *out += is_map ? '}' : ']';
}

RespValueParser::Status RespValueParser::Parse(std::string_view input, RespValue* value) {
  consumed_ = 0;
  while (true) {
    RespValue next;
    switch (ParseNext(input.substr(consumed_), &next)) {
      case Step::kNeedMore:
        return Status::kNeedMore;
      case Step::kError:
        return Status::kError;
      case Step::kOpened:
        break;
      case Step::kComplete:
        if (Attach(&next)) {
          *value = std::move(next);
          return Status::kValue;
        }
    }
  }
}

void RespValueParser::Reset() {
  levels_.clear();
  scanned_ = 0;
  consumed_ = 0;
  error_.clear();
}

// Puts a complete value where it belongs, and the aggregates it completes where they belong. True
// if *value is now the whole.
bool RespValueParser::Attach(RespValue* value) {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    level.value.items_.push_back(std::move(*value));
    if (--level.left > 0) return false;
    const bool is_attribute = level.is_attribute;
    *value = std::move(level.value);
    levels_.pop_back();
    if (is_attribute) return false;  // it says something about the value that follows
  }
  return true;
}

RespValueParser::Step RespValueParser::ParseNext(std::string_view input, RespValue* value) {
  const size_t newline = input.find('\n', scanned_);
  if (newline == input.npos) {
    scanned_ = input.size();
    const bool too_long = input.size() > static_cast<size_t>(max_bulk_bytes_);
    return too_long ? Fail("line too long") : Step::kNeedMore;
  }
  if (newline < 2 || input[newline - 1] != '\r') return Fail("malformed line");
  const Step step =
      ParseLine(input[0], input.substr(1, newline - 2), input.substr(newline + 1), value);
  if (step == Step::kComplete || step == Step::kOpened) {
    consumed_ += newline + 1;
    scanned_ = 0;
  }
  return step;
}

RespValueParser::Step RespValueParser::ParseLine(char type, std::string_view line,
                                                 std::string_view rest, RespValue* value) {
  int64_t number = 0;
  switch (type) {
    case '+':
      *value = RespValue::Simple(line);
      return Step::kComplete;
    case '-':
      *value = RespValue::Error(line);
      return Step::kComplete;
    case '(':
      *value = RespValue::OfText(RespType::kBigNumber, line);
      return Step::kComplete;
    case '_':
      return line.empty() ? Step::kComplete : Fail("malformed null");
    case '#':
      if (line != "t" && line != "f") return Fail("malformed boolean");
      *value = RespValue::Bool(line == "t");
      return Step::kComplete;
    case ',':
      *value = RespValue(RespType::kDouble);
      value->text_ = line;
      return ParseWireDouble(line, &value->number_) ? Step::kComplete : Fail("malformed double");
    case ':':
      if (!ParseWireInteger(line, &number)) return Fail("malformed integer");
      *value = RespValue::Integer(number);
      return Step::kComplete;
    case '$':
    case '=':
    case '!':
      if (!ParseWireInteger(line, &number)) return Fail("malformed length");
      return ParseBlob(type, number, rest, value);
    case '*':
    case '%':
    case '~':
    case '>':
    case '|':
      if (!ParseWireInteger(line, &number)) return Fail("malformed count");
      return OpenAggregate(type, number, value);
    default:
      return Fail("unknown type");
  }
}

RespValueParser::Step RespValueParser::ParseBlob(char type, int64_t bytes, std::string_view rest,
                                                 RespValue* value) {
  if (bytes == -1 && type == '$') {
    *value = RespValue(RespType::kNullBulk);
    return Step::kComplete;
  }
  if (bytes < 0 || bytes > max_bulk_bytes_) return Fail("length out of range");
  const auto size = static_cast<size_t>(bytes);
  if (rest.size() < 2 || rest.size() - 2 < size) return Step::kNeedMore;
  if (rest.substr(size, 2) != "\r\n") return Fail("blob without line end");
  const std::string_view blob = rest.substr(0, size);
  if (type == '=') {
    if (size < 4 || blob[3] != ':') return Fail("malformed verbatim string");
    *value = RespValue::OfText(RespType::kVerbatim, blob.substr(4));
    std::memcpy(value->format_, blob.data(), 3);
  } else {
    *value = RespValue::OfText(type == '!' ? RespType::kBlobError : RespType::kBulk, blob);
  }
  consumed_ += size + 2;
  return Step::kComplete;
}

RespValueParser::Step RespValueParser::OpenAggregate(char type, int64_t count, RespValue* value) {
  if (count == -1 && type == '*') {
    *value = RespValue(RespType::kNullArray);
    return Step::kComplete;
  }
  if (count < 0 || count > std::numeric_limits<int32_t>::max()) return Fail("count out of range");
  const bool has_pairs = type == '%' || type == '|';
  RespValue aggregate(has_pairs ? RespType::kMap : AggregateType(type));
  if (count == 0) {
    *value = std::move(aggregate);
    return type == '|' ? Step::kOpened : Step::kComplete;
  }
  if (levels_.size() == kMaxDepth) return Fail("nested too deeply");
  levels_.push_back({std::move(aggregate), has_pairs ? 2 * count : count, type == '|'});
  return Step::kOpened;
}

RespValueParser::Step RespValueParser::Fail(std::string_view text) {
  error_ = text;
  return Step::kError;
}

std::optional<RespValue> DecodeRespValue(std::string_view encoded) {
  RespValueParser parser;
  RespValue value;
  if (parser.Parse(encoded, &value) != RespValueParser::Status::kValue) return std::nullopt;
  if (parser.consumed() != encoded.size()) return std::nullopt;
  return value;
}

}  // namespace redstart
