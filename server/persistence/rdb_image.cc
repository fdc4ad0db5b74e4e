#include "server/persistence/rdb_image.h"

#include "storage/disk/rdb_writer.h"

namespace redstart {

std::string RdbImageOf(const WholeKeyspace& keyspace) {
  std::string image;
  const Config& config = keyspace.config();
  RdbWriter writer(
      {.compression = config.rdbcompression ? RdbCompression::kOn : RdbCompression::kOff,
       .checksum = config.rdbchecksum},
      &image);
  writer.Begin();
  writer.Fact("redis-ver", "7.2.6");
  writer.Fact("redis-bits", "64");
  writer.Fact("ctime", std::to_string(keyspace.now_ms() / 1000));
  writer.Fact("aof-base", "0");
  for (const int database : keyspace.UsedDatabases()) {
    const size_t keys = keyspace.Size(database);
    if (keys == 0) continue;
    writer.SelectDatabase(database, keys, keyspace.CountWithDeadline(database));
    keyspace.ForEachIn(database, [&](const Entry& entry) { writer.Add(entry); });
  }
  writer.End();
  return image;
}

}  // namespace redstart
