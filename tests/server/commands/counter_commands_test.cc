#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"
#include "tests/server/commands/foreign_entry.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CounterCommandsTest : public CommandTest {
 protected:
  const RespValue wrong_type_ =
      Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  const RespValue no_integer_ = Error("ERR value is not an integer or out of range");
  const RespValue no_float_ = Error("ERR value is not a valid float");
};

TEST_F(CounterCommandsTest, AMissingCounterCountsFromZero) {
  EXPECT_EQ(Run("INCR", "a"), Int(1));
  EXPECT_EQ(Run("DECR", "b"), Int(-1));
  EXPECT_EQ(Run("INCRBY", "a", "41"), Int(42));
  EXPECT_EQ(Run("DECRBY", "b", "-2"), Int(1));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "a"), Bulk("int"));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "INCR a", "DECR b", "INCRBY a 41", "DECRBY b -2"));
}

TEST_F(CounterCommandsTest, CountingKeepsTheDeadlineAndMakesAnIntegerOfText) {
  Run("SET", "k", "1", "PX", "1000");
  Run("APPEND", "k", "0");
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("raw"));
  EXPECT_EQ(Run("INCR", "k"), Int(11));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("int"));
  Advance(1001);
  EXPECT_EQ(Run("INCR", "k"), Int(1));
}

TEST_F(CounterCommandsTest, NothingOverflows) {
  Run("MSET", "max", "9223372036854775807", "min", "-9223372036854775808");
  Effects();
  const RespValue overflow = Error("ERR increment or decrement would overflow");
  EXPECT_EQ(Run("INCR", "max"), overflow);
  EXPECT_EQ(Run("DECR", "min"), overflow);
  EXPECT_EQ(Run("INCRBY", "max", "1"), overflow);
  EXPECT_EQ(Run("DECRBY", "min", "9223372036854775807"), overflow);
  EXPECT_EQ(Run("DECRBY", "max", "-9223372036854775808"), Error("ERR decrement would overflow"));
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Run("INCRBY", "max", "-9223372036854775808"), Int(-1));
}

TEST_F(CounterCommandsTest, OnlyIntegersAreCounted) {
  AddForeignEntry(&keyspace_, "list");
  EXPECT_EQ(Run("INCR", "list"), wrong_type_);
  EXPECT_EQ(Run("INCRBY", "list", "x"), no_integer_);  // Looked at before the key.
  EXPECT_EQ(Run("INCRBYFLOAT", "list", "x"), wrong_type_);
  for (const std::string text : {"x", "", " 1", "01", "1.0", "9223372036854775808"}) {
    Run("SET", "k", text);
    EXPECT_EQ(Run("INCR", "k"), no_integer_) << text;
  }
}

TEST_F(CounterCommandsTest, IncrByFloatWritesDecimalsWithoutAnExponent) {
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "0.1"), Bulk("0.1"));
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "0.2"), Bulk("0.3"));
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "5.0e3"), Bulk("5000.29999999999999982"));
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "-5000.3"), Bulk("0"));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("embstr"));
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "1e17"), Bulk("100000000000000000"));
}

TEST_F(CounterCommandsTest, IncrByFloatIsRecordedAsItsSum) {
  Run("SET", "k", "3", "PX", "1000");
  Effects();
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "1.50"), Bulk("4.5"));
  EXPECT_THAT(Effects(), ElementsAre("SET k 4.5 KEEPTTL"));
  Advance(1001);
  EXPECT_EQ(Run("GET", "k"), Nil());
}

TEST_F(CounterCommandsTest, IncrByFloatRefusesWhatIsNoFiniteNumber) {
  Run("SET", "k", "x");
  EXPECT_EQ(Run("INCRBYFLOAT", "k", "1"), no_float_);
  EXPECT_EQ(Run("INCRBYFLOAT", "new", "x"), no_float_);
  EXPECT_EQ(Run("INCRBYFLOAT", "new", " 1"), no_float_);
  EXPECT_EQ(Run("INCRBYFLOAT", "new", "nan"), no_float_);
  EXPECT_EQ(Run("INCRBYFLOAT", "new", "inf"), Error("ERR increment would produce NaN or Infinity"));
  EXPECT_EQ(Run("GET", "new"), Nil());
}

}  // namespace
}  // namespace redstart
