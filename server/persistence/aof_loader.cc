#include "server/persistence/aof_loader.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/config/config_store.h"
#include "server/exec/arg_reader.h"
#include "server/exec/clock.h"
#include "server/exec/command_table.h"
#include "server/exec/dispatcher.h"
#include "server/exec/reply_gate.h"
#include "server/exec/session.h"
#include "server/exec/stats.h"
#include "server/observe/latency_monitor.h"
#include "server/observe/log.h"
#include "server/observe/slow_log.h"
#include "server/persistence/aof_folder.h"
#include "server/persistence/aof_parser.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

constexpr std::string_view kRdbSignature = "REDIS";
// How often the counters and the page cache hear of the progress.
constexpr size_t kProgressStep = size_t{1} << 20;
// So many commands that were refused are logged; the others are counted.
constexpr uint64_t kLoggedErrors = 10;
constexpr std::string_view kRepair =
    "make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>";

// In the log and as the reason why the server does not start.
absl::Status Fatal(const std::string& text) {
  return absl::FailedPreconditionError(text);
}

}  // namespace

// A session that repeats commands, and what it needs of its own.
class AofLoader::Replayer {
 public:
  explicit Replayer(const Services& services)
      : stats_(services.commands->size()),
        mailbox_([] {}),
        dispatcher_(Private(services)),
        session_(0, {.is_loopback = true}, services.clock->NowMicros() / 1000, &mailbox_) {
    session_.authenticated = true;
  }

  RequestBatch& batch() { return batch_; }
  bool in_transaction() const { return session_.in_transaction(); }
  // Each file begins in the first database.
  void BeginFile() { session_.database = 0; }
  // Repeats the batch and empties it. Returns how many commands it knew.
  size_t Run() {
    ReplyBuilder reply(&replies_);
    const size_t known = dispatcher_.Replay(session_, batch_, reply);
    NoteErrors(reply);
    replies_.Clear();
    if (known == batch_.size()) batch_.Clear();
    // Nobody is left waiting: who waits for keys was told by the commands that fill them.
    Mailbox::FlushWakes();
    return known;
  }
  // Drops a transaction that was never executed.
  void Abandon() {
    session_.EndTransaction();
    dispatcher_.Leave(session_);
  }
  uint64_t errors() const { return errors_; }

 private:
  // Nothing that is repeated is recorded, counted, or noted as slow; and nothing that keeps clients
  // from writing keeps it from being repeated.
  Services Private(const Services& services) {
    Services own = services;
    own.journal = &journal_;
    own.gate = &gate_;
    own.stats = &stats_;
    own.state = &state_;
    own.slow_log = &slow_log_;
    own.latency_monitor = &latency_monitor_;
    return own;
  }
  void NoteErrors(const ReplyBuilder& reply) {
    if (reply.error_count() == 0) return;
    errors_ += reply.error_count();
    if (errors_ > kLoggedErrors) return;
    logging::Warning("A command of the append-only file was refused: {}", reply.last_error());
  }

  Journal journal_;
  ReplyGate gate_;
  StatsBoard stats_;
  ServerState state_;
  SlowLog slow_log_;
  LatencyMonitor latency_monitor_;
  Mailbox mailbox_;
  Dispatcher dispatcher_;
  Session session_;
  RequestBatch batch_;
  ReplyBuffer replies_;
  uint64_t errors_ = 0;
};

AofLoader::AofLoader(const Services& services, RdbLoader* rdb) : services_(services), rdb_(rdb) {}

AofLoader::~AofLoader() = default;

absl::Status AofLoader::Load(const AofManifest& manifest) {
  config_ = services_.config->current();
  abort_ = false;
  files_bytes_ = 0;
  file_bytes_ = 0;
  uint64_t total = 0;
  const std::vector<std::string> names = manifest.FilesToLoad();
  for (const std::string& name : names) {
    const absl::StatusOr<uint64_t> size = aof_folder::SizeOf(*config_, name);
    if (!size.ok()) return Fatal(std::string(size.status().message()));
    total += *size;
  }
  total_bytes_ = total;
  if (total == 0) return absl::NotFoundError("there is nothing to load");
  replayer_ = std::make_unique<Replayer>(services_);
  absl::Status status;
  for (size_t i = 0; i < names.size() && status.ok(); ++i) {
    const uint64_t started = services_.clock->NowMicros();
    status = LoadFile(names[i], i + 1 == names.size());
    if (!status.ok()) break;
    const bool is_base = i == 0 && manifest.base().has_value();
    logging::Notice("DB loaded from {} file {}: {:.3f} seconds", is_base ? "base" : "incr",
                    names[i],
                    static_cast<double>(services_.clock->NowMicros() - started) / 1'000'000);
  }
  if (replayer_->errors() > 0) {
    logging::Warning("{} commands of the append-only file were refused.", replayer_->errors());
  }
  replayer_ = nullptr;
  return status;
}

absl::Status AofLoader::LoadFile(const std::string& name, bool is_last) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(aof_folder::PathOf(*config_, name));
  if (!file.ok()) {
    return Fatal("Fatal error: can't open the append log file " + name +
                 " for reading: " + std::string(file.status().message()));
  }
  replayer_->BeginFile();
  size_t begin = 0;
  if (file->bytes().starts_with(kRdbSignature)) {
    const bool is_old = name == config_->appendfilename;
    logging::Notice("{}", is_old ? "Reading RDB preamble from AOF file..."
                                 : "Reading RDB base file on AOF loading...");
    const absl::Status status = rdb_->LoadPreamble(&*file, &begin);
    if (absl::IsAborted(status)) return status;
    if (!status.ok()) {
      return Fatal("Error reading the " +
                   std::string(is_old ? "RDB preamble of the AOF" : "RDB base") + " file " + name +
                   ", AOF loading aborted: " + std::string(status.message()));
    }
    if (is_old) logging::Notice("Reading the remaining AOF tail...");
  }
  absl::Status status = Replay(name, &*file, begin, is_last);
  files_bytes_ += file->bytes().size();
  file_bytes_ = 0;
  return status;
}

absl::Status AofLoader::Replay(const std::string& name, MappedFile* file, size_t begin,
                               bool is_last) {
  AofParser parser(file->bytes(), begin);
  RequestBatch& batch = replayer_->batch();
  std::vector<size_t> positions;
  size_t reported = begin;
  size_t multi_at = 0;
  const auto run = [&]() -> absl::Status {
    const size_t known = replayer_->Run();
    if (known == positions.size()) {
      positions.clear();
      return absl::OkStatus();
    }
    return Fatal("Unknown command '" + std::string(batch[known][0]) +
                 "' reading the append only file " + name + " at offset " +
                 std::to_string(positions[known]));
  };
  for (;;) {
    if (abort_.load(std::memory_order_relaxed)) return absl::AbortedError("loading was called off");
    const size_t at = parser.position();
    const AofParser::Item item = parser.Next();
    if (item == AofParser::Item::kCommand) {
      if (SameWord(parser.args()[0], "multi")) multi_at = at;
      positions.push_back(at);
      for (const std::string_view arg : parser.args()) batch.AddArg(arg);
      batch.FinishRequest();
      if (config_->key_load_delay > 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(config_->key_load_delay));
      }
      // A SELECT says for what is behind it which keys are to be fetched.
      if (!batch.full() && !SameWord(parser.args()[0], "select")) continue;
    }
    if (!positions.empty()) {
      if (const absl::Status status = run(); !status.ok()) return status;
    }
    if (parser.position() - reported >= kProgressStep) {
      reported = parser.position();
      file_bytes_.store(reported, std::memory_order_relaxed);
      file->Forget(reported);
      services_.keyspace->reclaimer().Collect();
    }
    switch (item) {
      case AofParser::Item::kCommand:
      case AofParser::Item::kTime:
        break;
      case AofParser::Item::kDamaged:
        return Fatal("Bad file format reading the append only file " + name + " at offset " +
                     std::to_string(parser.position()) + ": " + std::string(kRepair));
      case AofParser::Item::kEnd:
        if (!replayer_->in_transaction()) return absl::OkStatus();
        [[fallthrough]];
      case AofParser::Item::kCutOff: {
        const bool open = replayer_->in_transaction();
        if (open) {
          logging::Warning("Revert incomplete MULTI/EXEC transaction in AOF file {}", name);
          replayer_->Abandon();
        }
        return CutOff(name, open ? multi_at : parser.position(), is_last);
      }
    }
  }
}

absl::Status AofLoader::CutOff(const std::string& name, size_t position, bool is_last) {
  if (!is_last) {
    return Fatal("Unexpected end of file reading the append only file " + name + " at offset " +
                 std::to_string(position) +
                 ". Fatal error: the truncated file is not the last file");
  }
  if (!config_->aof_load_truncated) {
    return Fatal("Unexpected end of file reading the append only file " + name + " at offset " +
                 std::to_string(position) + ". You can: 1) " + std::string(kRepair) +
                 ". 2) Alternatively you can set the 'aof-load-truncated' configuration option to "
                 "yes and restart the server.");
  }
  logging::Warning("!!! Warning: short read while loading the AOF file {}!!!", name);
  logging::Warning("!!! Truncating the AOF {} at offset {} !!!", name, position);
  const std::string path = aof_folder::PathOf(*config_, name);
  if (truncate(path.c_str(), static_cast<off_t>(position)) != 0) {
    return Fatal("Error truncating the AOF file " + name + ": " + std::strerror(errno));
  }
  logging::Warning("AOF {} loaded anyway because aof-load-truncated is enabled", name);
  return absl::OkStatus();
}

}  // namespace redstart
