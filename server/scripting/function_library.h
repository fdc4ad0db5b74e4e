#ifndef REDSTART_SERVER_SCRIPTING_FUNCTION_LIBRARY_H_
#define REDSTART_SERVER_SCRIPTING_FUNCTION_LIBRARY_H_

// A library of functions, and how it is made: its code runs once, and registers functions.
//
// Owned by the function registry; its functions live in the registry's interpreter.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/scripting/lua_vm.h"

namespace redstart {

struct Function {
  std::string name;
  std::optional<std::string> description;
  uint32_t flags = 0;  // ScriptFlag.
  int callback = 0;    // Its number in Lua's registry.
};

struct Library {
  std::string name;
  std::string source;
  std::map<std::string, Function, std::less<>> functions;
};

// An interpreter for libraries and their functions.
std::unique_ptr<LuaVm> MakeFunctionVm();
// Runs a library's code for at most `limit_ms` (0: without limit), and leaves its functions in it.
// Returns an error, or an empty text.
std::string RunLibraryCode(LuaVm* vm, std::string_view code, uint64_t limit_ms, Library* library);
// Takes a library's functions out of the interpreter.
void ReleaseFunctions(LuaVm* vm, const Library& library);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_FUNCTION_LIBRARY_H_
