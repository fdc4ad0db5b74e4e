// redstart-server: reads the command line and the configuration, then runs the server.

#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "server/commands/command_families.h"
#include "server/config/command_line.h"
#include "server/exec/command_table.h"
#include "server/healthcheck.h"
#include "server/observe/log.h"
#include "server/persistence/aof_restore.h"
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

int ReportHealth(const redstart::Config& config) {
  const absl::Status status = redstart::CheckHealth(config);
  return status.ok() ? EXIT_SUCCESS : Complain(status);
}

int Restore(const redstart::CommandLine& command_line, const redstart::Config& config) {
  const auto second = redstart::ParsePointInTime(command_line.restore_to);
  if (!second) return Complain(absl::InvalidArgumentError("--restore-to: that is no time"));
  const auto report = command_line.restore_into.empty()
                          ? redstart::DescribeRestore(config, *second)
                          : redstart::RestoreTo(config, *second, command_line.restore_into);
  if (!report.ok()) return Complain(report.status());
  std::cout << *report;
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "--healthcheck") {
    const std::vector<std::string> served = redstart::ArgumentsOfFirstProcess();
    arguments.insert(arguments.end(), served.begin(), served.end());
  }
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
  const auto environment = redstart::ReadEnvironment();
  if (!environment.ok()) return Complain(environment.status());
  const auto config = redstart::LoadConfig(*command_line, *environment, std::cin);
  if (!config.ok()) return Complain(config.status());
  if (const absl::Status status =
          redstart::CheckRenames(redstart::AllCommandFamilies(), config->renamed_commands);
      !status.ok()) {
    return Complain(status);
  }
  if (command_line->action == redstart::CommandLine::Action::kCheckHealth) {
    return ReportHealth(*config);
  }
  if (command_line->action == redstart::CommandLine::Action::kRestore) {
    return Restore(*command_line, *config);
  }
  // A relative logfile lies in `dir`.
  if (chdir(config->dir.c_str()) != 0) {
    std::perror(("dir " + config->dir).c_str());
    return EXIT_FAILURE;
  }
  redstart::logging::SetLevel(config->loglevel);
  if (const absl::Status status = redstart::logging::Open(config->logfile); !status.ok()) {
    return Complain(status);
  }
  if (config->syslog_enabled) {
    redstart::logging::AlsoToSyslog(config->syslog_ident, config->syslog_facility);
  }
  const std::string executable = AbsolutePath(argv[0]);
  const auto supervisor = redstart::Supervisor::Detect(config->supervised);
  if (config->daemonize && !supervisor.is_present()) redstart::Daemonize();
  redstart::Server server(*config, {.executable = executable,
                                    .config_file = config_file,
                                    .title = redstart::ProcessTitle::Claim(argc, argv),
                                    .supervisor = supervisor});
  return server.Run();
}
