#include "server/commands/value_digest.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class ValueDigestTest : public CommandTest {
 protected:
  std::string Value(std::string_view key) {
    return std::string(Run("DEBUG", "DIGEST-VALUE", key)[0].text());
  }
  std::string All() { return std::string(Run("DEBUG", "DIGEST").text()); }
};

// The digits are those that redis-server 7.0.15 answered with.
TEST_F(ValueDigestTest, DigestsAreThoseOfRedis) {
  EXPECT_EQ(All(), std::string(40, '0'));
  EXPECT_EQ(Value("none"), std::string(40, '0'));
  Run("SET", "s", "hello");
  Run("SET", "n", "12");
  Run("HSET", "h", "a", "1", "b", "two");
  EXPECT_EQ(Value("s"), "36b23a1456b2dce2c3ed252c456761301dba8060");
  EXPECT_EQ(Value("n"), "655ac46b180ad2f61a3cee25f0b1780fa2ec879a");
  EXPECT_EQ(Value("h"), "aaec2dd6dd5d0e6fbdce75b84b029b773e920b00");
  EXPECT_EQ(All(), "a98afa607cc90b5ef7e775352a46f9b13409dc9f");
  Run("EXPIRE", "s", "100");
  Run("MOVE", "n", "3");
  EXPECT_EQ(Value("s"), "d037c4eb8a8b36b602fbced4000daeab0714c1e3");
  EXPECT_EQ(All(), "2f39b7c713f8e7d7df4c8fd9e43dd99c03161852");
}

TEST_F(ValueDigestTest, TheFormOfAValueDoesNotCount) {
  Run("HSET", "h", "a", "1", "b", "2");
  const std::string small = Value("h");
  Run("CONFIG", "SET", "hash-max-listpack-entries", "1");
  Run("HSET", "h", "a", "1");
  EXPECT_EQ(Value("h"), small);
  Run("HSET", "h", "a", "3");
  EXPECT_NE(Value("h"), small);
}

}  // namespace
}  // namespace redstart
