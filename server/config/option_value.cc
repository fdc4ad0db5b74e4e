#include "server/config/option_value.h"

#include <cctype>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <utility>

#include "server/config/words.h"

namespace redstart {
namespace {

absl::Status Invalid(std::string reason) {
  return absl::InvalidArgumentError(std::move(reason));
}

std::string ToOctal(int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, 8).ptr;
  return std::string(buffer, end);
}

bool ParseOctal(std::string_view text, int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value, 8);
  return error == std::errc() && end == text.data() + text.size();
}

absl::Status Parse(const BoolValue& option, Words words, Config& config) {
  if (EqualsIgnoreCase(words[0], "yes")) {
    config.*option.field = true;
  } else if (EqualsIgnoreCase(words[0], "no")) {
    config.*option.field = false;
  } else {
    return Invalid("argument must be 'yes' or 'no'");
  }
  return absl::OkStatus();
}

absl::Status Parse(const TextValue& option, Words words, Config& config) {
  if (option.check != nullptr) {
    if (const std::string_view wrong = option.check(words[0]); !wrong.empty()) {
      return Invalid(std::string(wrong));
    }
  }
  config.*option.field = words[0];
  return absl::OkStatus();
}

// Percentages are stored as negative numbers. A memory value over int64_t is over every maximum,
// too.
bool ParseNumber(NumberForm form, std::string_view text, int64_t* value) {
  switch (form) {
    case NumberForm::kInteger:
      return ParseInteger(text, value);
    case NumberForm::kOctal:
      return ParseOctal(text, value);
    case NumberForm::kMemoryOrPercent:
      if (text.size() > 1 && text.back() == '%') {
        if (!ParseInteger(text.substr(0, text.size() - 1), value) || *value < 0) return false;
        *value = -*value;
        return true;
      }
      [[fallthrough]];
    case NumberForm::kMemory: {
      uint64_t bytes = 0;
      if (!ParseMemory(text, &bytes) || !std::in_range<int64_t>(bytes)) return false;
      *value = static_cast<int64_t>(bytes);
      return true;
    }
  }
  return false;
}

std::string NotANumber(NumberForm form) {
  switch (form) {
    case NumberForm::kInteger:
      break;
    case NumberForm::kOctal:
      return "argument couldn't be parsed as an octal number";
    case NumberForm::kMemory:
      return "argument must be a memory value";
    case NumberForm::kMemoryOrPercent:
      return "argument must be a memory or percent value";
  }
  return "argument couldn't be parsed into an integer";
}

absl::Status Parse(const NumberValue& option, Words words, Config& config) {
  int64_t value = 0;
  if (!ParseNumber(option.form, words[0], &value)) return Invalid(NotANumber(option.form));
  if (option.form == NumberForm::kMemoryOrPercent && value < 0) {
    if (value < option.min) {
      return Invalid("percentage argument must be less or equal to " + std::to_string(-option.min));
    }
  } else if (value < option.min || value > option.max) {
    const auto print = [&](int64_t bound) {
      return option.form == NumberForm::kOctal ? ToOctal(bound) : std::to_string(bound);
    };
    return Invalid("argument must be between " + print(option.min) + " and " + print(option.max) +
                   " inclusive");
  }
  option.set(config, option.adjust != nullptr ? option.adjust(value) : value);
  return absl::OkStatus();
}

std::optional<int> FindSpelling(const ChoiceValue& option, std::string_view word) {
  for (const Spelling& spelling : option.spellings) {
    if (EqualsIgnoreCase(word, spelling.text)) return spelling.value;
  }
  return std::nullopt;
}

absl::Status Parse(const ChoiceValue& option, Words words, Config& config) {
  int all = 0;
  bool known = !words.empty() && (option.combines || words.size() == 1);
  for (size_t i = 0; known && i < words.size(); ++i) {
    const std::optional<int> one = FindSpelling(option, words[i]);
    known = one.has_value();
    if (known) all |= *one;
  }
  if (!known) {
    std::string reason = "argument(s) must be one of the following: ";
    for (const Spelling& spelling : option.spellings) {
      if (&spelling != &option.spellings.front()) reason += ", ";
      reason += spelling.text;
    }
    return Invalid(std::move(reason));
  }
  if (option.check != nullptr) {
    if (const std::string_view wrong = option.check(all); !wrong.empty()) {
      return Invalid(std::string(wrong));
    }
  }
  option.set(config, all);
  return absl::OkStatus();
}

absl::Status Parse(const SpecialValue& option, Words words, Config& config) {
  return option.parse(words, config);
}

std::string Format(const BoolValue& option, const Config& config) {
  return config.*option.field ? "yes" : "no";
}

std::string Format(const TextValue& option, const Config& config) {
  return config.*option.field;
}

std::string Format(const NumberValue& option, const Config& config) {
  const int64_t value = option.get(config);
  if (option.form == NumberForm::kOctal) return ToOctal(value);
  if (option.form == NumberForm::kMemoryOrPercent && value < 0) return std::to_string(-value) + "%";
  return std::to_string(value);
}

std::string Format(const ChoiceValue& option, const Config& config) {
  const int value = option.get(config);
  std::string words;
  for (const Spelling& spelling : option.spellings) {
    if (spelling.value == value) return std::string(spelling.text);
    if (option.combines && (spelling.value & value) != 0) {
      if (!words.empty()) words += ' ';
      words += spelling.text;
    }
  }
  return words;
}

std::string Format(const SpecialValue& option, const Config& config) {
  return option.format(config);
}

// With the largest unit that it is a multiple of: "100mb".
std::string WithUnit(int64_t bytes) {
  constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {int64_t{1} << 30, "gb"}, {int64_t{1} << 20, "mb"}, {int64_t{1} << 10, "kb"}};
  for (const auto& [factor, unit] : kUnits) {
    if (bytes != 0 && bytes % factor == 0) return std::to_string(bytes / factor).append(unit);
  }
  return std::to_string(bytes);
}

std::vector<std::string> LinesOf(const TextValue& option, const Config& config) {
  return {QuoteWord(config.*option.field)};
}

std::vector<std::string> LinesOf(const NumberValue& option, const Config& config) {
  const bool is_memory =
      option.form == NumberForm::kMemory || option.form == NumberForm::kMemoryOrPercent;
  const int64_t value = option.get(config);
  if (is_memory && value >= 0) return {WithUnit(value)};
  return {Format(option, config)};
}

std::vector<std::string> LinesOf(const SpecialValue& option, const Config& config) {
  if (option.lines != nullptr) return option.lines(config);
  std::string text = option.format(config);
  return {text.empty() ? "\"\"" : std::move(text)};
}

template <typename Kind>
std::vector<std::string> LinesOf(const Kind& option, const Config& config) {
  return {Format(option, config)};
}

}  // namespace

absl::Status ParseValue(const OptionValue& value, Words words, Config& config) {
  return std::visit(
      [&](const auto& kind) -> absl::Status {
        using Kind = std::remove_cvref_t<decltype(kind)>;
        // The other two count their words themselves.
        if constexpr (!std::is_same_v<Kind, SpecialValue> && !std::is_same_v<Kind, ChoiceValue>) {
          if (words.size() != 1) return Invalid("wrong number of arguments");
        }
        return Parse(kind, words, config);
      },
      value);
}

std::string FormatValue(const OptionValue& value, const Config& config) {
  return std::visit([&](const auto& kind) { return Format(kind, config); }, value);
}

std::vector<std::string> LinesOfValue(const OptionValue& value, const Config& config) {
  return std::visit([&](const auto& kind) { return LinesOf(kind, config); }, value);
}

bool ParseMemory(std::string_view text, uint64_t* bytes) {
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  uint64_t number = 0;
  // No digits at all is 0, as in Redis: set-ups that pass an unset variable rely on it.
  if (digits > 0) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
    if (error != std::errc()) return false;
  }
  const std::string unit = LowerCase(text.substr(digits));
  uint64_t factor = 0;
  if (unit.empty() || unit == "b") {
    factor = 1;
  } else if (unit == "k") {
    factor = 1000;
  } else if (unit == "kb") {
    factor = 1024;
  } else if (unit == "m") {
    factor = 1000 * 1000;
  } else if (unit == "mb") {
    factor = 1024 * 1024;
  } else if (unit == "g") {
    factor = 1000 * 1000 * 1000;
  } else if (unit == "gb") {
    factor = 1024 * 1024 * 1024;
  } else {
    return false;
  }
  // Redis lets the product wrap around, which turns a generous limit into a tiny one.
  if (number > std::numeric_limits<uint64_t>::max() / factor) return false;
  *bytes = number * factor;
  return true;
}

bool ParseInteger(std::string_view text, int64_t* value) {
  // Redis's strict form: "007", "-0" and "+7" are not integers.
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.starts_with('0') && text != "0") return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string FormatPercentile(double percent) {
  char digits[32];
  const int length = std::snprintf(digits, sizeof(digits), "%f", percent);
  std::string text(digits, static_cast<size_t>(length));
  text.erase(text.find_last_not_of('0') + 1);  // "%f" always prints six decimals
  if (text.ends_with('.')) text.pop_back();
  return text;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && LowerCase(a) == LowerCase(b);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace redstart
