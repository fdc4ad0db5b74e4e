#include "server/exec/change_recorder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

class ChangeRecorderTest : public testing::Test {
 protected:
  static std::string Encoded(std::initializer_list<std::string_view> words) {
    std::string encoded;
    AppendEncodedCommand({words.begin(), words.size()}, &encoded);
    return encoded;
  }
  void Begin(int database, std::vector<std::string_view> words) {
    words_ = std::move(words);
    recorder_.Begin(database, words_);
  }
  std::string Taken() {
    std::string bytes;
    reader_.Take(1 << 20, &bytes);
    return bytes;
  }

  Journal journal_;
  Journal::Reader reader_{&journal_, [] {}};
  ChangeRecorder recorder_{&journal_};
  std::vector<std::string_view> words_;
  const std::string select_ = Encoded({"SELECT", "0"});
};

TEST_F(ChangeRecorderTest, ACommandThatChangedNothingLeavesNothing) {
  Begin(0, {"SET", "k", "v"});
  recorder_.End();
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), "");
}

TEST_F(ChangeRecorderTest, TheDefaultEffectIsTheCommand) {
  Begin(0, {"SET", "k", "v"});
  recorder_.Changed();
  recorder_.End();
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), select_ + Encoded({"SET", "k", "v"}));
}

TEST_F(ChangeRecorderTest, EffectTakesThePlaceOfTheCommand) {
  Begin(0, {"EXPIRE", "k", "1"});
  const std::string_view effect[] = {"PEXPIREAT", "k", "1000"};
  recorder_.Effect(effect);
  recorder_.Changed();
  recorder_.End();
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), select_ + Encoded({"PEXPIREAT", "k", "1000"}));
}

TEST_F(ChangeRecorderTest, SuppressLeavesNothing) {
  Begin(0, {"SPOP", "k"});
  recorder_.Suppress();
  recorder_.Changed();
  recorder_.End();
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), "");
}

TEST_F(ChangeRecorderTest, ADeletionAsideComesFirstAndMakesATransaction) {
  Begin(0, {"SET", "k", "v"});
  recorder_.Aside(0, {"DEL", "k"});
  recorder_.Changed();
  recorder_.End();
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), Encoded({"MULTI"}) + select_ + Encoded({"DEL", "k"}) +
                         Encoded({"SET", "k", "v"}) + Encoded({"EXEC"}));
}

TEST_F(ChangeRecorderTest, DeletionsThatBelongToNobodyStandForThemselves) {
  recorder_.Aside(0, {"DEL", "a"});
  recorder_.Aside(0, {"DEL", "b"});
  recorder_.CommitEach(ShardLocks());
  EXPECT_EQ(Taken(), select_ + Encoded({"DEL", "a"}) + Encoded({"DEL", "b"}));
  recorder_.Commit(ShardLocks());
  recorder_.CommitEach(ShardLocks());
  EXPECT_EQ(Taken(), "") << "nothing is committed twice";
}

TEST_F(ChangeRecorderTest, CommandsOfATransactionAreOneBlock) {
  for (const int database : {0, 1}) {
    Begin(database, {"SET", "k", "v"});
    recorder_.Changed();
    recorder_.End();
  }
  recorder_.End();  // EXEC's own.
  recorder_.Commit(ShardLocks());
  EXPECT_EQ(Taken(), Encoded({"MULTI"}) + select_ + Encoded({"SET", "k", "v"}) +
                         Encoded({"SELECT", "1"}) + Encoded({"SET", "k", "v"}) + Encoded({"EXEC"}));
}

TEST(ChangeRecorderWithoutReaderTest, IsNotActive) {
  Journal journal;
  ChangeRecorder recorder(&journal);
  EXPECT_FALSE(recorder.active());
  recorder.Aside(0, {"DEL", "k"});
  recorder.Commit(ShardLocks());
  EXPECT_EQ(journal.end_offset(), 0u);
}

}  // namespace
}  // namespace redstart
