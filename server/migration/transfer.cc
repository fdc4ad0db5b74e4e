#include "server/migration/transfer.h"

#include <algorithm>
#include <string_view>

#include "storage/disk/journal.h"

namespace redstart {
namespace {

// The pipeline that asks for everything.
std::string EncodeRequests(const MigrationRequest& request, const std::vector<MigratedKey>& keys,
                           uint64_t now_ms, bool selects) {
  std::string bytes;
  const auto add = [&](const std::vector<std::string_view>& words) {
    AppendEncodedCommand(words, &bytes);
  };
  if (!request.password.empty()) {
    if (request.user.empty()) {
      add({"AUTH", request.password});
    } else {
      add({"AUTH", request.user, request.password});
    }
  }
  if (selects) add({"SELECT", std::to_string(request.database)});
  for (const MigratedKey& key : keys) {
    if (key.payload.empty()) {
      add({"DEL", key.name});
      continue;
    }
    // 0 means forever there, so what is just about to expire gets a millisecond.
    const uint64_t ttl = key.deadline_ms == MigratedKey::kNoDeadline
                             ? 0
                             : std::max(key.deadline_ms, now_ms + 1) - now_ms;
    const std::string ttl_text = std::to_string(ttl);
    std::vector<std::string_view> words = {"RESTORE", key.name, ttl_text, key.payload};
    if (request.replace || key.replace) words.push_back("REPLACE");
    add(words);
  }
  return bytes;
}

class Conversation {
 public:
  Conversation(const MigrationRequest& request, size_t keys, RemoteServer* server)
      : request_(request), server_(server) {
    result_.arrived.resize(keys);
  }

  TransferResult Run(const std::string& requests, bool selects) {
    if (!server_->Send(requests, request_.timeout_ms)) return Broken("writing");
    bool is_ready = true;
    if (!request_.password.empty() && !ReadOk(&is_ready)) return Broken("reading");
    if (selects) {
      if (!ReadOk(&is_ready)) return Broken("reading");
      server_->database = is_ready ? request_.database : -1;
    }
    for (size_t i = 0; i < result_.arrived.size(); ++i) {
      bool accepted = true;
      if (!ReadOk(&accepted)) return Broken("reading");
      result_.arrived[i] = is_ready && accepted;
    }
    return std::move(result_);
  }

 private:
  // Reads a reply; an error clears `ok`, and the first one is the client's to know. False if there
  // was none.
  bool ReadOk(bool* ok) {
    RespValue reply;
    if (!server_->ReadReply(&reply, request_.timeout_ms)) return false;
    if (!reply.IsError()) return true;
    *ok = false;
    if (result_.error.empty()) {
      result_.error = "ERR Target instance replied with error: " + reply.text();
    }
    return true;
  }

  TransferResult Broken(std::string_view doing) {
    result_.connection_broke = true;
    result_.timed_out = server_->timed_out();
    if (result_.error.empty()) {
      result_.error = "IOERR error or timeout " + std::string(doing) + " to target instance";
    }
    return std::move(result_);
  }

  const MigrationRequest& request_;
  RemoteServer* const server_;
  TransferResult result_;
};

}  // namespace

TransferResult TransferKeys(const MigrationRequest& request, const std::vector<MigratedKey>& keys,
                            uint64_t now_ms, RemoteServer* server) {
  const bool selects = server->database != request.database;
  return Conversation(request, keys.size(), server)
      .Run(EncodeRequests(request, keys, now_ms, selects), selects);
}

}  // namespace redstart
