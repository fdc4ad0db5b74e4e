#include "storage/disk/journal.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace redstart {
namespace {

std::string Encoded(std::initializer_list<std::string_view> words) {
  std::string encoded;
  AppendEncodedCommand({words.begin(), words.size()}, &encoded);
  return encoded;
}

class JournalTest : public testing::Test {
 protected:
  void Append(int database, std::string_view encoded) {
    const Journal::Effect effect = {database, encoded};
    journal_.Append({&effect, 1});
  }
  static std::string Take(Journal::Reader& reader, size_t max = 1 << 30) {
    std::string bytes;
    reader.Take(max, &bytes);
    return bytes;
  }

  Journal journal_;
};

TEST_F(JournalTest, CommandsAreEncodedAsArraysOfBulkStrings) {
  EXPECT_EQ(Encoded({"SET", "k", ""}), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
}

TEST_F(JournalTest, NothingIsKeptWhileNobodyReads) {
  EXPECT_FALSE(journal_.active());
  Append(0, "x");
  EXPECT_EQ(journal_.end_offset(), 0u);
  Journal::Reader reader(&journal_, [] {});
  EXPECT_TRUE(journal_.active());
  EXPECT_EQ(Take(reader), "");
}

TEST_F(JournalTest, TheDatabaseIsSelectedWhenItChanges) {
  Journal::Reader reader(&journal_, [] {});
  Append(0, "a");
  Append(0, "b");
  Append(3, "c");
  EXPECT_EQ(Take(reader), Encoded({"SELECT", "0"}) + "ab" + Encoded({"SELECT", "3"}) + "c");
}

TEST_F(JournalTest, SeveralEffectsAreATransaction) {
  Journal::Reader reader(&journal_, [] {});
  const Journal::Effect block[] = {{0, "a"}, {0, "b"}, {1, "c"}};
  journal_.Append(block);
  EXPECT_EQ(Take(reader), Encoded({"MULTI"}) + Encoded({"SELECT", "0"}) + "ab" +
                              Encoded({"SELECT", "1"}) + "c" + Encoded({"EXEC"}));
}

TEST_F(JournalTest, ANewReaderIsToldTheDatabase) {
  Journal::Reader first(&journal_, [] {});
  Append(0, "a");
  Journal::Reader second(&journal_, [] {});
  Append(0, "b");
  EXPECT_EQ(Take(second), Encoded({"SELECT", "0"}) + "b");
}

TEST_F(JournalTest, RawBytesSelectNothing) {
  Journal::Reader reader(&journal_, [] {});
  journal_.AppendRaw("ping");
  EXPECT_EQ(Take(reader), "ping");
}

TEST_F(JournalTest, AReaderIsWokenOnceUntilItHasTakenEverything) {
  int wakes = 0;
  Journal::Reader reader(&journal_, [&] { ++wakes; });
  journal_.AppendRaw("abc");
  journal_.AppendRaw("def");
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(Take(reader, 4), "abcd");
  EXPECT_EQ(reader.pending(), 2u);
  journal_.AppendRaw("g");
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(Take(reader), "efg");
  journal_.AppendRaw("h");
  EXPECT_EQ(wakes, 2);
}

TEST_F(JournalTest, ReadersTakeTheSameBytesInWhateverPieces) {
  Journal::Reader fast(&journal_, [] {});
  Journal::Reader slow(&journal_, [] {});
  std::string expected;
  std::string taken;
  for (int i = 0; i < 200; ++i) {
    const std::string piece(i * 37 % 1000, static_cast<char>('a' + i % 26));
    journal_.AppendRaw(piece);
    expected += piece;
    taken += Take(fast, 777);
  }
  taken += Take(fast);
  EXPECT_EQ(taken, expected);
  EXPECT_EQ(Take(slow), expected);
  EXPECT_EQ(journal_.end_offset(), expected.size());
}

TEST_F(JournalTest, AReaderFarBehindGoesAwayWithoutHarm) {
  auto slow = std::make_unique<Journal::Reader>(&journal_, [] {});
  Journal::Reader fast(&journal_, [] {});
  const std::string piece(1 << 16, 'x');
  for (int i = 0; i < 1000; ++i) {
    journal_.AppendRaw(piece);
    std::string taken;
    fast.Take(1 << 20, &taken);
  }
  EXPECT_EQ(slow->pending(), 1000u << 16);
  slow = nullptr;
  journal_.AppendRaw("end");
  EXPECT_EQ(Take(fast), "end");
}

TEST_F(JournalTest, BlocksOfSeveralThreadsAreNotMixed) {
  Journal::Reader reader(&journal_, [] {});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      const std::string text(3, static_cast<char>('a' + t));
      for (int i = 0; i < 1000; ++i) Append(0, text);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string bytes = Take(reader).substr(Encoded({"SELECT", "0"}).size());
  ASSERT_EQ(bytes.size(), 12000u);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    ASSERT_EQ(bytes[i], bytes[i + 1]);
    ASSERT_EQ(bytes[i], bytes[i + 2]);
  }
}

}  // namespace
}  // namespace redstart
