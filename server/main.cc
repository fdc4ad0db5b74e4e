// redstart-server: reads the command line and the configuration, then runs the server.

#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "server/config/command_line.h"
#include "server/observe/log.h"
#include "server/server.h"

namespace {

int Complain(const absl::Status& status) {
  std::cerr << status.message() << std::endl;
  return EXIT_FAILURE;
}

std::string AbsolutePath(const std::string& path) {
  char resolved[PATH_MAX];
  return path.empty() || realpath(path.c_str(), resolved) == nullptr ? path : resolved;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto command_line = redstart::ParseCommandLine(arguments);
  if (!command_line.ok()) return Complain(command_line.status());
  if (command_line->action == redstart::CommandLine::Action::kPrintVersion) {
    std::cout << redstart::VersionText();
    return EXIT_SUCCESS;
  }
  if (command_line->action == redstart::CommandLine::Action::kPrintUsage) {
    std::cerr << redstart::UsageText();
    return EXIT_FAILURE;
  }
  const std::string config_file = AbsolutePath(command_line->config_file);
  const auto config = redstart::LoadConfig(*command_line, std::cin);
  if (!config.ok()) return Complain(config.status());
  // A relative logfile lies in `dir`.
  if (chdir(config->dir.c_str()) != 0) {
    std::perror(("dir " + config->dir).c_str());
    return EXIT_FAILURE;
  }
  redstart::logging::SetLevel(config->loglevel);
  if (const absl::Status status = redstart::logging::Open(config->logfile); !status.ok()) {
    return Complain(status);
  }
  redstart::Server server(*config,
                          {.executable = AbsolutePath(argv[0]), .config_file = config_file});
  return server.Run();
}
