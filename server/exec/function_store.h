#ifndef REDSTART_SERVER_EXEC_FUNCTION_STORE_H_
#define REDSTART_SERVER_EXEC_FUNCTION_STORE_H_

// Function libraries as files know them: as sources. server/scripting implements it.
//
// REQUIRES, but for Sources, which any thread may call: every shard is locked, or no client can
// write yet.

#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class FunctionStore {
 public:
  virtual ~FunctionStore() = default;
  // The sources of all libraries.
  virtual std::vector<std::string> Sources() const = 0;
  // Adds a library from a file; one of the same name is replaced if `may_replace`. Returns an
  // error, or an empty text.
  virtual std::string AddFromFile(std::string_view source, bool may_replace) = 0;
  // Forgets all of them.
  virtual void Clear() = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_FUNCTION_STORE_H_
