#include "storage/disk/rdb_legacy.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace redstart {
namespace {

using Reader = bool (*)(std::string_view, absl::FunctionRef<bool(const Element&)>);

std::optional<std::vector<std::string>> Read(Reader read, std::string_view bytes) {
  std::vector<std::string> texts;
  const auto keep = [&](const Element& element) {
    texts.push_back(element.ToString());
    return true;
  };
  if (!read(bytes, keep)) return std::nullopt;
  return texts;
}

template <size_t kSize>
std::string Bytes(const char (&text)[kSize]) {
  return std::string(text, kSize - 1);
}

// The example of ziplist.c with one element of every kind behind it; lengths worked out by hand.
std::string Ziplist() {
  std::string entries = Bytes(
      "\x00\xf3"  // 2
      "\x02\xf6"  // 5
      "\x02\x0bHello World"
      "\x0d\xfe\x80"              // -128
      "\x03\xc0\xff\x7f"          // 32767
      "\x04\xf0\x00\x00\x80"      // -8388608
      "\x05\xd0\x00\x00\x00\x80"  // -2147483648
      "\x06\xe0\xff\xff\xff\xff\xff\xff\xff\x7f");
  entries.append(Bytes("\x0a\x41\x2c")).append(300, 'x');
  entries.append(Bytes("\xfe\x2f\x01\x00\x00\x01y"));
  const auto total = static_cast<char>((entries.size() + 11) & 0xFF);
  std::string bytes;
  bytes.append({total, static_cast<char>((entries.size() + 11) >> 8), 0, 0});
  const size_t tail = 10 + entries.size() - 7;
  bytes.append({static_cast<char>(tail & 0xFF), static_cast<char>(tail >> 8), 0, 0, 10, 0});
  return bytes.append(entries).append("\xff");
}

std::string Zipmap() {
  std::string bytes = Bytes(
      "\x02\x03"
      "foo\x03\x02"
      "bar..\x05"
      "hello\xfe\x2c\x01\x00\x00\x00");
  return bytes.append(300, 'w').append("\xff");
}

TEST(RdbLegacyTest, ReadsEveryKindOfZiplistElement) {
  EXPECT_EQ(
      Read(ReadZiplist, Ziplist()),
      (std::vector<std::string>{"2", "5", "Hello World", "-128", "32767", "-8388608", "-2147483648",
                                "9223372036854775807", std::string(300, 'x'), "y"}));
  EXPECT_EQ(Read(ReadZiplist, Bytes("\x0b\x00\x00\x00\x0a\x00\x00\x00\x00\x00\xff")),
            (std::vector<std::string>{}));
}

TEST(RdbLegacyTest, ReadsZipmapsWithUnusedBytes) {
  EXPECT_EQ(Read(ReadZipmap, Zipmap()),
            (std::vector<std::string>{"foo", "bar", "hello", std::string(300, 'w')}));
}

TEST(RdbLegacyTest, AVisitorMayRefuse) {
  const auto refuse = [](const Element&) { return false; };
  EXPECT_FALSE(ReadZiplist(Ziplist(), refuse));
  EXPECT_FALSE(ReadZipmap(Zipmap(), refuse));
}

TEST(RdbLegacyTest, DamagedBytesAreRefusedOrReadInside) {
  for (const auto& [read, whole] : {std::pair<Reader, std::string>(ReadZiplist, Ziplist()),
                                    std::pair<Reader, std::string>(ReadZipmap, Zipmap())}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(Read(read, std::string(whole.data(), size)).has_value());
    }
    std::mt19937 random(4);
    for (int i = 0; i < 20'000; ++i) {
      std::string damaged(whole);
      damaged[random() % 60] ^= static_cast<char>(1u << random() % 8);
      damaged.shrink_to_fit();
      Read(read, damaged);  // AddressSanitizer looks on.
    }
  }
}

}  // namespace
}  // namespace redstart
