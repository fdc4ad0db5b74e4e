#include "server/config/words.h"

namespace redstart {
namespace {

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Unescape(char c) {
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
  explicit Splitter(std::string_view line) : rest_(line) {}

  std::optional<std::vector<std::string>> Run() {
    std::vector<std::string> words;
    while (true) {
      while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
      if (rest_.empty()) return words;
      std::string word;
      if (!ReadWord(&word)) return std::nullopt;
      words.push_back(std::move(word));
    }
  }

 private:
  bool ReadWord(std::string* word) {
    while (!rest_.empty() && !IsBlank(rest_.front())) {
      const char c = Take();
      // A closing quote ends the word.
      if (c == '"') return ReadDoubleQuoted(word) && AtWordEnd();
      if (c == '\'') return ReadSingleQuoted(word) && AtWordEnd();
      word->push_back(c);
    }
    return true;
  }

  bool ReadDoubleQuoted(std::string* word) {
    while (!rest_.empty()) {
      const char c = Take();
      if (c == '"') return true;
      if (c != '\\' || rest_.empty()) {
        word->push_back(c);
        continue;
      }
      if (rest_.size() >= 3 && rest_[0] == 'x' && HexDigit(rest_[1]) >= 0 &&
          HexDigit(rest_[2]) >= 0) {
        word->push_back(static_cast<char>(HexDigit(rest_[1]) * 16 + HexDigit(rest_[2])));
        rest_.remove_prefix(3);
      } else {
        word->push_back(Unescape(Take()));
      }
    }
    return false;
  }

  bool ReadSingleQuoted(std::string* word) {
    while (!rest_.empty()) {
      const char c = Take();
      if (c == '\'') return true;
      if (c == '\\' && rest_.starts_with('\'')) {
        word->push_back(Take());
      } else {
        word->push_back(c);
      }
    }
    return false;
  }

  bool AtWordEnd() const { return rest_.empty() || IsBlank(rest_.front()); }

  char Take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<std::string>> SplitWords(std::string_view line) {
  return Splitter(line).Run();
}

std::string QuoteWord(std::string_view word) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kPlain = "nrtba";
  constexpr std::string_view kEscaped = "\n\r\t\b\a";
  std::string quoted = "\"";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (const size_t i = kEscaped.find(c); i != std::string_view::npos) {
      quoted += '\\';
      quoted += kPlain[i];
    } else if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      quoted += c;
    } else {
      quoted += "\\x";
      quoted += kHex[byte >> 4];
      quoted += kHex[byte & 15];
    }
  }
  quoted += '"';
  return quoted;
}

}  // namespace redstart
