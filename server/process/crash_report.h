#ifndef REDSTART_SERVER_PROCESS_CRASH_REPORT_H_
#define REDSTART_SERVER_PROCESS_CRASH_REPORT_H_

// What the log says when the process crashes: the signal, where it happened, and the stack.
//
// Installed for the process; the handler runs on whatever thread crashed, calls nothing that is
// not safe there (signal-safety(7)), and then lets the signal do what it does: a core dump, an
// exit status. Built with a sanitizer it is not installed, because that has a report of its own.

namespace redstart {

// Turns reports on or off: `crash-log-enabled`.
void EnableCrashReports(bool enable);

}  // namespace redstart

#endif  // REDSTART_SERVER_PROCESS_CRASH_REPORT_H_
