#ifndef REDSTART_PROTOCOL_REPLY_BUILDER_H_
#define REDSTART_PROTOCOL_REPLY_BUILDER_H_

// The only writer of replies. Handlers say what they mean (a map, a double, a null); the builder
// knows how RESP2 and RESP3 spell it. Bytes are those of Redis 7.2.
//
// A builder is a small value on the stack of whoever runs a command; the buffer belongs to its
// thread. Not locked. Elements are not counted: whoever announces an array of n writes n elements.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/reply_buffer.h"

namespace redstart {

class ReplyBuilder {
 public:
  struct Mark {
    ReplyBuffer::Mark buffer;
    size_t errors = 0;
    size_t pushes = 0;
  };

  explicit ReplyBuilder(ReplyBuffer* buffer, int resp_version = 2)
      : buffer_(buffer), resp_version_(resp_version) {}

  int resp_version() const { return resp_version_; }
  void set_resp_version(int version) { resp_version_ = version; }
  ReplyBuffer* buffer() const { return buffer_; }

  void Ok() { Literal("+OK\r\n"); }
  // REQUIRES: no line breaks in text.
  void Simple(std::string_view text) { Line('+', text); }
  void Integer(int64_t value) { Header(':', value); }
  void Bulk(std::string_view bytes);
  void BulkPinned(PinnedBytes&& bytes);
  void Null() {
    if (resp3()) {
      Literal("_\r\n");
    } else {
      Literal("$-1\r\n");
    }
  }
  void NullArray() {
    if (resp3()) {
      Literal("_\r\n");
    } else {
      Literal("*-1\r\n");
    }
  }

  void Array(size_t count) { Header('*', static_cast<int64_t>(count)); }
  void EmptyArray() { Literal("*0\r\n"); }
  // In RESP2 an array of keys and values in turn.
  void Map(size_t pairs) {
    Header(resp3() ? '%' : '*', static_cast<int64_t>(resp3() ? pairs : 2 * pairs));
  }
  void Set(size_t count) { Header(resp3() ? '~' : '*', static_cast<int64_t>(count)); }
  // What is said about the next reply, not a reply itself. REQUIRES: resp_version() is 3.
  void Attribute(size_t pairs) { Header('|', static_cast<int64_t>(pairs)); }
  void Push(size_t count) {
    ++pushes_;
    Header(resp3() ? '>' : '*', static_cast<int64_t>(count));
  }

  // Lengths known only afterwards: Begin* gives a handle for the matching End*. Inner ones end
  // before outer ones.
  size_t BeginArray() { return buffer_->OpenSlot(); }
  size_t BeginMap() { return buffer_->OpenSlot(); }
  size_t BeginSet() { return buffer_->OpenSlot(); }
  void EndArray(size_t handle, size_t count) { buffer_->CloseSlot(handle, '*', count); }
  void EndMap(size_t handle, size_t pairs) {
    buffer_->CloseSlot(handle, resp3() ? '%' : '*', resp3() ? pairs : 2 * pairs);
  }
  void EndSet(size_t handle, size_t count) {
    buffer_->CloseSlot(handle, resp3() ? '~' : '*', count);
  }

  // A score or another computed double: shortest digits; in RESP2 a bulk string.
  void Double(double value);
  // A double whose text the caller has chosen (long double, fixed digits); in RESP2 a bulk string.
  void DoubleText(std::string_view text) { LineOrBulk(',', text); }
  void BigNumber(std::string_view digits) { LineOrBulk('(', digits); }
  void Bool(bool value);
  // REQUIRES: format has three characters.
  void Verbatim(std::string_view bytes, std::string_view format = "txt");
  // Bytes that are a reply already.
  void Raw(std::string_view encoded) { buffer_->Append(encoded); }

  // An error: its code, a space, and its text. Line breaks at the end go, others become spaces.
  void Fail(std::string_view code_and_text);
  // The same, of several pieces: FailWith({"ERR unknown subcommand '", name, "'"}).
  void FailWith(std::initializer_list<std::string_view> pieces);
  // Errors written through this builder (rewound ones excepted), and the text of the last one,
  // without '-' and line end.
  size_t error_count() const { return errors_; }
  size_t push_count() const { return pushes_; }
  std::string_view last_error() const { return last_error_; }

  // See ReplyBuffer::Mark.
  Mark GetMark() const { return {buffer_->GetMark(), errors_, pushes_}; }
  void RewindTo(const Mark& mark) {
    buffer_->RewindTo(mark.buffer);
    errors_ = mark.errors;
    pushes_ = mark.pushes;
  }

 private:
  // A type byte, 20 characters of int64, the line end.
  static constexpr size_t kHeaderBytes = 23;

  bool resp3() const { return resp_version_ >= 3; }

  template <size_t kSize>
  void Literal(const char (&text)[kSize]) {
    char* const to = buffer_->Reserve(kSize);
    std::memcpy(to, text, kSize - 1);
    buffer_->Commit(to + kSize - 1);
  }

  static char* WriteHeader(char* to, char prefix, int64_t value) {
    *to++ = prefix;
    if (value >= 0 && value < 10) {
      *to++ = static_cast<char>('0' + value);
    } else if (value >= 10 && value < 100) {
      *to++ = static_cast<char>('0' + value / 10);
      *to++ = static_cast<char>('0' + value % 10);
    } else {
      to = std::to_chars(to, to + 20, value).ptr;
    }
    return WriteLineEnd(to);
  }
  static char* WriteLineEnd(char* to) {
    to[0] = '\r';
    to[1] = '\n';
    return to + 2;
  }
  static char* WriteBytes(char* to, std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
  }

  void Header(char prefix, int64_t value) {
    buffer_->Commit(WriteHeader(buffer_->Reserve(kHeaderBytes), prefix, value));
  }
  void Line(char prefix, std::string_view text);
  void LineOrBulk(char prefix, std::string_view text) {
    if (resp3()) {
      Line(prefix, text);
    } else {
      Bulk(text);
    }
  }

  ReplyBuffer* buffer_;
  int resp_version_;
  size_t errors_ = 0;
  size_t pushes_ = 0;
  std::string last_error_;
};

inline void ReplyBuilder::Bulk(std::string_view bytes) {
  char* to = buffer_->Reserve(kHeaderBytes + bytes.size() + 2);
  to = WriteHeader(to, '$', static_cast<int64_t>(bytes.size()));
  buffer_->Commit(WriteLineEnd(WriteBytes(to, bytes)));
}

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_REPLY_BUILDER_H_
