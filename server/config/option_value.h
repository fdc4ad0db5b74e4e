#ifndef REDSTART_SERVER_CONFIG_OPTION_VALUE_H_
#define REDSTART_SERVER_CONFIG_OPTION_VALUE_H_

// How the value of one option is read from words, checked, and printed: one small struct per kind
// of value, each knowing the field of Config that it fills. The rows of options.h are made of
// these.
//
// The error texts are part of compatibility: clients and test suites match on them. Their source is
// the behaviour of Redis 7.2 (CONFIG SET, configuration file). Nothing here has state.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/config/config.h"

namespace redstart {

using Words = absl::Span<const std::string>;

struct BoolValue {
  bool Config::*field;
};

// `check` returns what is wrong with a value, or an empty text.
struct TextValue {
  std::string Config::*field;
  std::string_view (*check)(std::string_view value) = nullptr;
};

enum class NumberForm { kInteger, kOctal, kMemory, kMemoryOrPercent };

struct NumberValue {
  NumberForm form;
  int64_t min;
  int64_t max;
  int64_t (*get)(const Config&);
  void (*set)(Config&, int64_t);
  // Applied after the range check; for values that are a hint rather than an order (hz).
  int64_t (*adjust)(int64_t) = nullptr;
};

// One spelling of an enumerated value. Several may mean the same; the first is the one that is
// printed.
struct Spelling {
  std::string_view text;
  int value;
};

struct ChoiceValue {
  std::span<const Spelling> spellings;
  bool combines;  // several words, whose values are bits
  int (*get)(const Config&);
  void (*set)(Config&, int);
  std::string_view (*check)(int value) = nullptr;
};

struct SpecialValue {
  absl::Status (*parse)(Words words, Config& config);
  std::string (*format)(const Config& config);
  // What stands behind the name in the lines of a configuration file, where that is not one line
  // with what `format` prints.
  std::vector<std::string> (*lines)(const Config& config) = nullptr;
};

using OptionValue = std::variant<BoolValue, TextValue, NumberValue, ChoiceValue, SpecialValue>;

// Reads `words` into the option's field of `config`. On failure the status carries the reason alone
// (no option name) and that field may hold anything.
absl::Status ParseValue(const OptionValue& value, Words words, Config& config);

// As CONFIG GET prints it.
std::string FormatValue(const OptionValue& value, const Config& config);

// As configuration files have it: what stands behind the name, for each line that it takes.
std::vector<std::string> LinesOfValue(const OptionValue& value, const Config& config);

// Bytes, or digits with a unit: k, m, g are powers of 1000, kb, mb, gb of 1024, in any case.
bool ParseMemory(std::string_view text, uint64_t* bytes);
// Decimal, the whole text, no sign '+', no blanks.
bool ParseInteger(std::string_view text, int64_t* value);
// A percentage with no more digits than it needs: "99.9".
std::string FormatPercentile(double percent);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string LowerCase(std::string_view text);

// ----- makers, so that a row reads like a sentence -----

constexpr BoolValue Bool(bool Config::*field) {
  return {field};
}

constexpr TextValue Text(std::string Config::*field,
                         std::string_view (*check)(std::string_view) = nullptr) {
  return {field, check};
}

template <auto kField>
constexpr NumberValue Number(NumberForm form, int64_t min, int64_t max) {
  return {form, min, max, [](const Config& config) { return static_cast<int64_t>(config.*kField); },
          [](Config& config, int64_t value) {
            config.*kField = static_cast<std::remove_cvref_t<decltype(config.*kField)>>(value);
          }};
}

template <auto kField>
constexpr NumberValue Integer(int64_t min, int64_t max) {
  return Number<kField>(NumberForm::kInteger, min, max);
}

template <auto kField>
constexpr NumberValue Memory(int64_t min, int64_t max) {
  return Number<kField>(NumberForm::kMemory, min, max);
}

template <auto kField>
constexpr ChoiceValue Choice(std::span<const Spelling> spellings) {
  return {spellings, false, [](const Config& config) { return static_cast<int>(config.*kField); },
          [](Config& config, int value) {
            config.*kField = static_cast<std::remove_cvref_t<decltype(config.*kField)>>(value);
          }};
}

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_OPTION_VALUE_H_
