// SORT and SORT_RO: the elements of a list, set or sorted set in another order, by what other keys
// say, with what other keys hold.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/list_editor.h"
#include "storage/types/hash.h"
#include "storage/types/list.h"
#include "storage/types/set.h"
#include "storage/types/zset.h"

namespace redstart {
namespace {

// Patterns and numbers end at a zero byte, as they do on Redis.
std::string_view AsCText(std::string_view text) {
  return text.substr(0, text.find('\0'));
}

// Whether other keys are looked up for this pattern: its '*' stands for the element.
bool HasPlace(std::string_view pattern) {
  return AsCText(pattern).find('*') != std::string_view::npos;
}

struct Request {
  // Reads the words behind the key. Returns the error to answer, or nothing.
  std::string_view Read(Args words, bool may_store, bool in_cluster) {
    ArgReader in(words);
    while (in.ok() && !in.done()) {
      if (in.Word("ASC")) {
        descending = false;
      } else if (in.Word("DESC")) {
        descending = true;
      } else if (in.Word("ALPHA")) {
        alpha = true;
      } else if (in.remaining() >= 3 && in.Word("LIMIT")) {
        offset = in.Integer();
        count = in.Integer();
      } else if (may_store && in.remaining() >= 2 && in.Word("STORE")) {
        store = in.Bytes();
      } else if (in.remaining() >= 2 && in.Word("BY")) {
        by = in.Bytes();
        // Without a place for the element the order is to stay as it is, even if another pattern
        // follows.
        keeps_order |= !HasPlace(*by);
        if (HasPlace(*by) && in_cluster) in.Fail(error::kSortByInCluster);
      } else if (in.remaining() >= 2 && in.Word("GET")) {
        gets.push_back(in.Bytes());
        if (in_cluster) in.Fail(error::kSortGetInCluster);
      } else {
        in.Fail(error::kSyntax);
      }
    }
    return in.ok() ? std::string_view() : in.error();
  }

  bool descending = false;
  bool alpha = false;
  bool keeps_order = false;
  int64_t offset = 0;
  int64_t count = -1;
  std::optional<std::string_view> store;
  std::optional<std::string_view> by;
  std::vector<std::string_view> gets;
};

// As strtod reads it; what is too large or too small for a double is none.
std::optional<double> ParseWeight(std::string_view text) {
  if (const auto number = ParseDouble(text)) return number;
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(terminated.c_str(), &end);
  if (*end != '\0' || std::isnan(number) || errno == ERANGE) return std::nullopt;
  return number;
}

// What a pattern names for an element: the element itself ("#"), the string under a key, or the
// field of a hash ("key_*->field").
std::optional<std::string> LookUp(WriteKeys& keys, std::string_view pattern,
                                  std::string_view element) {
  if (pattern == "#") return std::string(element);
  if (!HasPlace(pattern)) return std::nullopt;
  const size_t place = pattern.find('*');
  const size_t arrow = AsCText(pattern).find("->", place + 1);
  const bool has_field = arrow != std::string_view::npos && arrow + 2 < AsCText(pattern).size();
  std::string key(pattern.substr(0, place));
  key.append(element).append(
      pattern.substr(place + 1, has_field ? arrow - place - 1 : std::string_view::npos));
  if (!has_field) {
    const auto found = keys.Read<StringRef>(key);
    if (!found || found.IsWrongType()) return std::nullopt;
    IntegerText scratch;
    return std::string(found->View(&scratch));
  }
  const auto found = keys.Read<HashView>(key);
  if (!found || found.IsWrongType()) return std::nullopt;
  const std::optional<Element> value = found->Find(pattern.substr(arrow + 2));
  if (!value) return std::nullopt;
  return value->ToString();
}

struct Item {
  std::string_view text;
  double score = 0;
  // What BY found, if it is to be compared as a text.
  std::optional<std::string> weight;
};

// The elements to sort, as long as what holds them does not change.
class Items {
 public:
  void Add(const Element& element) {
    IntegerText scratch;
    const std::string_view text = element.View(&scratch);
    // Integers need a place of their own.
    items_.push_back({element.is_integer() ? std::string_view(texts_.emplace_back(text)) : text});
  }
  std::vector<Item>& list() { return items_; }

 private:
  std::vector<Item> items_;
  std::deque<std::string> texts_;
};

// All elements, in their own order, or the other way round where they have one.
void Collect(const Entry& entry, bool backwards, Items* items) {
  const CollectionRef held(entry.encoding(), entry.payload(), entry.payload_size());
  const auto add = [&](const Element& element) {
    items->Add(element);
    return true;
  };
  if (entry.type() == ValueType::kSet) return SetView(held).ForEachWhile(add);
  if (entry.type() == ValueType::kList) {
    const ListView list(held);
    if (backwards) return list.Visit(-1, ListEnd::kHead, add);
    return list.Visit(0, ListEnd::kTail, add);
  }
  const ZSetView zset(held);
  const auto add_scored = [&](const Element& member, double) { items->Add(member); };
  if (backwards) return zset.VisitDown(zset.size() - 1, zset.size(), add_scored);
  zset.VisitUp(0, zset.size(), add_scored);
}

// Finds what to sort by. False if a text was to be a number and is none.
bool Weigh(WriteKeys& keys, const Request& request, std::vector<Item>* items) {
  bool all_numbers = true;
  for (Item& item : *items) {
    std::optional<std::string> found;
    if (request.by) {
      found = LookUp(keys, *request.by, item.text);
      if (!found) continue;
    }
    if (request.alpha) {
      item.weight = std::move(found);
      continue;
    }
    const std::optional<double> score = ParseWeight(found ? std::string_view(*found) : item.text);
    all_numbers = all_numbers && score;
    item.score = score.value_or(0);
  }
  return all_numbers;
}

// What is stored is sorted byte by byte; what is answered, as the C locale does.
int CompareTexts(std::string_view a, std::string_view b, bool stores) {
  return stores ? a.compare(b) : AsCText(a).compare(AsCText(b));
}

int Compare(const Request& request, const Item& a, const Item& b) {
  if (!request.alpha) {
    if (a.score != b.score) return a.score < b.score ? -1 : 1;
    return a.text.compare(b.text);
  }
  if (!request.by) return CompareTexts(a.text, b.text, request.store.has_value());
  // Elements for which BY finds nothing come first.
  if (!a.weight || !b.weight) return static_cast<int>(a.weight.has_value()) - b.weight.has_value();
  return CompareTexts(*a.weight, *b.weight, request.store.has_value());
}

void SortItems(const Request& request, std::vector<Item>* items) {
  std::stable_sort(items->begin(), items->end(), [&](const Item& a, const Item& b) {
    const int order = Compare(request, a, b);
    return request.descending ? order > 0 : order < 0;
  });
}

// Leaves what LIMIT asks for.
void Cut(const Request& request, std::vector<Item>* items) {
  const auto size = static_cast<int64_t>(items->size());
  const int64_t begin = std::clamp<int64_t>(request.offset, 0, size);
  const int64_t left = size - begin;
  const int64_t count = request.count < 0 ? left : std::min(request.count, left);
  items->erase(items->begin() + begin + count, items->end());
  items->erase(items->begin(), items->begin() + begin);
}

void Answer(WriteKeys& keys, const Request& request, const std::vector<Item>& items,
            ReplyBuilder& reply) {
  reply.Array(items.size() * std::max<size_t>(1, request.gets.size()));
  for (const Item& item : items) {
    if (request.gets.empty()) reply.Bulk(item.text);
    for (const std::string_view pattern : request.gets) {
      if (const auto found = LookUp(keys, pattern, item.text)) {
        reply.Bulk(*found);
      } else {
        reply.Null();
      }
    }
  }
}

void Store(WriteKeys& keys, const Request& request, const std::vector<Item>& items,
           ReplyBuilder& reply) {
  // Copied before the key they stand in may go.
  std::vector<std::string> elements;
  for (const Item& item : items) {
    if (request.gets.empty()) elements.emplace_back(item.text);
    for (const std::string_view pattern : request.gets) {
      elements.push_back(LookUp(keys, pattern, item.text).value_or(""));
    }
  }
  const std::string_view key = *request.store;
  const bool deleted = keys.Delete(key);
  if (!elements.empty()) {
    auto list = keys.EditOrCreate<ListEditor>(key);
    const std::vector<std::string_view> views(elements.begin(), elements.end());
    list->PrepareFor(views);
    for (const std::string_view element : views) list->Push(ListEnd::kTail, element);
    list.Changed(Event::kList, "sortstore", elements.size());
  } else if (deleted) {
    keys.Changed(key, Event::kGeneric, "del");
  }
  reply.Integer(static_cast<int64_t>(elements.size()));
}

// SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]
// [STORE destination], SORT_RO without STORE
template <bool kMayStore>
void Sort(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Request request;
  const std::string_view error =
      request.Read(args.subspan(2), kMayStore, keys.config().cluster_enabled);
  if (!error.empty()) return reply.Fail(error);
  const Entry* entry = keys.ReadEntry(args[1]);
  if (entry != nullptr && entry->type() != ValueType::kList && entry->type() != ValueType::kSet &&
      entry->type() != ValueType::kSortedSet) {
    return reply.Fail(error::kWrongType);
  }
  if (request.keeps_order && (request.store || keys.in_script()) && entry != nullptr &&
      entry->type() == ValueType::kSet) {
    // A set has no order of its own that other machines would share.
    request.keeps_order = false;
    request.alpha = true;
    request.by.reset();
  }
  Items collected;
  std::vector<Item>& items = collected.list();
  if (entry != nullptr) {
    Collect(*entry, request.keeps_order && request.descending, &collected);
    if (!request.keeps_order) {
      if (!Weigh(keys, request, &items)) return reply.Fail(error::kSortNotNumbers);
      SortItems(request, &items);
    }
    Cut(request, &items);
  }
  if (request.store) return Store(keys, request, items, reply);
  Answer(keys, request, items, reply);
}

// Where STORE names a key, it stands behind the last such word.
void FindSortKeys(Args args, std::vector<int>* positions) {
  positions->push_back(1);
  int stored = 0;
  for (size_t i = 2; i < args.size(); ++i) {
    if (SameWord(args[i], "LIMIT")) {
      i += 2;
    } else if (SameWord(args[i], "GET") || SameWord(args[i], "BY")) {
      ++i;
    } else if (SameWord(args[i], "STORE") && i + 1 < args.size()) {
      stored = static_cast<int>(++i);
    }
  }
  if (stored != 0) positions->push_back(stored);
}

void FindFirstKey(Args, std::vector<int>* positions) {
  positions->push_back(1);
}

// Whether BY or GET name other keys.
bool LooksUpOtherKeys(Args args) {
  for (size_t i = 3; i < args.size(); ++i) {
    const bool is_pattern = SameWord(args[i - 1], "BY") || SameWord(args[i - 1], "GET");
    if (is_pattern && HasPlace(args[i])) return true;
  }
  return false;
}

constexpr KeySpec kSortKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess},
    {.flags = kKeyReadOnly | kKeyAccess, .unknown = true},
    {.flags = kKeyOverwrite | kKeyUpdate, .unknown = true},
};
constexpr KeySpec kSortReadKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess},
    {.flags = kKeyReadOnly | kKeyAccess, .unknown = true},
};

constexpr std::string_view kCost =
    "O(N+M*log(M)), N being the number of elements to sort and M the number answered";

constexpr CommandSpec kCommands[] = {
    {.name = "SORT",
     .args = "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] "
             "[ALPHA] [STORE destination]",
     .arity = -2,
     .keys = kSortKeys,
     .flags = kWrite | kDenyOom,
     .categories = kCategorySet | kCategorySortedSet | kCategoryList | kCategoryDangerous,
     .run = Sort<true>,
     .since = "1.0.0",
     .summary = "Sorts the elements of a list, set or sorted set, and may store what comes of it.",
     .complexity = kCost,
     .find_keys = FindSortKeys,
     .needs_whole = LooksUpOtherKeys},
    {.name = "SORT_RO",
     .args = "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] "
             "[ALPHA]",
     .arity = -2,
     .keys = kSortReadKeys,
     .flags = kReadOnly,
     .categories = kCategorySet | kCategorySortedSet | kCategoryList | kCategoryDangerous,
     .run = Sort<false>,
     .since = "7.0.0",
     .summary = "Sorts the elements of a list, set or sorted set, and changes nothing.",
     .complexity = kCost,
     .find_keys = FindFirstKey,
     .needs_whole = LooksUpOtherKeys},
};

}  // namespace

CommandRows SortCommands() {
  return kCommands;
}

}  // namespace redstart
