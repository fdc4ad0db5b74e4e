#include "server/persistence/aof_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ErrorOf(std::string_view text) {
  const absl::Status status = AofManifest::Parse(text).status();
  return std::string(status.message());
}

constexpr std::string_view kWhole =
    "file appendonly.aof.2.base.rdb seq 2 type b\n"
    "file appendonly.aof.1.incr.aof seq 1 type h\n"
    "file appendonly.aof.1.base.rdb seq 1 type h\n"
    "file appendonly.aof.2.incr.aof seq 2 type i\n"
    "file appendonly.aof.5.incr.aof seq 5 type i\n";

TEST(AofManifestTest, WhatWasReadIsWrittenAgain) {
  const auto manifest = AofManifest::Parse(kWhole);
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->Format(), kWhole);
  EXPECT_THAT(manifest->FilesToLoad(),
              ElementsAre("appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof",
                          "appendonly.aof.5.incr.aof"));
}

TEST(AofManifestTest, CommentsAndWordsOfLaterVersionsAreSkipped) {
  const auto manifest = AofManifest::Parse("# a comment\nfile a seq 1 type b start 7\n");
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->base()->name, "a");
}

TEST(AofManifestTest, NamesWithBlanksAreQuoted) {
  AofManifest manifest;
  manifest.AddBase(" file seq \n.aof ", /*is_rdb=*/true);
  EXPECT_EQ(manifest.Format(), "file \" file seq \\n.aof .1.base.rdb\" seq 1 type b\n");
  EXPECT_EQ(AofManifest::Parse(manifest.Format())->Format(), manifest.Format());
}

TEST(AofManifestTest, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_EQ(ErrorOf(""), "Found an empty AOF manifest");
  EXPECT_THAT(ErrorOf("file a seq 1 type b\n\n"), HasSubstr("at line 2"));
  EXPECT_THAT(ErrorOf("file a seq 1 type b\n\n"), HasSubstr("Invalid AOF manifest file format"));
  EXPECT_THAT(ErrorOf("filx a seq 1 type b\n"), HasSubstr("Invalid AOF manifest file format"));
  EXPECT_THAT(ErrorOf("file a type b\n"), HasSubstr("Invalid AOF manifest file format"));
  EXPECT_THAT(ErrorOf("file a seq 1 type b more\n"), HasSubstr("Invalid AOF manifest file format"));
  EXPECT_THAT(ErrorOf("file a seq 1 type x\n"), HasSubstr("Unknown AOF file type"));
  EXPECT_THAT(ErrorOf("file ../a seq 1 type b\n"), HasSubstr("just a filename"));
  EXPECT_THAT(ErrorOf("file a seq 1 type b"), HasSubstr("too long line"));
  EXPECT_THAT(ErrorOf("file a seq 1 type b\nfile b seq 2 type b\n"),
              HasSubstr("Found duplicate base file information"));
  EXPECT_THAT(ErrorOf("file a seq 2 type i\nfile b seq 1 type i\n"),
              HasSubstr("Found a non-monotonic sequence number"));
}

TEST(AofManifestTest, NoFlippedBitCrashesTheReader) {
  for (size_t bit = 0; bit < kWhole.size() * 8; ++bit) {
    std::string text(kWhole);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    const auto manifest = AofManifest::Parse(text);
    EXPECT_TRUE(!manifest.ok() || !manifest->FilesToLoad().empty() || !manifest->history().empty());
  }
}

TEST(AofManifestTest, ARewriteMakesAllBeforeItHistory) {
  AofManifest manifest;
  manifest.AddBase("a", true);
  manifest.AddIncrement("a");
  manifest.AddIncrement("a");
  manifest.AddBase("a", false);
  manifest.RetireIncrements(/*keep_last=*/true);
  EXPECT_EQ(manifest.Format(),
            "file a.2.base.aof seq 2 type b\n"
            "file a.1.incr.aof seq 1 type h\n"
            "file a.1.base.rdb seq 1 type h\n"
            "file a.2.incr.aof seq 2 type i\n");
}

TEST(AofManifestTest, TheLatestGenerationsOfHistoryAreKept) {
  AofManifest manifest;
  for (int i = 0; i < 4; ++i) {
    manifest.AddBase("a", true);
    manifest.AddIncrement("a");
    manifest.RetireIncrements(/*keep_last=*/true);
  }
  ASSERT_EQ(manifest.history().size(), 6u);
  const auto forgotten = manifest.ForgetHistory(2);
  EXPECT_THAT(forgotten, ElementsAre(AofManifest::File{"a.1.incr.aof", 1},
                                     AofManifest::File{"a.1.base.rdb", 1}));
  EXPECT_EQ(manifest.history().size(), 4u);
  EXPECT_EQ(manifest.ForgetHistory(0).size(), 4u);
  EXPECT_THAT(manifest.history(), IsEmpty());
}

}  // namespace
}  // namespace redstart
