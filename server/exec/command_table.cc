#include "server/exec/command_table.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "server/exec/arg_reader.h"

namespace redstart {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower;
}

}  // namespace

CommandTable::CommandTable(absl::Span<const absl::Span<const CommandSpec>> families) {
  for (const auto& family : families) {
    for (const CommandSpec& spec : family) Add(spec);
  }
}

void CommandTable::Add(const CommandSpec& spec) {
  CommandRow& row = rows_.emplace_back();
  row.spec = &spec;
  row.index = static_cast<uint32_t>(rows_.size() - 1);
  row.full_name = Lower(spec.name);
  const size_t space = row.full_name.find(' ');
  if (space != std::string::npos) {
    row.full_name[space] = '|';
    auto* parent = const_cast<CommandRow*>(Find(spec.name.substr(0, space)));
    row.parent = parent;
    parent->subcommands.push_back(&row);
  } else {
    const uint64_t letters = Letters(spec.name);
    size_t at = SlotOf(letters, spec.name.size());
    while (slots_[at].row != 0) at = (at + 1) % kSlots;
    slots_[at] = {letters, static_cast<uint32_t>(spec.name.size()), row.index + 1};
  }
  by_full_name_.emplace(row.full_name, &row);
}

uint64_t CommandTable::Letters(std::string_view name) {
  uint64_t letters = 0;
  std::memcpy(&letters, name.data(), std::min(name.size(), sizeof(letters)));
  return letters | 0x2020202020202020u;  // Capital letters become small ones.
}

size_t CommandTable::SlotOf(uint64_t letters, size_t length) {
  return ((letters ^ length) * 0x9E3779B97F4A7C15u) >> 53;
}

const CommandRow* CommandTable::Find(std::string_view name) const {
  const uint64_t letters = Letters(name);
  for (size_t at = SlotOf(letters, name.size()); slots_[at].row != 0; at = (at + 1) % kSlots) {
    const Slot& slot = slots_[at];
    if (slot.letters != letters || slot.length != name.size()) continue;
    const CommandRow& row = rows_[slot.row - 1];
    if (SameWord(row.spec->name, name)) return &row;
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
