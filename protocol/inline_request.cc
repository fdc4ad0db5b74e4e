#include "protocol/inline_request.h"

#include <cstring>

namespace redstart {
namespace {

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Outside quotes vertical tab and form feed separate arguments only at their start, as in Redis.
bool EndsPlainText(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

class Splitter {
 public:
  Splitter(std::string_view line, RequestBatch* batch) : line_(line), batch_(batch) {}

  bool Run() {
    while (true) {
      while (at_ < line_.size() && IsBlank(line_[at_])) ++at_;
      if (at_ == line_.size()) return true;
      const size_t begin = at_;
      while (at_ < line_.size() && !EndsPlainText(line_[at_]) && !IsQuote(line_[at_])) ++at_;
      if (at_ < line_.size() && IsQuote(line_[at_])) {
        if (!TakeQuoted(begin)) return false;
      } else {
        batch_->AddArg(line_.substr(begin, at_ - begin));
      }
    }
  }

 private:
  static bool IsQuote(char c) { return c == '"' || c == '\''; }

  // 0 behind the end; the line holds no NUL of its own.
  char Peek(size_t ahead) const { return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0'; }

  // The argument begins at `begin` with plain text, and a quote stands at at_. The closing quote
  // ends the argument.
  bool TakeQuoted(size_t begin) {
    // Unquoting never lengthens, and one block serves all quoted arguments of the line.
    if (out_ == nullptr) out_ = batch_->Allocate(line_.size());
    char* const start = out_;
    std::memcpy(out_, line_.data() + begin, at_ - begin);
    out_ += at_ - begin;
    const char quote = line_[at_++];
    while (at_ < line_.size() && line_[at_] != quote) {
      if (quote == '"') {
        TakeDoubleQuotedChar();
      } else {
        if (line_[at_] == '\\' && Peek(1) == '\'') ++at_;
        *out_++ = line_[at_++];
      }
    }
    if (at_ == line_.size()) return false;
    ++at_;
    if (at_ < line_.size() && !IsBlank(line_[at_])) return false;
    batch_->AddArg(std::string_view(start, out_ - start));
    return true;
  }

  void TakeDoubleQuotedChar() {
    if (line_[at_] != '\\' || Peek(1) == '\0') {
      *out_++ = line_[at_++];
      return;
    }
    const int high = HexValue(Peek(2));
    const int low = HexValue(Peek(3));
    if (Peek(1) == 'x' && high >= 0 && low >= 0) {
      *out_++ = static_cast<char>(high * 16 + low);
      at_ += 4;
    } else {
      *out_++ = Escaped(line_[at_ + 1]);
      at_ += 2;
    }
  }

  std::string_view line_;
  RequestBatch* batch_;
  size_t at_ = 0;
  char* out_ = nullptr;
};

}  // namespace

bool SplitInline(std::string_view line, RequestBatch* batch) {
  return Splitter(line, batch).Run();
}

}  // namespace redstart
