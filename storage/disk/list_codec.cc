#include "storage/disk/list_codec.h"

#include <memory>
#include <utility>

#include "storage/disk/rdb_legacy.h"

namespace redstart {
namespace {

// What kind of node follows.
constexpr uint64_t kPlainNode = 1;
constexpr uint64_t kPackedNode = 2;

// Builds a list from elements or nodes, one after the other, in the form that the limits want.
class ListBuilder {
 public:
  explicit ListBuilder(const CollectionLimits& limits) : limit_(limits.list_max_listpack_size) {}

  bool Add(const Element& element) {
    IntegerText scratch;
    list_->Push(ListEnd::kTail, element.View(&scratch), limit_);
    return true;
  }
  void AddPack(std::string_view listpack) { list_->AppendPack(listpack); }
  void AddPlain(std::string_view text) { list_->AppendPlain(text); }

  std::optional<DecodedValue> Build() {
    const QuickList::Node* first = list_->head();
    if (first == nullptr) return DecodedNothing();
    const bool is_small = first->next == nullptr && !first->is_plain() &&
                          first->bytes().size() <= limit_.max_bytes &&
                          first->count <= limit_.max_elements;
    if (!is_small) return DecodedCollection::Object(ValueType::kList, std::move(list_));
    return DecodedCollection::Packed(ValueType::kList, Packing::kListpack,
                                     std::string(first->bytes()));
  }

 private:
  const ListNodeLimit limit_;
  std::unique_ptr<QuickList> list_ = std::make_unique<QuickList>();
};

bool ReadElements(ListBuilder* list, RdbInput* input) {
  const auto count = input->ReadCount(1);
  if (!count) return false;
  std::string scratch;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto text = input->ReadString(&scratch);
    if (!text) return false;
    list->Add(Element(*text));
  }
  return true;
}

bool ReadOneZiplist(ListBuilder* list, RdbInput* input) {
  std::string scratch;
  const auto bytes = input->ReadString(&scratch);
  return bytes && ReadZiplist(*bytes, [&](const Element& element) { return list->Add(element); });
}

bool ReadZiplists(ListBuilder* list, RdbInput* input) {
  const auto count = input->ReadCount(1);
  if (!count) return false;
  for (uint64_t i = 0; i < *count; ++i) {
    if (!ReadOneZiplist(list, input)) return false;
  }
  return true;
}

bool ReadNodes(ListBuilder* list, RdbInput* input) {
  const auto count = input->ReadCount(2);
  if (!count) return false;
  std::string scratch;
  for (uint64_t i = 0; i < *count; ++i) {
    const auto kind = input->ReadLength();
    if (!kind || (*kind != kPlainNode && *kind != kPackedNode)) return false;
    const auto bytes = input->ReadString(&scratch);
    if (!bytes) return false;
    if (*kind == kPlainNode) {
      list->AddPlain(*bytes);
      continue;
    }
    if (!IsValidListpack(*bytes)) return false;
    if (!ListpackView(*bytes).empty()) list->AddPack(*bytes);
  }
  return true;
}

}  // namespace

void AppendRdbList(const ListView& list, RdbCompression compression, std::string* out) {
  if (!list.is_large()) {
    AppendRdbLength(1, out);
    AppendRdbLength(kPackedNode, out);
    return AppendRdbString(list.listpack().bytes(), compression, out);
  }
  const QuickList::Node* const head = list.quick_list().head();
  uint64_t nodes = 0;
  for (const auto* node = head; node != nullptr; node = node->next) ++nodes;
  AppendRdbLength(nodes, out);
  for (const auto* node = head; node != nullptr; node = node->next) {
    AppendRdbLength(node->is_plain() ? kPlainNode : kPackedNode, out);
    AppendRdbString(node->bytes(), compression, out);
  }
}

std::optional<DecodedValue> ReadRdbList(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input) {
  ListBuilder list(limits);
  bool is_whole = false;
  switch (rdb_type) {
    case kRdbTypeList:
      is_whole = ReadElements(&list, input);
      break;
    case kRdbTypeListZiplist:
      is_whole = ReadOneZiplist(&list, input);
      break;
    case kRdbTypeListOfZiplists:
      is_whole = ReadZiplists(&list, input);
      break;
    case kRdbTypeListOfNodes:
      is_whole = ReadNodes(&list, input);
      break;
    default:
      break;
  }
  if (!is_whole) return std::nullopt;
  return list.Build();
}

}  // namespace redstart
