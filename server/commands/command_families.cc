#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),   StringRangeCommands(), CounterCommands(),  BitmapCommands(),
      BitFieldCommands(), HyperLogLogCommands(), HashCommands(),     KeyCommands(),
      ExpiryCommands(),   ScanCommands(),        CopyCommands(),     ObjectCommands(),
      MemoryCommands(),   DumpCommands(),        KeyspaceCommands(), ConnectionCommands(),
      ClientCommands(),   TransactionCommands(), CommandCommands(),  ConfigCommands(),
      InfoCommands(),     DebugCommands(),       ServerCommands(),   PersistenceCommands(),
      SyncCommands(),
  };
}

}  // namespace redstart
