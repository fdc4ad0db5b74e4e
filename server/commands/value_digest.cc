#include "server/commands/value_digest.h"

#include "storage/types/hash.h"
#include "storage/types/list.h"
#include "storage/types/set.h"
#include "storage/types/stream.h"
#include "storage/types/zset.h"
#include "storage/value.h"

namespace redstart {
namespace {

void MixElement(const Element& element, Digest* digest) {
  IntegerText scratch;
  digest->Mix(element.View(&scratch));
}

void AddHash(const HashView& hash, Digest* digest) {
  hash.ForEach([&](const Element& field, const Element& value) {
    Digest one;
    MixElement(field, &one);
    MixElement(value, &one);
    digest->Xor(one);
  });
  if (hash.EarliestDeadline() != HashView::kNever) digest->Xor("!!hexpire!!");
}

void AddSet(const SetView& set, Digest* digest) {
  set.ForEach([&](const Element& member) {
    IntegerText scratch;
    digest->Xor(member.View(&scratch));
  });
}

void AddZSet(const ZSetView& zset, Digest* digest) {
  zset.ForEach([&](const Element& member, double score) {
    char text[kMaxDoubleChars];
    Digest one;
    MixElement(member, &one);
    one.Mix({text, static_cast<size_t>(FormatDouble(score, text) - text)});
    digest->Xor(one);
  });
}

void AddList(const ListView& list, Digest* digest) {
  list.Visit(0, ListEnd::kTail, [&](const Element& element) {
    MixElement(element, digest);
    return true;
  });
}

void AddStream(const Stream& stream, Digest* digest) {
  stream.VisitRange(
      kFirstStreamId, kLastStreamId, /*from_youngest=*/false, [&](const StreamEntry& entry) {
        digest->Mix(std::to_string(entry.id.ms) + "." + std::to_string(entry.id.sequence));
        entry.ForEachField([&](const Element& field, const Element& value) {
          MixElement(field, digest);
          MixElement(value, digest);
        });
        return true;
      });
}

}  // namespace

void Digest::Xor(std::string_view bytes) {
  const Sha1Digest hash = Sha1(bytes);
  for (size_t i = 0; i < hash.size(); ++i) bytes_[i] ^= hash[i];
}

void Digest::Xor(const Digest& other) {
  Xor(other.view());
}

void Digest::Mix(std::string_view bytes) {
  Xor(bytes);
  bytes_ = Sha1(view());
}

void Digest::MixNumber(uint32_t number) {
  const uint32_t big_endian = __builtin_bswap32(number);
  Mix({reinterpret_cast<const char*>(&big_endian), sizeof(big_endian)});
}

void AddValue(const Entry& entry, Digest* digest) {
  digest->MixNumber(static_cast<uint32_t>(entry.type()));
  switch (entry.type()) {
    case ValueType::kString: {
      IntegerText scratch;
      digest->Mix(entry.string().View(&scratch));
      break;
    }
    case ValueType::kHash:
      AddHash(HashView(CollectionOf(entry)), digest);
      break;
    case ValueType::kSet:
      AddSet(SetView(CollectionOf(entry)), digest);
      break;
    case ValueType::kSortedSet:
      AddZSet(ZSetView(CollectionOf(entry)), digest);
      break;
    case ValueType::kList:
      AddList(ListView(CollectionOf(entry)), digest);
      break;
    case ValueType::kStream:
      AddStream(*StreamView(CollectionOf(entry)), digest);
      break;
    default:
      break;
  }
  if (entry.has_deadline()) digest->Xor("!!expire!!");
}

}  // namespace redstart
