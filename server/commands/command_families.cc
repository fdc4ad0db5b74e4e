#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),
      KeyCommands(),
      ExpiryCommands(),
      ScanCommands(),
      CopyCommands(),
      KeyspaceCommands(),
      TransactionCommands(),
  };
}

}  // namespace redstart
