#ifndef REDSTART_SERVER_COMMANDS_COMMAND_FAMILIES_H_
#define REDSTART_SERVER_COMMANDS_COMMAND_FAMILIES_H_

// The rows of every command family. Each function is defined at the bottom of its family's file,
// below the rows.

#include <vector>

#include "absl/types/span.h"
#include "server/exec/command_spec.h"

namespace redstart {

using CommandRows = absl::Span<const CommandSpec>;

CommandRows StringCommands();
CommandRows StringRangeCommands();
CommandRows CounterCommands();
CommandRows BitmapCommands();
CommandRows BitFieldCommands();
CommandRows HyperLogLogCommands();
CommandRows HashCommands();
CommandRows HashExpiryCommands();
CommandRows HashGetExCommands();
CommandRows SetCommands();
CommandRows SetAlgebraCommands();
CommandRows ZSetCommands();
CommandRows ZSetRangeCommands();
CommandRows ZSetPopCommands();
CommandRows ZSetAlgebraCommands();
CommandRows GeoCommands();
CommandRows ListCommands();
CommandRows ListMoveCommands();
CommandRows SortCommands();
CommandRows StreamCommands();
CommandRows StreamReadCommands();
CommandRows StreamGroupCommands();
CommandRows StreamClaimCommands();
CommandRows StreamInfoCommands();
CommandRows KeyCommands();
CommandRows ExpiryCommands();
CommandRows ScanCommands();
CommandRows CopyCommands();
CommandRows MemoryCommands();
CommandRows ObjectCommands();
CommandRows DumpCommands();
CommandRows MigrateCommands();
CommandRows KeyspaceCommands();
CommandRows ConnectionCommands();
CommandRows ClientCommands();
CommandRows TransactionCommands();
CommandRows PubSubCommands();
CommandRows CommandCommands();
CommandRows ConfigCommands();
CommandRows InfoCommands();
CommandRows SlowlogCommands();
CommandRows LatencyCommands();
CommandRows ModuleCommands();
CommandRows ReplicationCommands();
CommandRows ClusterCommands();
CommandRows LolwutCommands();
CommandRows DebugCommands();
CommandRows DebugProcessCommands();
CommandRows DebugValueCommands();
CommandRows ServerCommands();
CommandRows PersistenceCommands();
CommandRows SyncCommands();
CommandRows ScriptCommands();
CommandRows FunctionCommands();

// All of them, in the order in which COMMAND lists them.
std::vector<CommandRows> AllCommandFamilies();

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_COMMAND_FAMILIES_H_
