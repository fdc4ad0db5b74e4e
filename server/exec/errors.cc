#include "server/exec/errors.h"

#include "absl/strings/ascii.h"

namespace redstart::error {
namespace {

// How much of an argument an error text repeats.
constexpr size_t kQuotedBytes = 128;

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = absl::ascii_toupper(static_cast<unsigned char>(c));
  return upper;
}

}  // namespace

std::string WrongArity(std::string_view full_name) {
  return "ERR wrong number of arguments for '" + std::string(full_name) + "' command";
}

std::string InvalidExpire(std::string_view full_name) {
  return "ERR invalid expire time in '" + std::string(full_name) + "' command";
}

std::string UnknownSubcommand(std::string_view subcommand, std::string_view command) {
  return "ERR unknown subcommand '" + std::string(subcommand.substr(0, kQuotedBytes)) + "'. Try " +
         Upper(command) + " HELP.";
}

std::string UnknownSubcommandOrArity(std::string_view subcommand, std::string_view command) {
  std::string text = "ERR unknown subcommand or wrong number of arguments for '";
  return text.append(subcommand.substr(0, kQuotedBytes))
      .append("'. Try ")
      .append(Upper(command))
      .append(" HELP.");
}

}  // namespace redstart::error
