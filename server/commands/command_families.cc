#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  return {
      StringCommands(),
      ConnectionCommands(),
      ClientCommands(),
      TransactionCommands(),
  };
}

}  // namespace redstart
