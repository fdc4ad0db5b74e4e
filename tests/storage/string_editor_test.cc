#include "storage/string_editor.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/keyspace.h"

namespace redstart {
namespace {

class StringEditorTest : public testing::Test {
 protected:
  StringEditor EditNew(std::string_view text, uint64_t deadline = Entry::kNever) {
    if (const auto place = Find()) shard_.Erase(0, place);
    shard_.Insert(0, NewStringEntry(shard_.slab(), "key", text, true, deadline), position_);
    return Edit();
  }
  StringEditor Edit() { return StringEditor(EntrySlot(&shard_, 0, "key", position_, Find(), 0)); }
  Shard::Place Find() { return shard_.Find(0, "key", position_); }
  std::string Text() {
    IntegerText scratch;
    return std::string(Find().node()->string().View(&scratch));
  }
  StringForm Form() { return Find().node()->string().form(); }

  Keyspace keyspace_{64, 16, 1};
  const uint64_t hash_ = keyspace_.HashOf("key");
  const uint64_t position_ = keyspace_.PositionInShard(hash_);
  ShardLocks locks_ = keyspace_.LockShard(keyspace_.ShardOf(hash_));
  Shard& shard_ = locks_[keyspace_.ShardOf(hash_)];
};

TEST_F(StringEditorTest, ANewEntryTakesTheFormOfItsText) {
  EditNew("123");
  EXPECT_EQ(Form(), StringForm::kInt);
  EditNew("text");
  EXPECT_EQ(Form(), StringForm::kShort);
  EditNew(std::string(45, 'x'));
  EXPECT_EQ(Form(), StringForm::kInline);
  EditNew(std::string(kMaxInlineString + 1, 'x'));
  EXPECT_EQ(Form(), StringForm::kBlob);
}

TEST_F(StringEditorTest, AssignReplacesAnyFormByAnyOther) {
  const std::string texts[] = {
      "123", "", "text", std::string(45, 'x'), std::string(3000, 'y'), std::string(3001, 'z')};
  for (const std::string& before : texts) {
    for (const std::string& after : texts) {
      EditNew(before).Assign(after, true);
      EXPECT_EQ(Text(), after);
    }
  }
}

TEST_F(StringEditorTest, AssignOfTheSameSizeStaysWhereItIs) {
  StringEditor editor = EditNew("aaaa");
  const Entry* before = Find().node();
  editor.Assign("bbbb", true);
  EXPECT_EQ(Find().node(), before);
  EXPECT_EQ(Text(), "bbbb");
}

TEST_F(StringEditorTest, DeadlineAndAccessClockOutliveAMove) {
  StringEditor editor = EditNew("short", 777);
  Find().node()->set_access(42);
  editor.Append(std::string(500, 'x'));
  EXPECT_EQ(Find().node()->deadline(), 777u);
  EXPECT_EQ(Find().node()->access(), 42u);
  EXPECT_EQ(shard_.with_deadline(0), 1u);
}

TEST_F(StringEditorTest, AssignIntegerMakesAnInteger) {
  EditNew(std::string(3000, 'x')).AssignInteger(-5);
  EXPECT_EQ(Form(), StringForm::kInt);
  EXPECT_EQ(Text(), "-5");
}

TEST_F(StringEditorTest, AppendToAnIntegerMakesATextOfIt) {
  EditNew("12").Append("34");
  EXPECT_EQ(Text(), "1234");
  EXPECT_EQ(Form(), StringForm::kInline) << "raw, as on Redis";
}

TEST_F(StringEditorTest, OverwritePadsTheGapWithZeros) {
  EditNew("ab").Overwrite(4, "cd");
  EXPECT_EQ(Text(), std::string("ab\0\0cd", 6));
}

TEST_F(StringEditorTest, OverwriteInsideLeavesTheRest) {
  EditNew("Hello World").Overwrite(6, "Redis");
  EXPECT_EQ(Text(), "Hello Redis");
  EditNew(std::string(3000, 'x')).Overwrite(1, "abc");
  EXPECT_EQ(Text(), "xabc" + std::string(2996, 'x'));
}

TEST_F(StringEditorTest, AGrowingTextBecomesABlobAndKeepsItsBytes) {
  StringEditor editor = EditNew("");
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    editor.Append(piece);
    expected += piece;
  }
  EXPECT_EQ(Text(), expected);
  EXPECT_EQ(Form(), StringForm::kBlob);
}

TEST_F(StringEditorTest, ABlobThatSomebodyElseHoldsIsNotWritten) {
  StringEditor editor = EditNew(std::string(3000, 'x'));
  Blob* blob = Find().node()->string().blob();
  blob->Ref();
  editor.Overwrite(0, "abc");
  EXPECT_EQ(blob->view(), std::string(3000, 'x'));
  EXPECT_EQ(Text(), "abc" + std::string(2997, 'x'));
  blob->Unref();
}

}  // namespace
}  // namespace redstart
