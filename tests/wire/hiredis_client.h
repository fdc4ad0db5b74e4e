#ifndef REDSTART_TESTS_WIRE_HIREDIS_CLIENT_H_
#define REDSTART_TESTS_WIRE_HIREDIS_CLIENT_H_

// A client through hiredis (RESP2 only): what many clients in other languages are built on.

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/wire/server_process.h"

namespace redstart {

class HiredisClient {
 public:
  struct Reply {
    int type = REDIS_REPLY_ERROR;
    std::string text;  // Of strings, states and errors.
    long long integer = 0;
  };

  explicit HiredisClient(int port) : context_(redisConnect("127.0.0.1", port)) {
    const timeval patience = {.tv_sec = kPatience.count(), .tv_usec = 0};
    if (context_ != nullptr) redisSetTimeout(context_.get(), patience);
  }

  Reply Run(const std::vector<std::string>& args) {
    Append(args);
    return ReadAppended();
  }
  // Adds a request to those that are sent before the next reply is read.
  void Append(const std::vector<std::string>& args) {
    std::vector<const char*> words;
    std::vector<size_t> sizes;
    for (const std::string& arg : args) {
      words.push_back(arg.data());
      sizes.push_back(arg.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(args.size()), words.data(),
                           sizes.data());
  }
  Reply ReadAppended() {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK) return {.text = context_->errstr};
    const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(raw));
    Reply result = {.type = reply->type, .text = {}, .integer = reply->integer};
    if (reply->str != nullptr) result.text.assign(reply->str, reply->len);
    return result;
  }

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };

  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_WIRE_HIREDIS_CLIENT_H_
