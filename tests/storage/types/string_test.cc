#include "storage/types/string.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(StringTest, CanonicalIntegersAreHeldAsIntegers) {
  for (const char* text : {"0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    const ChosenForm chosen = ChooseStringForm(text, true);
    EXPECT_EQ(chosen.form, StringForm::kInt) << text;
    EXPECT_EQ(std::to_string(chosen.as_integer), text);
    EXPECT_EQ(chosen.payload_size, 8u);
  }
}

TEST(StringTest, WhatMerelyLooksLikeANumberIsText) {
  for (const char* text : {"", "01", "+1", "-0", " 1", "1.0", "9223372036854775808"}) {
    EXPECT_EQ(ChooseStringForm(text, true).form, StringForm::kShort) << text;
  }
  EXPECT_EQ(ChooseStringForm("1", false).form, StringForm::kShort);
}

TEST(StringTest, TheFormFollowsTheLength) {
  EXPECT_EQ(ChooseStringForm(std::string(44, 'x'), true).form, StringForm::kShort);
  EXPECT_EQ(ChooseStringForm(std::string(45, 'x'), true).form, StringForm::kInline);
  EXPECT_EQ(ChooseStringForm(std::string(kMaxInlineString, 'x'), true).form, StringForm::kInline);
  const ChosenForm longest = ChooseStringForm(std::string(kMaxInlineString + 1, 'x'), true);
  EXPECT_EQ(longest.form, StringForm::kBlob);
  EXPECT_EQ(longest.payload_size, sizeof(Blob*));
}

TEST(StringTest, EncodingNamesAreThoseOfRedis) {
  EXPECT_EQ(EncodingName(StringForm::kInt), "int");
  EXPECT_EQ(EncodingName(StringForm::kShort), "embstr");
  EXPECT_EQ(EncodingName(StringForm::kInline), "raw");
  EXPECT_EQ(EncodingName(StringForm::kBlob), "raw");
}

TEST(StringRefTest, AnIntegerIsWrittenOutWhenItsTextIsWanted) {
  const int64_t value = -1234567890123;
  const StringRef ref(StringForm::kInt, reinterpret_cast<const char*>(&value), sizeof(value));
  IntegerText scratch;
  EXPECT_EQ(ref.View(&scratch), "-1234567890123");
  EXPECT_EQ(ref.size(), 14u);
  EXPECT_EQ(ref.AsInteger(), value);
  EXPECT_EQ(ref.blob(), nullptr);
}

TEST(StringRefTest, ATextIsViewedWhereItStands) {
  const std::string text = "hello";
  const StringRef ref(StringForm::kShort, text.data(), text.size());
  IntegerText scratch;
  EXPECT_EQ(ref.View(&scratch).data(), text.data());
  EXPECT_EQ(ref.size(), 5u);
  EXPECT_EQ(ref.AsInteger(), std::nullopt);
}

TEST(StringRefTest, ATextThatIsAnIntegerCountsAsOne) {
  const std::string text = "17";
  EXPECT_EQ(StringRef(StringForm::kInline, text.data(), text.size()).AsInteger(), 17);
}

TEST(StringRefTest, ABlobIsViewedWhereItLies) {
  Blob* blob = Blob::Copy(std::string(5000, 'x'));
  const StringRef ref(StringForm::kBlob, reinterpret_cast<const char*>(&blob), sizeof(blob));
  IntegerText scratch;
  EXPECT_EQ(ref.blob(), blob);
  EXPECT_EQ(ref.size(), 5000u);
  EXPECT_EQ(ref.View(&scratch).data(), blob->data());
  blob->Unref();
}

}  // namespace
}  // namespace redstart
