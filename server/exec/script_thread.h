#ifndef REDSTART_SERVER_EXEC_SCRIPT_THREAD_H_
#define REDSTART_SERVER_EXEC_SCRIPT_THREAD_H_

// What scripting keeps for one thread: its interpreter. A dispatcher owns one without knowing more
// about it; server/scripting makes and uses it.

namespace redstart {

class ScriptThread {
 public:
  virtual ~ScriptThread() = default;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SCRIPT_THREAD_H_
