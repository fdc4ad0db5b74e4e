#include "server/exec/errors.h"

#include "absl/strings/ascii.h"

namespace redstart::error {
namespace {

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = absl::ascii_toupper(static_cast<unsigned char>(c));
  return upper;
}

}  // namespace

std::string_view Quotable(std::string_view argument, size_t limit) {
  const std::string_view shown = argument.substr(0, limit);
  return shown.substr(0, shown.find('\0'));
}

std::string WrongArity(std::string_view full_name) {
  return "ERR wrong number of arguments for '" + std::string(full_name) + "' command";
}

std::string InvalidExpire(std::string_view full_name) {
  return "ERR invalid expire time in '" + std::string(full_name) + "' command";
}

std::string NoInputKeys(std::string_view full_name) {
  return "ERR at least 1 input key is needed for '" + std::string(full_name) + "' command";
}

std::string UnknownSubcommand(std::string_view subcommand, std::string_view command) {
  return "ERR unknown subcommand '" + std::string(Quotable(subcommand)) + "'. Try " +
         Upper(command) + " HELP.";
}

std::string UnknownSubcommandOrArity(std::string_view subcommand, std::string_view command) {
  std::string text = "ERR unknown subcommand or wrong number of arguments for '";
  return text.append(Quotable(subcommand))
      .append("'. Try ")
      .append(Upper(command))
      .append(" HELP.");
}

}  // namespace redstart::error
