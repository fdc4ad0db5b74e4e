#include "storage/disk/effect_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::StartsWith;

std::string Encoded(std::initializer_list<std::string_view> words) {
  std::string encoded;
  AppendEncodedCommand({words.begin(), words.size()}, &encoded);
  return encoded;
}

class EffectLogTest : public testing::Test {
 protected:
  uint64_t Append(int database, std::string_view encoded, bool changes_data = true) {
    const JournalEffect effect = {database, encoded, changes_data};
    return log_.Append({&effect, 1});
  }
  std::string Take() { return log_.Take({}).bytes; }

  EffectLog log_;
};

TEST_F(EffectLogTest, AClosedLogKeepsNothing) {
  EXPECT_EQ(Append(0, "x"), 0u);
  log_.Open();
  EXPECT_EQ(Take(), "");
}

TEST_F(EffectLogTest, OffsetsGoOnWhenItIsOpenedAgain) {
  log_.Open();
  const uint64_t end = Append(0, "x");
  EXPECT_EQ(end, log_.end());
  log_.Close();
  log_.Open();
  EXPECT_GT(Append(0, "x"), end);
}

TEST_F(EffectLogTest, WhatChangesNoDataIsLeftOut) {
  log_.Open();
  Append(0, "publish", /*changes_data=*/false);
  EXPECT_EQ(Take(), "");
  const JournalEffect block[] = {{0, "a"}, {0, "publish", false}, {1, "b"}};
  log_.Append(block);
  EXPECT_EQ(Take(), Encoded({"MULTI"}) + Encoded({"SELECT", "0"}) + "a" + Encoded({"SELECT", "1"}) +
                        "b" + Encoded({"EXEC"}));
}

TEST_F(EffectLogTest, ASectionIsTakenAloneAndTheNextOneSelectsItsDatabase) {
  log_.Open();
  Append(2, "a");
  const uint64_t end = log_.end();
  log_.EndSection();
  Append(2, "b");
  const EffectLog::Portion first = log_.Take({});
  EXPECT_EQ(first.bytes, Encoded({"SELECT", "2"}) + "a");
  EXPECT_TRUE(first.ends_section);
  EXPECT_EQ(first.end, end);
  const EffectLog::Portion second = log_.Take({});
  EXPECT_EQ(second.bytes, Encoded({"SELECT", "2"}) + "b");
  EXPECT_FALSE(second.ends_section);
  EXPECT_EQ(second.end, log_.end());
}

TEST_F(EffectLogTest, TheTimeStandsBeforeTheFirstEffectOfASecond) {
  log_.set_timestamps(true);
  log_.Open();
  Append(0, "a");
  EXPECT_THAT(Take(), StartsWith("#TS:1"));
}

}  // namespace
}  // namespace redstart
