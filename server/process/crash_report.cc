#include "server/process/crash_report.h"

#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "server/observe/log.h"

namespace redstart {
namespace {

#ifdef REDSTART_SANITIZED
constexpr bool kIsAvailable = false;
#else
constexpr bool kIsAvailable = true;
#endif

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int kMaxFrames = 100;

// A stack of its own: the crash may be that the other one is full.
alignas(16) std::array<char, 64 * 1024> g_stack;

void Put(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void PutNumber(int descriptor, uint64_t value, unsigned base) {
  char digits[24];
  size_t at = sizeof(digits);
  do {
    digits[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  Put(descriptor, {digits + at, sizeof(digits) - at});
}

void Report(int signal, siginfo_t* info, void*) {
  const int log = logging::Descriptor();
  Put(log, "\n\n=== REDSTART BUG REPORT START: Cut & paste starting from here ===\n");
  Put(log, "Redstart " REDSTART_VERSION " crashed by signal: ");
  PutNumber(log, static_cast<uint64_t>(signal), 10);
  Put(log, ", si_code: ");
  if (info->si_code < 0) Put(log, "-");
  PutNumber(log, static_cast<uint64_t>(info->si_code < 0 ? -info->si_code : info->si_code), 10);
  if (signal == SIGSEGV || signal == SIGBUS) {
    Put(log, "\nAccessing address: 0x");
    PutNumber(log, reinterpret_cast<uintptr_t>(info->si_addr), 16);
  }
  if (info->si_code == SI_USER) {
    Put(log, "\nKilled by PID: ");
    PutNumber(log, static_cast<uint64_t>(info->si_pid), 10);
    Put(log, ", UID: ");
    PutNumber(log, info->si_uid, 10);
  }
  Put(log, "\n\n------ STACK TRACE ------\n");
  void* frames[kMaxFrames];
  backtrace_symbols_fd(frames, backtrace(frames, kMaxFrames), log);
  Put(log, "\n=== REDSTART BUG REPORT END. Make sure to include from START to END. ===\n\n");
  // SA_RESETHAND has put the default back.
  raise(signal);
}

}  // namespace

void EnableCrashReports(bool enable) {
  if (!kIsAvailable) return;
  // The first call loads a library, which a handler must not do.
  void* frame = nullptr;
  backtrace(&frame, 1);
  stack_t stack = {};
  stack.ss_sp = g_stack.data();
  stack.ss_size = g_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  sigemptyset(&action.sa_mask);
  if (enable) {
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    action.sa_sigaction = Report;
  } else {
    action.sa_handler = SIG_DFL;
  }
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace redstart
