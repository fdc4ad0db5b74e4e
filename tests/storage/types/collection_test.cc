#include "storage/types/collection.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/types/field_table.h"
#include "storage/types/int_set.h"
#include "storage/types/listpack.h"

namespace redstart {
namespace {

TEST(CollectionTest, FormsAreToldApartInFourBits) {
  EXPECT_TRUE(CollectionForm::Object().is_object());
  EXPECT_FALSE(CollectionForm::Object().is_outside());
  EXPECT_LT(CollectionForm::Object().encoding(), 16);
  for (const Packing packing : {Packing::kListpack, Packing::kIntSet}) {
    for (const bool outside : {false, true}) {
      const CollectionForm form(CollectionForm::Packed(packing, outside).encoding());
      EXPECT_FALSE(form.is_object());
      EXPECT_EQ(form.packing(), packing);
      EXPECT_EQ(form.is_outside(), outside);
      EXPECT_LT(form.encoding(), 16);
    }
  }
}

TEST(CollectionTest, EveryFormIsReadCopiedAndFreed) {
  const std::string inside(kEmptyListpack);
  const PackedBlock* block = PackedBlock::New(kEmptyIntSet);
  auto* table = new FieldTable();
  table->Set("f", "v");
  const Collection* object = table;
  struct {
    CollectionForm form;
    const char* payload;
    size_t size;
    std::string_view name;
  } cases[] = {
      {CollectionForm::Packed(Packing::kListpack, false), inside.data(), inside.size(), "listpack"},
      {CollectionForm::Packed(Packing::kIntSet, true), reinterpret_cast<const char*>(&block), 8,
       "intset"},
      {CollectionForm::Object(), reinterpret_cast<const char*>(&object), 8, "hashtable"},
  };
  for (const auto& one : cases) {
    const CollectionRef held(one.form.encoding(), one.payload, one.size);
    EXPECT_EQ(held.EncodingName(), one.name);
    char payload[64];
    ASSERT_EQ(CopyPayload(held, payload), one.size);
    const CollectionRef copy(one.form.encoding(), payload, one.size);
    EXPECT_EQ(copy.OutsideBytes(), held.OutsideBytes());
    if (held.is_object()) {
      EXPECT_NE(copy.object<Collection>(), held.object<Collection>());
      EXPECT_EQ(copy.object<Collection>()->size(), 1u);
    } else {
      EXPECT_EQ(copy.packed(), held.packed());
      EXPECT_NE(copy.packed().data(), held.packed().data());
    }
    FreeOutside(copy);
    FreeOutside(held);
  }
}

}  // namespace
}  // namespace redstart
