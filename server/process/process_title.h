#ifndef REDSTART_SERVER_PROCESS_PROCESS_TITLE_H_
#define REDSTART_SERVER_PROCESS_PROCESS_TITLE_H_

// What ps(1) shows as the command line of the server: `proc-title-template`, filled in.
//
// Linux shows the bytes between the arguments that the process was started with, so a title is
// written over them and over the environment behind them, of both of which copies are made first.
// One per process. Call Claim before there are other threads; Set under no lock, one call at a
// time. Source: proc(5), /proc/pid/cmdline.

#include <cstddef>
#include <string>
#include <string_view>

#include "server/config/config.h"

namespace redstart {

class ProcessTitle {
 public:
  // Takes over the memory of main's arguments. Their addresses change: argv points to copies then.
  static ProcessTitle Claim(int argc, char** argv);

  // Shows a title, as much of it as fits.
  void Set(std::string_view title) const;

 private:
  ProcessTitle(char* begin, size_t size) : begin_(begin), size_(size) {}

  char* begin_;
  size_t size_;
};

// `proc-title-template` with its variables replaced. `title` is what the process was called as.
std::string ExpandTitle(const Config& config, std::string_view title, std::string_view config_file);

}  // namespace redstart

#endif  // REDSTART_SERVER_PROCESS_PROCESS_TITLE_H_
