#include "storage/types/listpack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace redstart {
namespace {

std::vector<std::string> Forward(ListpackView view) {
  std::vector<std::string> texts;
  for (auto at = view.First(); at != ListpackView::kNone; at = view.Next(at)) {
    texts.push_back(view.Get(at).ToString());
  }
  return texts;
}

std::vector<std::string> Backward(ListpackView view) {
  std::vector<std::string> texts;
  for (auto at = view.Last(); at != ListpackView::kNone; at = view.Previous(at)) {
    texts.push_back(view.Get(at).ToString());
  }
  return texts;
}

class ListpackTest : public testing::Test {
 protected:
  PackedBuffer buffer_{kEmptyListpack};
  ListpackEditor pack_{&buffer_};
};

// What redis-server 7.0.15 answered to DUMP of a list of these elements (rdbcompression no).
const char* const kTexts[] = {"0",
                              "127",
                              "128",
                              "-1",
                              "4095",
                              "4096",
                              "-4096",
                              "-4097",
                              "32767",
                              "-32768",
                              "32768",
                              "8388607",
                              "-8388608",
                              "8388608",
                              "2147483647",
                              "-2147483648",
                              "2147483648",
                              "9223372036854775807",
                              "-9223372036854775808",
                              "9223372036854775808",
                              "-0",
                              "00",
                              "",
                              "a"};
constexpr char kRealBytes[] =
    "\x0c\x01\x00\x00\x1a\x00\x00\x01\x7f\x01\xc0\x80\x02\xdf\xff\x02\xcf\xff\x02\xf1\x00\x10\x03"
    "\xd0\x00\x02\xf1\xff\xef\x03\xf1\xff\x7f\x03\xf1\x00\x80\x03\xf2\x00\x80\x00\x04\xf2\xff\xff"
    "\x7f\x04\xf2\x00\x00\x80\x04\xf3\x00\x00\x80\x00\x05\xf3\xff\xff\xff\x7f\x05\xf3\x00\x00\x00"
    "\x80\x05\xf4\x00\x00\x00\x80\x00\x00\x00\x00\x09\xf4\xff\xff\xff\xff\xff\xff\xff\x7f\x09\xf4"
    "\x00\x00\x00\x00\x00\x00\x00\x80\x09\x93"
    "9223372036854775808\x14\x82-0\x03\x82"
    "00\x03\x80\x01\x81"
    "a\x02";
const std::string& RealBytes() {
  static const std::string* const bytes = [] {
    auto* all = new std::string(kRealBytes, sizeof(kRealBytes) - 1);
    all->append("\xbf").append(63, 'x').append("\x40\xe0\x40").append(64, 'y').append("\x42\xff");
    return all;
  }();
  return *bytes;
}

TEST_F(ListpackTest, BytesAreThoseOfRedis) {
  for (const char* text : kTexts) pack_.Append(std::string_view(text));
  pack_.Append(std::string(63, 'x'));
  pack_.Append(std::string(64, 'y'));
  EXPECT_EQ(buffer_.bytes(), RealBytes());
  EXPECT_TRUE(IsValidListpack(RealBytes()));
}

TEST_F(ListpackTest, ReadsTheBytesOfRedisFromBothEnds) {
  const std::string& bytes = RealBytes();
  std::vector<std::string> expected(std::begin(kTexts), std::end(kTexts));
  expected.emplace_back(63, 'x');
  expected.emplace_back(64, 'y');
  EXPECT_EQ(Forward(ListpackView(bytes)), expected);
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(Backward(ListpackView(bytes)), expected);
}

TEST_F(ListpackTest, IntegersAndTheirTextsAreTheSameElement) {
  for (const int64_t value : {int64_t{0}, int64_t{127}, int64_t{-4096}, int64_t{70000},
                              std::numeric_limits<int64_t>::min()}) {
    PackedBuffer other(kEmptyListpack);
    ListpackEditor(&other).Append(value);
    PackedBuffer text(kEmptyListpack);
    ListpackEditor(&text).Append(FormatInt64(value));
    EXPECT_EQ(other.bytes(), text.bytes());
    EXPECT_EQ(other.size() - kEmptyListpack.size(), ListpackBytesOf(FormatInt64(value)));
  }
}

TEST_F(ListpackTest, SeekCountsFromEitherEnd) {
  for (int i = 0; i < 10; ++i) pack_.Append(int64_t{i});
  const ListpackView view = pack_.view();
  EXPECT_EQ(view.Get(view.Seek(0)).integer(), 0);
  EXPECT_EQ(view.Get(view.Seek(7)).integer(), 7);
  EXPECT_EQ(view.Get(view.Seek(-1)).integer(), 9);
  EXPECT_EQ(view.Get(view.Seek(-10)).integer(), 0);
  EXPECT_EQ(view.Seek(10), ListpackView::kNone);
  EXPECT_EQ(view.Seek(-11), ListpackView::kNone);
}

TEST_F(ListpackTest, FindPassesOverWhatIsNotLookedAt) {
  for (const char* text : {"a", "b", "b", "a", "12", "x"}) pack_.Append(std::string_view(text));
  const ListpackView view = pack_.view();
  EXPECT_EQ(view.Find(view.First(), "b"), view.Seek(1));
  EXPECT_EQ(view.Find(view.First(), "b", 1), view.Seek(2));
  EXPECT_EQ(view.Find(view.First(), "12", 1), view.Seek(4));
  EXPECT_EQ(view.Find(view.First(), "x", 1), ListpackView::kNone);
  EXPECT_EQ(view.Find(view.First(), "012"), ListpackView::kNone);
  EXPECT_EQ(view.Find(ListpackView::kNone, "a"), ListpackView::kNone);
}

TEST_F(ListpackTest, LongTextsTakeLongerLengths) {
  for (const size_t size : {4095u, 4096u, 16379u, 16380u, 2097140u, 2097150u}) {
    PackedBuffer buffer(kEmptyListpack);
    ListpackEditor pack(&buffer);
    const std::string text(size, 'x');
    pack.Append("before");
    pack.Append(text);
    pack.Append("behind");
    EXPECT_TRUE(IsValidListpack(buffer.bytes())) << size;
    EXPECT_EQ(Backward(pack.view()), (std::vector<std::string>{"behind", text, "before"}));
    EXPECT_EQ(pack.view().BytesOf(pack.view().Seek(1)), ListpackBytesOf(text));
  }
}

TEST_F(ListpackTest, PastTheCountFieldElementsAreCounted) {
  for (int i = 0; i < 65536; ++i) pack_.Append(int64_t{i % 100});
  EXPECT_EQ(static_cast<uint8_t>(buffer_.bytes()[4]), 0xFF);
  EXPECT_EQ(static_cast<uint8_t>(buffer_.bytes()[5]), 0xFF);
  EXPECT_EQ(pack_.view().size(), 65536u);
  EXPECT_EQ(pack_.view().Get(pack_.view().Seek(-2)).integer(), 65534 % 100);
  EXPECT_TRUE(IsValidListpack(buffer_.bytes()));
  pack_.EraseRange(0, 65000);
  EXPECT_EQ(pack_.view().size(), 536u);
}

TEST_F(ListpackTest, AppendAllJoinsTwo) {
  pack_.Append("a");
  PackedBuffer other(kEmptyListpack);
  ListpackEditor(&other).Append("b");
  ListpackEditor(&other).Append(int64_t{300});
  pack_.AppendAll(ListpackView(other.bytes()));
  EXPECT_EQ(Forward(pack_.view()), (std::vector<std::string>{"a", "b", "300"}));
  EXPECT_TRUE(IsValidListpack(buffer_.bytes()));
}

std::string RandomText(std::mt19937* random) {
  switch ((*random)() % 4) {
    case 0:
      return std::to_string(static_cast<int64_t>((*random)()) >> (*random)() % 32);
    case 1:
      return std::string((*random)() % 200, 'v');
    case 2:
      return std::string((*random)() % 5000, 'w');
    default:
      return std::string(1, static_cast<char>('a' + (*random)() % 26));
  }
}

// Each edit is made on a vector, too.
TEST_F(ListpackTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(7);
  std::vector<std::string> model;
  for (int step = 0; step < 20'000; ++step) {
    const auto index = static_cast<int64_t>(model.empty() ? 0 : random() % model.size());
    const auto at = pack_.view().Seek(index);
    const std::string text = RandomText(&random);
    const auto offset = static_cast<std::ptrdiff_t>(index);
    switch (random() % 7) {
      case 0:
        pack_.Append(text);
        model.push_back(text);
        break;
      case 1:
        pack_.Prepend(text);
        model.insert(model.begin(), text);
        break;
      case 2:
        if (model.empty()) break;
        pack_.Insert(at, text);
        model.insert(model.begin() + offset, text);
        break;
      case 3:
      case 4:
        if (model.empty()) break;
        pack_.Replace(at, text);
        model[static_cast<size_t>(index)] = text;
        break;
      default:
        if (model.empty()) break;
        const size_t count = 1 + random() % 3;
        const auto next = pack_.Erase(at, count);
        const auto end = std::min(model.size(), static_cast<size_t>(index) + count);
        model.erase(model.begin() + offset, model.begin() + static_cast<std::ptrdiff_t>(end));
        EXPECT_EQ(next == ListpackView::kNone, static_cast<size_t>(index) == model.size());
        break;
    }
    ASSERT_EQ(pack_.view().size(), model.size());
    if (step % 100 == 0) {
      ASSERT_EQ(Forward(pack_.view()), model);
      ASSERT_TRUE(IsValidListpack(buffer_.bytes()));
    }
  }
}

TEST_F(ListpackTest, DamagedBytesAreRefusedOrReadInside) {
  const std::string& real = RealBytes();
  EXPECT_FALSE(IsValidListpack(""));
  EXPECT_TRUE(IsValidListpack(kEmptyListpack));
  for (size_t size = 0; size < real.size(); ++size) {
    // A copy of that size, so that AddressSanitizer sees reads behind it.
    EXPECT_FALSE(IsValidListpack(std::string(real.data(), size)));
  }
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged(real);
    for (uint32_t flips = 1 + random() % 3; flips > 0; --flips) {
      damaged[random() % damaged.size()] ^= static_cast<char>(1u << random() % 8);
    }
    damaged.shrink_to_fit();
    if (!IsValidListpack(damaged)) continue;
    std::vector<std::string> forward = Forward(ListpackView(damaged));
    std::reverse(forward.begin(), forward.end());
    EXPECT_EQ(forward, Backward(ListpackView(damaged)));
  }
}

TEST_F(ListpackTest, AVisitorMayRefuse) {
  pack_.Append("a");
  EXPECT_FALSE(IsValidListpack(buffer_.bytes(), [](const Element&) { return false; }));
}

}  // namespace
}  // namespace redstart
