#include "server/config/option_value.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace redstart {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// What is wrong with `words`, or "ok".
std::string Try(const OptionValue& value, const std::vector<std::string>& words) {
  Config config;
  const absl::Status status = ParseValue(value, words, config);
  return status.ok() ? "ok" : std::string(status.message());
}

std::string RoundTrip(const OptionValue& value, const std::vector<std::string>& words) {
  Config config;
  EXPECT_TRUE(ParseValue(value, words, config).ok());
  return FormatValue(value, config);
}

TEST(OptionValueTest, BooleansAreYesOrNoInAnyCase) {
  const OptionValue option = Bool(&Config::rdbcompression);
  EXPECT_EQ(RoundTrip(option, {"NO"}), "no");
  EXPECT_EQ(RoundTrip(option, {"Yes"}), "yes");
  EXPECT_EQ(Try(option, {"1"}), "argument must be 'yes' or 'no'");
  EXPECT_EQ(Try(option, {"yes", "no"}), "wrong number of arguments");
  EXPECT_EQ(Try(option, {}), "wrong number of arguments");
}

TEST(OptionValueTest, IntegersAreStrict) {
  const OptionValue option = Integer<&Config::port>(0, 65535);
  EXPECT_EQ(RoundTrip(option, {"0"}), "0");
  EXPECT_EQ(RoundTrip(option, {"65535"}), "65535");
  for (const char* text : {"", "007", "+7", " 7", "7 ", "7x", "1.0", "-0", "9223372036854775808"}) {
    EXPECT_EQ(Try(option, {text}), "argument couldn't be parsed into an integer") << text;
  }
  EXPECT_EQ(Try(option, {"65536"}), "argument must be between 0 and 65535 inclusive");
  EXPECT_EQ(Try(option, {"-1"}), "argument must be between 0 and 65535 inclusive");
}

TEST(OptionValueTest, MemoryTakesUnits) {
  const OptionValue option = Memory<&Config::maxmemory>(0, kMax);
  EXPECT_EQ(RoundTrip(option, {"100"}), "100");
  EXPECT_EQ(RoundTrip(option, {"100b"}), "100");
  EXPECT_EQ(RoundTrip(option, {"2k"}), "2000");
  EXPECT_EQ(RoundTrip(option, {"2KB"}), "2048");
  EXPECT_EQ(RoundTrip(option, {"3m"}), "3000000");
  EXPECT_EQ(RoundTrip(option, {"3Mb"}), "3145728");
  EXPECT_EQ(RoundTrip(option, {"1g"}), "1000000000");
  EXPECT_EQ(RoundTrip(option, {"1gb"}), "1073741824");
  EXPECT_EQ(RoundTrip(option, {""}), "0");
  for (const char* text :
       {"-1", "1tb", "1 gb", "x", "10%", "99999999999999999999", "9999999999gb"}) {
    EXPECT_EQ(Try(option, {text}), "argument must be a memory value") << text;
  }
}

TEST(OptionValueTest, PercentagesAreStoredAsNegativeNumbers) {
  const OptionValue option =
      Number<&Config::maxmemory_clients>(NumberForm::kMemoryOrPercent, -100, kMax);
  EXPECT_EQ(RoundTrip(option, {"5%"}), "5%");
  EXPECT_EQ(RoundTrip(option, {"5mb"}), "5242880");
  EXPECT_EQ(Try(option, {"101%"}), "percentage argument must be less or equal to 100");
  EXPECT_EQ(Try(option, {"-5%"}), "argument must be a memory or percent value");
  EXPECT_EQ(Try(option, {"%"}), "argument must be a memory or percent value");
}

TEST(OptionValueTest, OctalNumbersAreReadAndPrintedAsSuch) {
  const OptionValue option = Number<&Config::unixsocketperm>(NumberForm::kOctal, 0, 0777);
  EXPECT_EQ(RoundTrip(option, {"700"}), "700");
  EXPECT_EQ(RoundTrip(option, {"0755"}), "755");
  EXPECT_EQ(Try(option, {"1000"}), "argument must be between 0 and 777 inclusive");
  EXPECT_EQ(Try(option, {"8"}), "argument couldn't be parsed as an octal number");
}

TEST(OptionValueTest, ChoicesNameTheAlternatives) {
  static constexpr Spelling kSpellings[] = {{"debug", 0}, {"notice", 2}, {"info", 2}};
  const OptionValue option = Choice<&Config::loglevel>(kSpellings);
  EXPECT_EQ(RoundTrip(option, {"INFO"}), "notice");
  EXPECT_EQ(Try(option, {"loud"}), "argument(s) must be one of the following: debug, notice, info");
  EXPECT_EQ(Try(option, {"debug", "notice"}),
            "argument(s) must be one of the following: debug, notice, info");
  EXPECT_EQ(Try(option, {}), "argument(s) must be one of the following: debug, notice, info");
}

TEST(OptionValueTest, CombinedChoicesAreBits) {
  static constexpr Spelling kSpellings[] = {{"default", 0}, {"save", 1}, {"now", 4}};
  ChoiceValue choice = Choice<&Config::shutdown_on_sigint>(kSpellings);
  choice.combines = true;
  EXPECT_EQ(RoundTrip(choice, {"now", "save"}), "save now");
  EXPECT_EQ(RoundTrip(choice, {"default"}), "default");
}

TEST(OptionValueTest, TextIsKeptAsItIs) {
  EXPECT_EQ(RoundTrip(Text(&Config::logfile), {"My File"}), "My File");
  EXPECT_EQ(RoundTrip(Text(&Config::logfile), {""}), "");
}

TEST(OptionValueTest, CaseIsIgnoredForLettersOnly) {
  EXPECT_TRUE(EqualsIgnoreCase("PoRt", "port"));
  EXPECT_FALSE(EqualsIgnoreCase("port", "ports"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
}

}  // namespace
}  // namespace redstart
