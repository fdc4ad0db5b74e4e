#ifndef REDSTART_SERVER_COMMANDS_INFO_SECTIONS_H_
#define REDSTART_SERVER_COMMANDS_INFO_SECTIONS_H_

// The sections of INFO, each a row: a name, when it is told, and what writes it.
//
// Fields have Redis 7.2's names and order. A field that this server has no true value for is left
// out rather than made up. Nothing is owned or locked here; clients are looked at through the
// session registry, shards one by one.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "server/exec/call.h"

namespace redstart {

// The lines of a section.
class InfoFields {
 public:
  void Text(std::string_view name, std::string_view value) {
    text_.append(name).append(":").append(value).append("\r\n");
  }
  void Number(std::string_view name, uint64_t value);
  void Signed(std::string_view name, int64_t value);
  // With a number of decimals.
  void Real(std::string_view name, double value, int decimals = 2);
  // Begins a section; an empty line stands between two.
  void Title(std::string_view title) {
    text_.append(text_.empty() ? "# " : "\r\n# ").append(title).append("\r\n");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct InfoSection {
  // When a section is told: always, with "all" and "everything", or only if it is asked for.
  enum class Shown : uint8_t { kByDefault, kWithAll, kByName };

  std::string_view name;  // What the client asks for, in any case.
  std::string_view title;
  Shown shown;
  void (*write)(const Call& call, InfoFields& fields);
};

// In the order in which they are told.
absl::Span<const InfoSection> InfoSections();

// "1.50M" and the like: what stands in the fields that end with "_human".
std::string HumanBytes(uint64_t bytes);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_INFO_SECTIONS_H_
