#include "server/exec/command_table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

#include "absl/strings/ascii.h"
#include "server/exec/arg_reader.h"

namespace redstart {
namespace {

// Where the only key of a command's requests stands, or 0 if there may be none or several.
size_t OnlyKeyOf(const CommandSpec& spec) {
  if (spec.keys.size() != 1) return 0;
  const KeySpec& key = spec.keys[0];
  const bool plain = key.keyword.empty() && key.last == 0 && !key.counted && !key.unknown &&
                     (key.flags & kKeyNotKey) == 0;
  return plain && key.index < std::abs(spec.arity) ? static_cast<size_t>(key.index) : 0;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower;
}

// The commands by what clients call them, in small letters.
using Calls = std::map<std::string, const CommandSpec*, std::less<>>;

Calls CallsOf(CommandTable::Families families) {
  Calls calls;
  for (const auto& family : families) {
    for (const CommandSpec& spec : family) {
      if (spec.name.find(' ') == std::string_view::npos) calls.emplace(Lower(spec.name), &spec);
    }
  }
  return calls;
}

absl::Status Apply(const RenamedCommand& rename, Calls* calls) {
  const auto refused = [&rename](std::string_view why, std::string_view name) {
    return absl::InvalidArgumentError("rename-command " + rename.where + ": " + std::string(why) +
                                      " '" + std::string(name) + "'");
  };
  const auto found = calls->find(Lower(rename.from));
  if (found == calls->end()) return refused("there is no command", rename.from);
  const CommandSpec* spec = found->second;
  calls->erase(found);
  if (rename.to.empty() || calls->emplace(Lower(rename.to), spec).second) return absl::OkStatus();
  return refused("there is already a command", rename.to);
}

}  // namespace

CommandTable::CommandTable(Families families, absl::Span<const RenamedCommand> renames) {
  Parents parents;
  for (const auto& family : families) {
    for (const CommandSpec& spec : family) Add(spec, &parents);
  }
  Calls calls = CallsOf(families);
  for (const RenamedCommand& rename : renames) static_cast<void>(Apply(rename, &calls));
  for (const auto& [name, spec] : calls) parents.find(spec->name)->second->called = name;
  for (const CommandRow& row : rows_) Enter(row);
}

void CommandTable::Add(const CommandSpec& spec, Parents* parents) {
  CommandRow& row = rows_.emplace_back();
  row.spec = &spec;
  row.index = static_cast<uint32_t>(rows_.size() - 1);
  row.full_name = Lower(spec.name);
  row.scope = spec.scope();
  row.only_key = OnlyKeyOf(spec);
  const size_t space = row.full_name.find(' ');
  if (space == std::string::npos) {
    parents->emplace(spec.name, &row);
    return;
  }
  row.full_name[space] = '|';
  CommandRow* parent = parents->find(spec.name.substr(0, space))->second;
  row.parent = parent;
  parent->subcommands.push_back(&row);
}

void CommandTable::Enter(const CommandRow& row) {
  if (row.parent != nullptr) {
    if (row.parent->called.empty()) return;
    const std::string subcommand = row.full_name.substr(row.full_name.find('|'));
    by_full_name_.emplace(row.parent->called + subcommand, &row);
    return;
  }
  const std::string& name = row.called;
  if (name.empty()) return;
  by_full_name_.emplace(name, &row);
  const uint64_t letters = Letters(name);
  size_t at = SlotOf(letters, name.size());
  while (slots_[at].row != nullptr) at = (at + 1) % kSlots;
  const bool told_by_letters =
      name.size() <= sizeof(letters) && std::all_of(name.begin(), name.end(), absl::ascii_isalpha);
  slots_[at] = {letters, &row, static_cast<uint32_t>(name.size()), told_by_letters};
}

absl::Status CheckRenames(CommandTable::Families families,
                          absl::Span<const RenamedCommand> renames) {
  Calls calls = CallsOf(families);
  for (const RenamedCommand& rename : renames) {
    if (absl::Status status = Apply(rename, &calls); !status.ok()) return status;
  }
  return absl::OkStatus();
}

uint64_t CommandTable::Letters(std::string_view name) {
  const auto load = [&name]<typename Word>(size_t at, Word word) -> uint64_t {
    std::memcpy(&word, name.data() + at, sizeof(word));
    return word;
  };
  uint64_t letters = 0;
  const size_t size = name.size();
  if (size >= 8) {
    letters = load(0, uint64_t{});
  } else if (size >= 4) {  // The last four overlap the first.
    letters = load(0, uint32_t{}) | load(size - 4, uint32_t{}) << (8 * (size - 4));
  } else if (size > 0) {
    letters = load(0, uint8_t{}) | load(size / 2, uint8_t{}) << (8 * (size / 2)) |
              load(size - 1, uint8_t{}) << (8 * (size - 1));
  }
  return letters | 0x2020202020202020u;  // Capital letters become small ones.
}

size_t CommandTable::SlotOf(uint64_t letters, size_t length) {
  return ((letters ^ length) * 0x9E3779B97F4A7C15u) >> 53;
}

const CommandRow* CommandTable::Find(std::string_view name) const {
  const uint64_t letters = Letters(name);
  for (size_t at = SlotOf(letters, name.size()); slots_[at].row != nullptr;
       at = (at + 1) % kSlots) {
    const Slot& slot = slots_[at];
    if (slot.letters != letters || slot.length != name.size()) continue;
    if (slot.told_by_letters || SameWord(slot.row->called, name)) return slot.row;
  }
  return nullptr;
}

const CommandRow* CommandTable::FindSubcommand(const CommandRow& parent,
                                               std::string_view name) const {
  for (const CommandRow* row : parent.subcommands) {
    if (SameWord(row->spec->name.substr(parent.spec->name.size() + 1), name)) return row;
  }
  return nullptr;
}

const CommandRow* CommandTable::FindFullName(std::string_view full_name) const {
  const auto found = by_full_name_.find(Lower(full_name));
  return found == by_full_name_.end() ? nullptr : found->second;
}

const CommandRow* CommandTable::Resolve(Args args) const {
  const CommandRow* row = Find(args[0]);
  if (row == nullptr || row->subcommands.empty() || args.size() < 2) return row;
  const CommandRow* subcommand = FindSubcommand(*row, args[1]);
  return subcommand == nullptr ? row : subcommand;
}

}  // namespace redstart
