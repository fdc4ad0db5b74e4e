#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),
      TransactionCommands(),
      SyncCommands(),
  };
}

}  // namespace redstart
