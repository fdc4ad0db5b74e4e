#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),
      StringRangeCommands(),
      CounterCommands(),
      ObjectCommands(),
      DumpCommands(),
      ConnectionCommands(),
      ClientCommands(),
      TransactionCommands(),
      SyncCommands(),
  };
}

}  // namespace redstart
