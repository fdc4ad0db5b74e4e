#include "storage/types/blob.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace redstart {
namespace {

TEST(BlobTest, CopyHoldsTheBytes) {
  Blob* blob = Blob::Copy("hello");
  EXPECT_EQ(blob->view(), "hello");
  EXPECT_EQ(blob->capacity(), 5u);
  EXPECT_FALSE(blob->IsShared());
  blob->Unref();
  Blob* empty = Blob::Copy("");
  EXPECT_EQ(empty->size(), 0u);
  empty->Unref();
}

TEST(BlobTest, CapacityIsNeverLessThanTheSize) {
  Blob* blob = Blob::New(100, 10);
  EXPECT_EQ(blob->capacity(), 100u);
  blob->Unref();
}

TEST(BlobTest, IsSharedWhileTwoHoldIt) {
  Blob* blob = Blob::Copy("hello");
  blob->Ref();
  EXPECT_TRUE(blob->IsShared());
  blob->Unref();
  EXPECT_FALSE(blob->IsShared());
  blob->Unref();
}

TEST(BlobTest, GrowingFillsUpWithZeros) {
  Blob* blob = Blob::Copy("ab")->Resized(5);
  EXPECT_EQ(blob->view(), std::string_view("ab\0\0\0", 5));
  blob->Unref();
}

TEST(BlobTest, ShrinkingStaysInPlaceAndGrowingAgainShowsNoOldBytes) {
  Blob* blob = Blob::Copy("abcdef");
  Blob* shrunk = blob->Resized(2);
  EXPECT_EQ(shrunk, blob);
  EXPECT_EQ(shrunk->view(), "ab");
  Blob* grown = shrunk->Resized(4);
  EXPECT_EQ(grown, blob) << "it still has the room";
  EXPECT_EQ(grown->view(), std::string_view("ab\0\0", 4));
  grown->Unref();
}

TEST(BlobTest, GrowthIsGeometric) {
  Blob* blob = Blob::Copy("x");
  int moves = 0;
  for (size_t size = 2; size <= 100000; ++size) {
    Blob* grown = blob->Resized(size);
    moves += grown != blob;
    blob = grown;
  }
  EXPECT_LE(moves, 20);
  blob->Unref();
}

TEST(BlobTest, ASharedBlobIsLeftToItsOtherHolder) {
  Blob* blob = Blob::Copy("hello");
  blob->Ref();
  Blob* own = blob->Resized(3);
  EXPECT_NE(own, blob);
  EXPECT_EQ(own->view(), "hel");
  EXPECT_EQ(blob->view(), "hello");
  EXPECT_FALSE(blob->IsShared());
  own->Unref();
  blob->Unref();
}

TEST(BlobTest, TheLastHolderFreesItOnWhateverThread) {
  Blob* blob = Blob::Copy(std::string(10000, 'x'));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    blob->Ref();
    threads.emplace_back([blob] {
      EXPECT_EQ(blob->view().front(), 'x');
      blob->Unref();
    });
  }
  blob->Unref();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace redstart
