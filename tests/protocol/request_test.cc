#include "protocol/request.h"

#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;

TEST(RequestBatchTest, RequestsKeepTheirArgumentsApart) {
  RequestBatch batch;
  batch.AddArg("GET");
  batch.AddArg("a");
  batch.FinishRequest();
  batch.AddArg("PING");
  batch.FinishRequest();
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_THAT(batch[0], ElementsAre("GET", "a"));
  EXPECT_THAT(batch[1], ElementsAre("PING"));
}

TEST(RequestBatchTest, AbandoningDropsOnlyTheOpenRequest) {
  RequestBatch batch;
  batch.AddArg("PING");
  batch.FinishRequest();
  batch.AddArg("GET");
  EXPECT_THAT(batch.open_request(), ElementsAre("GET"));
  batch.AbandonRequest();
  batch.AddArg("ECHO");
  batch.FinishRequest();
  EXPECT_THAT(batch[0], ElementsAre("PING"));
  EXPECT_THAT(batch[1], ElementsAre("ECHO"));
}

TEST(RequestBatchTest, IsFullAfterSixteenRequestsAndEmptyAfterClear) {
  RequestBatch batch;
  for (int i = 0; i < 16; ++i) {
    EXPECT_FALSE(batch.full());
    batch.AddArg("PING");
    batch.FinishRequest();
  }
  EXPECT_TRUE(batch.full());
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(batch.open_request().empty());
}

TEST(RequestBatchTest, AllocatedBytesStayPutWhileOthersAreAllocated) {
  RequestBatch batch;
  char* const first = batch.Allocate(3);
  std::memcpy(first, "abc", 3);
  for (int i = 0; i < 100; ++i) batch.Allocate(1000);
  EXPECT_EQ(std::string_view(first, 3), "abc");
}

}  // namespace
}  // namespace redstart
