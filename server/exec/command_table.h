#ifndef REDSTART_SERVER_EXEC_COMMAND_TABLE_H_
#define REDSTART_SERVER_EXEC_COMMAND_TABLE_H_

// All rows, found by name. Made once at the start and never changed, so every thread reads it
// without a lock.

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/config/config.h"
#include "server/exec/command_spec.h"

namespace redstart {

// A row in its place among the others.
struct CommandRow {
  const CommandSpec* spec = nullptr;
  uint32_t index = 0;                          // Of its statistics.
  std::string full_name;                       // In small letters: "set", "client|kill".
  std::string called;                          // What clients call it; empty: they cannot.
  Scope scope = Scope::kNone;                  // The specification's, worked out once.
  size_t only_key = 0;                         // Where the one key stands; 0: see FindKeys.
  const CommandRow* parent = nullptr;          // Of a subcommand.
  std::vector<const CommandRow*> subcommands;  // In the order of the rows.
};

class CommandTable {
 public:
  using Families = absl::Span<const absl::Span<const CommandSpec>>;
  // REQUIRES: names are unique and a subcommand's parent stands before it; CheckRenames has passed.
  explicit CommandTable(Families families, absl::Span<const RenamedCommand> renames = {});
  CommandTable(const CommandTable&) = delete;
  CommandTable& operator=(const CommandTable&) = delete;

  // The command of this name in whatever case, or null.
  const CommandRow* Find(std::string_view name) const;
  const CommandRow* FindSubcommand(const CommandRow& parent, std::string_view name) const;
  // By a full name such as "client|kill", as COMMAND INFO's arguments are.
  const CommandRow* FindFullName(std::string_view full_name) const;
  // What a request means: the subcommand's row if it names one that exists, otherwise the
  // command's, or null.
  const CommandRow* Resolve(Args args) const;

  // All rows, parents before their subcommands.
  const std::deque<CommandRow>& rows() const { return rows_; }
  size_t size() const { return rows_.size(); }

 private:
  // Open addressing on the first eight letters and the length: one cache line per lookup, some 3
  // ns.
  static constexpr size_t kSlots = 2048;
  struct Slot {
    uint64_t letters = 0;
    const CommandRow* row = nullptr;  // Null: free.
    uint32_t length = 0;
    bool told_by_letters = false;  // Nothing but up to eight letters: no need to compare the name.
  };
  static uint64_t Letters(std::string_view name);
  static size_t SlotOf(uint64_t letters, size_t length);
  // By their own names, which stand in capital letters.
  using Parents = absl::flat_hash_map<std::string_view, CommandRow*>;
  void Add(const CommandSpec& spec, Parents* parents);
  // Makes the row known by what it is called.
  void Enter(const CommandRow& row);

  std::deque<CommandRow> rows_;
  std::array<Slot, kSlots> slots_;
  absl::flat_hash_map<std::string, const CommandRow*> by_full_name_;
};

// Whether every command that is to be renamed exists, and no other has its new name. The status
// says where the line stands and what is wrong with it.
absl::Status CheckRenames(CommandTable::Families families,
                          absl::Span<const RenamedCommand> renames);

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_COMMAND_TABLE_H_
