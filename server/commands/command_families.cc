#include "server/commands/command_families.h"

namespace redstart {

std::vector<CommandRows> AllCommandFamilies() {
  // One line each, so that two new families do not stand in each other's way.
  // clang-format off
  return {
      StringCommands(),
      StringRangeCommands(),
      CounterCommands(),
      BitmapCommands(),
      BitFieldCommands(),
      HyperLogLogCommands(),
      HashCommands(),
      HashExpiryCommands(),
      HashGetExCommands(),
      SetCommands(),
      SetAlgebraCommands(),
      ZSetCommands(),
      ZSetRangeCommands(),
      ZSetPopCommands(),
      ZSetAlgebraCommands(),
      GeoCommands(),
      ListCommands(),
      ListMoveCommands(),
      SortCommands(),
      StreamCommands(),
      StreamReadCommands(),
      StreamGroupCommands(),
      StreamClaimCommands(),
      StreamInfoCommands(),
      KeyCommands(),
      ExpiryCommands(),
      ScanCommands(),
      CopyCommands(),
      ObjectCommands(),
      MemoryCommands(),
      DumpCommands(),
      MigrateCommands(),
      KeyspaceCommands(),
      ConnectionCommands(),
      ClientCommands(),
      TransactionCommands(),
      PubSubCommands(),
      CommandCommands(),
      ConfigCommands(),
      InfoCommands(),
      SlowlogCommands(),
      LatencyCommands(),
      ModuleCommands(),
      ReplicationCommands(),
      ClusterCommands(),
      LolwutCommands(),
      DebugCommands(),
      DebugProcessCommands(),
      DebugValueCommands(),
      ServerCommands(),
      PersistenceCommands(),
      ScriptCommands(),
      FunctionCommands(),
      SyncCommands(),
  };
  // clang-format on
}

}  // namespace redstart
