#ifndef REDSTART_PROTOCOL_INLINE_REQUEST_H_
#define REDSTART_PROTOCOL_INLINE_REQUEST_H_

// Splits an inline request (what a person types into telnet) into arguments. Blanks separate them;
// "double quotes" know \n \r \t \b \a, \xHH and a backslash before anything else, 'single quotes'
// only \'. A closing quote must end its argument. These are the rules of Redis's inline requests.
// Stateless; the parser owns the only use of it.

#include <string_view>

#include "protocol/request.h"

namespace redstart {

// Adds the arguments of `line` (without its line end, and without NUL bytes) to the batch's open
// request: views into `line`, or into the batch's arena where quotes had to go. False if quotes are
// unbalanced; some arguments may be added then.
bool SplitInline(std::string_view line, RequestBatch* batch);

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_INLINE_REQUEST_H_
