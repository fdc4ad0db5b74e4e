#include "storage/disk/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace redstart {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = testing::TempDir() + "redstart.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + '/' + name; }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool Exists(const std::string& name) const { return std::filesystem::exists(Path(name)); }

  std::string folder_;
};

TEST_F(FileTest, CommitGivesTheFileItsName) {
  auto file = OutputFile::Create(Path("temp"), {.sync_every = 10});
  ASSERT_TRUE(file.ok());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE((*file)->Write("0123456789").ok());
  EXPECT_EQ((*file)->size(), 1000u);
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Commit(Path("final")).ok());
  EXPECT_TRUE(SyncFolderOf(Path("final")).ok());
  file->reset();
  EXPECT_FALSE(Exists("temp"));
  EXPECT_EQ(Read("final").size(), 1000u);
}

TEST_F(FileTest, WithoutCommitTheOldFileStaysAndTheNewOneGoes) {
  std::ofstream(Path("final")) << "old";
  {
    auto file = OutputFile::Create(Path("temp"), {});
    ASSERT_TRUE((*file)->Write("new").ok());
    EXPECT_TRUE(Exists("temp"));
  }
  EXPECT_FALSE(Exists("temp"));
  EXPECT_EQ(Read("final"), "old");
}

TEST_F(FileTest, AFailedCommitLeavesNothingBehind) {
  mkdir(Path("final").c_str(), 0700);
  {
    auto file = OutputFile::Create(Path("temp"), {});
    const absl::Status status = (*file)->Commit(Path("final"));
    EXPECT_FALSE(status.ok());
    EXPECT_NE(std::string(status.message()).find("final"), std::string::npos);
  }
  EXPECT_FALSE(Exists("temp"));
}

TEST_F(FileTest, ErrorsNameTheFile) {
  const auto missing = OutputFile::Create(Path("nowhere/temp"), {});
  EXPECT_NE(std::string(missing.status().message()).find("nowhere/temp"), std::string::npos);
}

TEST_F(FileTest, AnUnnamedFileLivesAsLongAsItsDescriptor) {
  auto file = OutputFile::Create(Path("temp"), {});
  ASSERT_TRUE((*file)->Write("bytes").ok());
  const int descriptor = (*file)->TakeUnnamed();
  file->reset();
  EXPECT_FALSE(Exists("temp"));
  char bytes[8];
  EXPECT_EQ(pread(descriptor, bytes, sizeof(bytes), 0), 5);
  close(descriptor);
}

TEST_F(FileTest, AMappedFileShowsItsBytes) {
  std::ofstream(Path("file")) << std::string(10 << 20, 'x') << "end";
  auto file = MappedFile::Open(Path("file"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->bytes().size(), (10u << 20) + 3);
  file->Forget(9 << 20);
  EXPECT_EQ(file->bytes().substr(10 << 20), "end");
  EXPECT_EQ(file->bytes()[0], 'x');  // What was forgotten is read again.
}

TEST_F(FileTest, WhatIsMissingEmptyOrAFolderIsToldApart) {
  EXPECT_TRUE(absl::IsNotFound(MappedFile::Open(Path("missing")).status()));
  std::ofstream(Path("empty")).flush();
  EXPECT_EQ(MappedFile::Open(Path("empty"))->bytes(), "");
  const absl::Status folder = MappedFile::Open(folder_).status();
  EXPECT_FALSE(folder.ok());
  EXPECT_FALSE(absl::IsNotFound(folder));
}

}  // namespace
}  // namespace redstart
