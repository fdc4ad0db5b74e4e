#include "server/commands/expire_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

using Kind = ExpireOption::Kind;

// Reads all arguments; false if one of them is no option or conflicts with another.
bool ReadAll(const std::vector<std::string_view>& args, Kind flag, ExpireOption* option) {
  ArgReader in(args);
  while (in.ok() && !in.done()) {
    if (!option->Read(in, flag)) return false;
  }
  return in.ok();
}

std::optional<uint64_t> DeadlineOf(Kind kind, std::string_view amount) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  return ExpireOption{.kind = kind, .amount = amount}.Deadline(1000, "set", reply);
}

TEST(ExpireOptionsTest, OneKindMayBeGivenAgainButNotTwoKinds) {
  ExpireOption option;
  EXPECT_TRUE(ReadAll({"ex", "1", "EX", "2"}, Kind::kKeepTtl, &option));
  EXPECT_EQ(option.kind, Kind::kSeconds);
  EXPECT_EQ(option.amount, "2");
  EXPECT_FALSE(ReadAll({"PX", "1"}, Kind::kKeepTtl, &option));
}

TEST(ExpireOptionsTest, OnlyTheFlagOfTheCommandIsKnown) {
  ExpireOption option;
  EXPECT_FALSE(ReadAll({"PERSIST"}, Kind::kKeepTtl, &option));
  EXPECT_FALSE(ReadAll({"KEEPTTL"}, Kind::kPersist, &option));
  EXPECT_TRUE(ReadAll({"PERSIST", "PERSIST"}, Kind::kPersist, &option));
  EXPECT_FALSE(option.HasDeadline());
}

TEST(ExpireOptionsTest, AnAmountMustFollow) {
  ExpireOption option;
  EXPECT_FALSE(ReadAll({"PXAT"}, Kind::kKeepTtl, &option));
}

TEST(ExpireOptionsTest, DeadlinesAreAbsoluteMilliseconds) {
  EXPECT_EQ(DeadlineOf(Kind::kSeconds, "5"), 6000u);
  EXPECT_EQ(DeadlineOf(Kind::kMilliseconds, "5"), 1005u);
  EXPECT_EQ(DeadlineOf(Kind::kUnixSeconds, "5"), 5000u);
  EXPECT_EQ(DeadlineOf(Kind::kUnixMilliseconds, "5"), 5u);
}

TEST(ExpireOptionsTest, DeadlinesFitAnInt64) {
  EXPECT_TRUE(DeadlineOf(Kind::kMilliseconds, "9223372036854774807").has_value());
  EXPECT_FALSE(DeadlineOf(Kind::kMilliseconds, "9223372036854774808").has_value());
  EXPECT_FALSE(DeadlineOf(Kind::kUnixSeconds, "9223372036854776").has_value());
  EXPECT_FALSE(DeadlineOf(Kind::kUnixMilliseconds, "9223372036854775808").has_value());
  EXPECT_FALSE(DeadlineOf(Kind::kUnixMilliseconds, "0").has_value());
}

}  // namespace
}  // namespace redstart
