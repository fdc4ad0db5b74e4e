#include "server/commands/command_docs.h"

#include <gtest/gtest.h>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

class CommandDocsTest : public ::testing::Test {
 protected:
  // What COMMAND DOCS tells of one command.
  RespValue DocsOf(std::string_view name) {
    RespValue docs = client_.Run("COMMAND", "DOCS", name);
    EXPECT_EQ(docs.size(), 2u);
    return docs.size() == 2 ? docs[1] : RespValue{};
  }

  TestServer server_;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
};

TEST_F(CommandDocsTest, HistoryIsAListOfVersionsAndWhatCameWithThem) {
  const RespValue docs = DocsOf("bgsave");
  const RespValue* history = docs.Find("history");
  ASSERT_NE(history, nullptr);
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ((*history)[0][0].text(), "3.2.2");
  EXPECT_EQ((*history)[0][1].text(), "option SCHEDULE");
  EXPECT_EQ(DocsOf("get").Find("history"), nullptr);
}

TEST_F(CommandDocsTest, DeprecatedCommandsNameWhatReplacesThem) {
  const RespValue docs = DocsOf("getset");
  EXPECT_EQ(docs.Find("deprecated_since")->text(), "6.2.0");
  EXPECT_EQ(docs.Find("replaced_by")->text(), "SET with GET");
  EXPECT_EQ((*docs.Find("doc_flags"))[0].text(), "deprecated");
  EXPECT_EQ((*DocsOf("replconf").Find("doc_flags"))[0].text(), "syscmd");
}

TEST_F(CommandDocsTest, ArgumentsTellSinceWhenTheyAreThere) {
  const RespValue docs = DocsOf("lpop");
  const RespValue& arguments = *docs.Find("arguments");
  ASSERT_EQ(arguments.size(), 2u);
  EXPECT_EQ(arguments[0].Find("since"), nullptr);
  EXPECT_EQ(arguments[0].Find("type")->text(), "key");
  EXPECT_EQ(arguments[1].Find("since")->text(), "6.2.0");
}

}  // namespace
}  // namespace redstart
