#include "server/persistence/rdb_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/crc64.h"
#include "tests/server/persistence/temporary_folder.h"
#include "tests/server/test_server.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

class RdbLoaderTest : public testing::Test {
 protected:
  // Loads a file of these records.
  absl::Status Load(const std::string& body, const RdbLoader::Options& options = {}) {
    std::string file = "REDIS0010";
    file.append(body).push_back('\xff');
    AppendLittleEndian64(Crc64(0, file), &file);
    folder_.Write("dump.rdb", file);
    return loader_.Load(folder_.File("dump.rdb"), options);
  }
  static std::string Text(const absl::Status& status) { return std::string(status.message()); }

  TemporaryFolder folder_;
  TestServer server_;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
  RdbLoader loader_{server_.services};
};

TEST_F(RdbLoaderTest, ManyKeysAreLoadedAcrossBatches) {
  std::string body;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = std::to_string(i + 1000);
    body += "\x00\x04"s + key + "\x03val"s;
  }
  EXPECT_TRUE(Load(body).ok());
  EXPECT_EQ(loader_.keys_loaded(), 1000u);
  EXPECT_EQ(loader_.loaded_bytes(), loader_.total_bytes());
  EXPECT_EQ(client_.Run("GET", "1999"), RespValue::Bulk("val"));
}

TEST_F(RdbLoaderTest, WhatHasExpiredIsLeftOut) {
  EXPECT_TRUE(Load("\xfc\x10\x00\x00\x00\x00\x00\x00\x00\x00\x01k\x01v"s).ok());
  EXPECT_EQ(loader_.keys_loaded(), 0u);
  EXPECT_EQ(loader_.keys_expired(), 1u);
  EXPECT_EQ(client_.Run("DBSIZE"), RespValue::Integer(0));
}

TEST_F(RdbLoaderTest, ADuplicateIsAnErrorUnlessItMayReplace) {
  const std::string twice = "\x00\x01k\x01v\x00\x01k\x01w"s;
  EXPECT_THAT(Text(Load(twice)), HasSubstr("duplicated key 'k' in DB 0"));
  EXPECT_TRUE(Load(twice, {.may_replace = true}).ok());
  EXPECT_EQ(client_.Run("GET", "k"), RespValue::Bulk("w"));
}

TEST_F(RdbLoaderTest, FailuresNameTheFile) {
  EXPECT_TRUE(absl::IsNotFound(loader_.Load(folder_.File("missing"), {})));
  folder_.Write("short", "REDIS0010\x00\x01");
  EXPECT_THAT(Text(loader_.Load(folder_.File("short"), {})), HasSubstr("/short: "));
  EXPECT_THAT(Text(Load("\xf5\x04"s + "code")),
              HasSubstr("/dump.rdb: Failed creating the library: Missing library metadata"));
  EXPECT_THAT(Text(loader_.Load(folder_.path(), {})), HasSubstr("Is a directory"));
}

TEST_F(RdbLoaderTest, LoadingUnderTheCallersLocksWorksToo) {
  {
    const ShardLocks all = server_.keyspace.LockAll();
    EXPECT_TRUE(Load("\x00\x01k\x01v"s, {.held = &all}).ok());
  }
  EXPECT_EQ(client_.Run("GET", "k"), RespValue::Bulk("v"));
}

}  // namespace
}  // namespace redstart
