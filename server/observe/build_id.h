#ifndef REDSTART_SERVER_OBSERVE_BUILD_ID_H_
#define REDSTART_SERVER_OBSERVE_BUILD_ID_H_

// Which build of the program this is: the first eight bytes of the id that the linker puts into an
// executable (ELF note NT_GNU_BUILD_ID, a hash of its contents), as hexadecimal digits. Read from
// memory once; any thread.

#include <string>

namespace redstart {

// "0000000000000000" if the linker was told to leave the id out.
const std::string& BuildId();

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_BUILD_ID_H_
