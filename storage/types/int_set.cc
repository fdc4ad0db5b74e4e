#include "storage/types/int_set.h"

#include <cstring>
#include <limits>

namespace redstart {
namespace {

template <typename Int>
int64_t LoadInt(const char* from) {
  Int value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

template <typename Int>
bool Fits(int64_t value) {
  return value >= std::numeric_limits<Int>::min() && value <= std::numeric_limits<Int>::max();
}

size_t WidthOf(int64_t value) {
  if (Fits<int16_t>(value)) return 2;
  return Fits<int32_t>(value) ? 4 : 8;
}

}  // namespace

uint32_t IntSetView::Load32(size_t offset) const {
  uint32_t value;
  std::memcpy(&value, bytes_.data() + offset, sizeof(value));
  return value;
}

int64_t IntSetView::Get(size_t index) const {
  const size_t each = width();
  const char* from = bytes_.data() + kHeaderBytes + index * each;
  if (each == 2) return LoadInt<int16_t>(from);
  return each == 4 ? LoadInt<int32_t>(from) : LoadInt<int64_t>(from);
}

bool IntSetView::Contains(int64_t value) const {
  if (WidthOf(value) > width()) return false;
  bool found;
  LowerBound(value, &found);
  return found;
}

size_t IntSetView::LowerBound(int64_t value, bool* found) const {
  size_t low = 0;
  size_t high = size();
  // Integers often come in ascending order.
  if (high > 0 && value > Get(high - 1)) low = high;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (Get(middle) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *found = low < size() && Get(low) == value;
  return low;
}

bool IntSetEditor::Insert(int64_t value) {
  if (WidthOf(value) > view().width()) Widen(WidthOf(value));
  bool found;
  const size_t index = view().LowerBound(value, &found);
  if (found) return false;
  const size_t size = view().size();
  const size_t width = view().width();
  store_->Splice(IntSetView::kHeaderBytes + index * width, 0, width);
  SetSize(size + 1);
  StoreAt(index, value);
  return true;
}

bool IntSetEditor::Erase(int64_t value) {
  if (WidthOf(value) > view().width()) return false;
  bool found;
  const size_t index = view().LowerBound(value, &found);
  if (!found) return false;
  const size_t size = view().size();
  const size_t width = view().width();
  store_->Splice(IntSetView::kHeaderBytes + index * width, width, 0);
  SetSize(size - 1);
  return true;
}

void IntSetEditor::Widen(size_t width) {
  const size_t size = view().size();
  const size_t before = view().width();
  store_->Splice(store_->size(), 0, size * (width - before));
  // From the right, so that no integer is overwritten before it was read.
  for (size_t i = size; i-- > 0;) {
    const int64_t value = view().Get(i);
    std::memcpy(store_->mutable_data() + IntSetView::kHeaderBytes + i * width, &value, width);
  }
  const auto stored = static_cast<uint32_t>(width);
  std::memcpy(store_->mutable_data(), &stored, sizeof(stored));
}

void IntSetEditor::StoreAt(size_t index, int64_t value) {
  const size_t width = view().width();
  // Little endian: the low bytes come first.
  std::memcpy(store_->mutable_data() + IntSetView::kHeaderBytes + index * width, &value, width);
}

void IntSetEditor::SetSize(size_t size) {
  const auto stored = static_cast<uint32_t>(size);
  std::memcpy(store_->mutable_data() + 4, &stored, sizeof(stored));
}

bool IsValidIntSet(std::string_view bytes) {
  if (bytes.size() < IntSetView::kHeaderBytes) return false;
  const IntSetView view(bytes);
  const size_t width = view.width();
  if (width != 2 && width != 4 && width != 8) return false;
  if (bytes.size() - IntSetView::kHeaderBytes != view.size() * width) return false;
  for (size_t i = 1; i < view.size(); ++i) {
    if (view.Get(i - 1) >= view.Get(i)) return false;
  }
  return true;
}

}  // namespace redstart
