#include <algorithm>
#include <climits>

#include "server/config/options.h"

namespace redstart {
namespace {

constexpr Spelling kLogLevels[] = {
    {"debug", static_cast<int>(LogLevel::kDebug)},
    {"verbose", static_cast<int>(LogLevel::kVerbose)},
    {"notice", static_cast<int>(LogLevel::kNotice)},
    {"warning", static_cast<int>(LogLevel::kWarning)},
    {"nothing", static_cast<int>(LogLevel::kNothing)},
};

constexpr Spelling kSupervisors[] = {
    {"upstart", static_cast<int>(Supervised::kUpstart)},
    {"systemd", static_cast<int>(Supervised::kSystemd)},
    {"auto", static_cast<int>(Supervised::kAuto)},
    {"no", static_cast<int>(Supervised::kNo)},
};

constexpr Spelling kFacilities[] = {
    {"user", static_cast<int>(SyslogFacility::kUser)},
    {"local0", static_cast<int>(SyslogFacility::kLocal0)},
    {"local1", static_cast<int>(SyslogFacility::kLocal1)},
    {"local2", static_cast<int>(SyslogFacility::kLocal2)},
    {"local3", static_cast<int>(SyslogFacility::kLocal3)},
    {"local4", static_cast<int>(SyslogFacility::kLocal4)},
    {"local5", static_cast<int>(SyslogFacility::kLocal5)},
    {"local6", static_cast<int>(SyslogFacility::kLocal6)},
    {"local7", static_cast<int>(SyslogFacility::kLocal7)},
};

constexpr Spelling kOomModes[] = {
    {"no", static_cast<int>(OomScoreAdj::kNo)},
    {"yes", static_cast<int>(OomScoreAdj::kRelative)},
    {"relative", static_cast<int>(OomScoreAdj::kRelative)},
    {"absolute", static_cast<int>(OomScoreAdj::kAbsolute)},
};

constexpr Spelling kShutdownFlags[] = {
    {"default", kShutdownDefault}, {"save", kShutdownSave},   {"nosave", kShutdownNoSave},
    {"now", kShutdownNow},         {"force", kShutdownForce},
};

constexpr Spelling kProtectedActions[] = {
    {"no", static_cast<int>(ProtectedAction::kNo)},
    {"yes", static_cast<int>(ProtectedAction::kYes)},
    {"local", static_cast<int>(ProtectedAction::kLocal)},
};

constexpr Spelling kPubsubDefaults[] = {
    {"allchannels", static_cast<int>(AclPubsubDefault::kAllChannels)},
    {"resetchannels", static_cast<int>(AclPubsubDefault::kResetChannels)},
};

template <auto kField>
constexpr ChoiceValue ShutdownFlags() {
  ChoiceValue value = Choice<kField>(kShutdownFlags);
  value.combines = true;
  value.check = [](int flags) -> std::string_view {
    if ((flags & kShutdownSave) == 0 || (flags & kShutdownNoSave) == 0) return {};
    return "shutdown options SAVE and NOSAVE can't be used simultaneously";
  };
  return value;
}

// A template is text with {variables}; "{{" is a brace. It must name only known ones and must not
// be blank.
std::string_view CheckTitleTemplate(std::string_view text) {
  constexpr std::string_view kWrong = "template format is invalid or contains unknown variables";
  constexpr std::string_view kVariables[] = {"title", "listen-addr", "server-mode", "config-file",
                                             "port",  "tls-port",    "unixsocket"};
  if (text.find_first_not_of(' ') == std::string_view::npos) return kWrong;
  while (true) {
    const size_t open = text.find('{');
    if (open == std::string_view::npos) return {};
    text.remove_prefix(open + 1);
    if (text.starts_with('{')) {
      text.remove_prefix(1);
      continue;
    }
    const size_t close = text.find('}');
    if (close == std::string_view::npos) return kWrong;
    if (std::ranges::find(kVariables, text.substr(0, close)) == std::end(kVariables)) return kWrong;
    text.remove_prefix(close + 1);
  }
}

absl::Status ParseOomValues(Words words, Config& config) {
  if (words.size() != config.oom_score_adj_values.size()) {
    return absl::InvalidArgumentError("wrong number of arguments");
  }
  for (size_t i = 0; i < words.size(); ++i) {
    int64_t value = 0;
    if (!ParseInteger(words[i], &value) || value < -2000 || value > 2000) {
      return absl::InvalidArgumentError(
          "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
    config.oom_score_adj_values[i] = static_cast<int>(value);
  }
  return absl::OkStatus();
}

std::string FormatOomValues(const Config& config) {
  const auto& values = config.oom_score_adj_values;
  return std::to_string(values[0]) + ' ' + std::to_string(values[1]) + ' ' +
         std::to_string(values[2]);
}

// A hint, so out of range means the nearest rate that makes sense.
int64_t ClampHz(int64_t hz) {
  return std::clamp<int64_t>(hz, 1, 500);
}

constexpr NumberValue Hz() {
  NumberValue value = Integer<&Config::hz>(0, INT_MAX);
  value.adjust = ClampHz;
  return value;
}

constexpr std::string_view kNoModules = "modules cannot be loaded";
constexpr std::string_view kNoUsers = "users and ACL rules are not built yet";
constexpr std::string_view kNoPinning =
    "threads are left to the scheduler; use taskset or cpusets to confine the process";
constexpr std::string_view kNoFork = "nothing here forks";

constexpr Option kRows[] = {
    // Who may do what.
    {.name = "requirepass", .value = Text(&Config::requirepass), .flags = kSensitive},
    {.name = "aclfile",
     .value = Text(&Config::aclfile),
     .flags = kImmutable,
     .support = Support::kRefused,
     .why = kNoUsers},
    {.name = "acllog-max-len",
     .value = Integer<&Config::acllog_max_len>(0, LONG_MAX),
     .support = Support::kNoEffect,
     .why = kNoUsers},
    {.name = "acl-pubsub-default",
     .value = Choice<&Config::acl_pubsub_default>(kPubsubDefaults),
     .support = Support::kNoEffect,
     .why = kNoUsers},
    {.name = "enable-protected-configs",
     .value = Choice<&Config::enable_protected_configs>(kProtectedActions),
     .flags = kImmutable},
    {.name = "enable-debug-command",
     .value = Choice<&Config::enable_debug_command>(kProtectedActions),
     .flags = kImmutable},
    {.name = "enable-module-command",
     .value = Choice<&Config::enable_module_command>(kProtectedActions),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoModules},

    // The process.
    {.name = "daemonize", .value = Bool(&Config::daemonize), .flags = kImmutable},
    {.name = "supervised", .value = Choice<&Config::supervised>(kSupervisors), .flags = kImmutable},
    {.name = "pidfile", .value = Text(&Config::pidfile), .flags = kImmutable},
    {.name = "databases", .value = Integer<&Config::databases>(1, INT_MAX), .flags = kImmutable},
    {.name = "hz", .value = Hz()},
    {.name = "dynamic-hz",
     .value = Bool(&Config::dynamic_hz),
     .support = Support::kNoEffect,
     .why = "clients are watched by lists of deadlines, which cost the same at any number of them"},
    {.name = "loglevel", .value = Choice<&Config::loglevel>(kLogLevels)},
    {.name = "logfile", .value = Text(&Config::logfile), .flags = kImmutable},
    {.name = "syslog-enabled", .value = Bool(&Config::syslog_enabled), .flags = kImmutable},
    {.name = "syslog-ident", .value = Text(&Config::syslog_ident), .flags = kImmutable},
    {.name = "syslog-facility",
     .value = Choice<&Config::syslog_facility>(kFacilities),
     .flags = kImmutable},
    {.name = "crash-log-enabled", .value = Bool(&Config::crash_log_enabled)},
    {.name = "crash-memcheck-enabled",
     .value = Bool(&Config::crash_memcheck_enabled),
     .support = Support::kNoEffect,
     .why = "memory is not tested; use memtester or memtest86+"},
    {.name = "always-show-logo",
     .value = Bool(&Config::always_show_logo),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = "there is no logo"},
    {.name = "set-proc-title", .value = Bool(&Config::set_proc_title), .flags = kImmutable},
    {.name = "proc-title-template",
     .value = Text(&Config::proc_title_template, CheckTitleTemplate)},
    {.name = "locale-collate",
     .value = Text(&Config::locale_collate),
     .support = Support::kNoEffect,
     .why = "texts are compared byte by byte everywhere"},
    {.name = "shutdown-on-sigint",
     .value = ShutdownFlags<&Config::shutdown_on_sigint>(),
     .flags = kMultiWord},
    {.name = "shutdown-on-sigterm",
     .value = ShutdownFlags<&Config::shutdown_on_sigterm>(),
     .flags = kMultiWord},
    {.name = "shutdown-timeout",
     .value = Integer<&Config::shutdown_timeout>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = "there are no replicas to wait for yet"},
    {.name = "oom-score-adj", .value = Choice<&Config::oom_score_adj>(kOomModes)},
    {.name = "oom-score-adj-values",
     .value = SpecialValue{ParseOomValues, FormatOomValues},
     .flags = kMultiWord},
    {.name = "disable-thp",
     .value = Bool(&Config::disable_thp),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = "huge pages hurt only a process that forks"},
    {.name = "ignore-warnings",
     .value = Text(&Config::ignore_warnings),
     .support = Support::kNoEffect,
     .why = "none of the checks that it silences is made"},
    {.name = "server_cpulist",
     .value = Text(&Config::server_cpulist),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoPinning},
    {.name = "bio_cpulist",
     .value = Text(&Config::bio_cpulist),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoPinning},
    {.name = "aof_rewrite_cpulist",
     .value = Text(&Config::aof_rewrite_cpulist),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoFork},
    {.name = "bgsave_cpulist",
     .value = Text(&Config::bgsave_cpulist),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoFork},
    {.name = "watchdog-period",
     .value = Integer<&Config::watchdog_period>(0, INT_MAX),
     .flags = kHidden,
     .support = Support::kNoEffect,
     .why = "it exists for Redis's own tests"},
    {.name = "use-exit-on-panic",
     .value = Bool(&Config::use_exit_on_panic),
     .flags = kHidden,
     .support = Support::kNoEffect,
     .why = "it exists for Redis's own tests"},
};

}  // namespace

std::span<const Option> ProcessOptions() {
  return kRows;
}

}  // namespace redstart
