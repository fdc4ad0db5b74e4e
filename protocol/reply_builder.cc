#include "protocol/reply_builder.h"

#include <algorithm>

#include "protocol/number_text.h"

namespace redstart {

void ReplyBuilder::BulkPinned(PinnedBytes&& bytes) {
  Header('$', static_cast<int64_t>(bytes.size));
  buffer_->AppendPinned(std::move(bytes));
  Literal("\r\n");
}

void ReplyBuilder::Line(char prefix, std::string_view text) {
  char* const to = buffer_->Reserve(text.size() + 3);
  *to = prefix;
  buffer_->Commit(WriteLineEnd(WriteBytes(to + 1, text)));
}

void ReplyBuilder::Double(double value) {
  char text[kMaxWireDoubleChars];
  const char* const end = FormatWireDouble(value, text);
  LineOrBulk(',', std::string_view(text, end - text));
}

void ReplyBuilder::Bool(bool value) {
  if (!resp3()) return Integer(value ? 1 : 0);
  Raw(value ? "#t\r\n" : "#f\r\n");
}

void ReplyBuilder::Verbatim(std::string_view bytes, std::string_view format) {
  if (!resp3()) return Bulk(bytes);
  char* to = buffer_->Reserve(kHeaderBytes + format.size() + 1 + bytes.size() + 2);
  to = WriteHeader(to, '=', static_cast<int64_t>(format.size() + 1 + bytes.size()));
  to = WriteBytes(to, format);
  *to++ = ':';
  buffer_->Commit(WriteLineEnd(WriteBytes(to, bytes)));
}

void ReplyBuilder::Fail(std::string_view code_and_text) {
  FailWith({code_and_text});
}

void ReplyBuilder::FailWith(std::initializer_list<std::string_view> pieces) {
  last_error_.clear();
  // Redis prints its pieces as C strings, which end at the first zero byte.
  for (const std::string_view piece : pieces) last_error_ += piece.substr(0, piece.find('\0'));
  // Text may quote what the client sent: a line break in it would end the reply early.
  while (last_error_.ends_with('\r') || last_error_.ends_with('\n')) last_error_.pop_back();
  std::replace(last_error_.begin(), last_error_.end(), '\r', ' ');
  std::replace(last_error_.begin(), last_error_.end(), '\n', ' ');
  ++errors_;
  Line('-', last_error_);
}

}  // namespace redstart
