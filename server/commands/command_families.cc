#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),      ConnectionCommands(), ClientCommands(),
      TransactionCommands(), CommandCommands(),    ConfigCommands(),
      InfoCommands(),        DebugCommands(),      ServerCommands(),
  };
}

}  // namespace redstart
