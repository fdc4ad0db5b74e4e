#include "storage/disk/stream_codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace redstart {
namespace {

std::optional<DecodedValue> Decode(std::string_view body, uint8_t type = kRdbTypeStream2) {
  RdbInput input(body);
  return ReadRdbStream(type, {}, &input);
}

const Stream& StreamOf(const DecodedValue& value) {
  return static_cast<const Stream&>(*std::get<DecodedCollection>(value).object);
}

std::unique_ptr<Stream> Example() {
  auto stream = std::make_unique<Stream>();
  for (uint64_t i = 1; i <= 30; ++i) {
    const std::string value = std::to_string(i * 1000);
    stream->Append({i, i % 3}, {"field", value, "x", "y"}, {0, 10});
  }
  stream->Delete({7, 1});
  StreamGroup& group = stream->groups().try_emplace("group", StreamId{9, 0}, 8).first->second;
  stream->groups().try_emplace("idle", StreamId{}, StreamGroup::kUnknown);
  StreamConsumer* a = group.Create("a", 100);
  StreamConsumer* b = group.Create("b", 200);
  for (uint64_t i = 1; i <= 9; ++i) {
    PendingEntry* entry = group.Assign({i, i % 3}, i % 2 == 0 ? a : b);
    entry->delivered_ms = static_cast<int64_t>(1000 + i);
    entry->deliveries = i;
  }
  return stream;
}

std::string Encoded(const Stream& stream) {
  std::string body;
  AppendRdbStream(stream, RdbCompression::kOff, &body);
  return body;
}

TEST(StreamCodecTest, AStreamComesBackWithItsGroups) {
  const auto stream = Example();
  const std::string body = Encoded(*stream);
  const auto value = Decode(body);
  ASSERT_TRUE(value);
  const Stream& read = StreamOf(*value);
  EXPECT_EQ(Encoded(read), body);
  EXPECT_EQ(read.size(), 29u);
  EXPECT_EQ(read.last_id(), (StreamId{30, 0}));
  EXPECT_EQ(read.max_deleted_id(), (StreamId{7, 1}));
  EXPECT_EQ(read.entries_added(), 30u);
  const StreamGroup* group = read.FindGroup("group");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->pending().size(), 9u);
  EXPECT_EQ(group->pending().at({4, 1}).consumer->name, "a");
  EXPECT_EQ(group->pending().at({4, 1}).deliveries, 4u);
  EXPECT_EQ(read.FindGroup("idle")->entries_read, StreamGroup::kUnknown);
}

TEST(StreamCodecTest, EveryTruncationIsRefused) {
  const std::string body = Encoded(*Example());
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(Decode(std::string_view(body).substr(0, size))) << size;
  }
}

TEST(StreamCodecTest, FlippedBytesNeverHarm) {
  const std::string body = Encoded(*Example());
  for (size_t i = 0; i < body.size(); ++i) {
    for (const int flip : {1, 0x40, 0xff}) {
      std::string damaged = body;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      const auto value = Decode(damaged);
      if (!value) continue;
      // What was taken can be walked through and written again.
      size_t bytes = 0;
      StreamOf(*value).VisitRange(
          kFirstStreamId, kLastStreamId, i % 2 == 0, [&](const StreamEntry& entry) {
            entry.ForEachField(
                [&](const Element& field, const Element&) { bytes += field.size(); });
            return true;
          });
      Encoded(StreamOf(*value));
    }
  }
}

TEST(StreamCodecTest, AnEmptyStreamIsAKey) {
  const auto value = Decode(Encoded(Stream()));
  ASSERT_TRUE(value);
  EXPECT_EQ(StreamOf(*value).size(), 0u);
}

}  // namespace
}  // namespace redstart
