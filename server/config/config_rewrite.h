#ifndef REDSTART_SERVER_CONFIG_CONFIG_REWRITE_H_
#define REDSTART_SERVER_CONFIG_CONFIG_REWRITE_H_

// The text of a configuration file after CONFIG REWRITE: the old one, with comments, order and
// includes as they were, in which every option has the value that is in force.
//
// An option that is in the text keeps its place, under its present name; one that is not is added
// at the end if its value is not the default. Lines too many go. A line that means nothing becomes
// a comment beginning with "# ???". As CONFIG REWRITE of Redis 7.2 does it. A pure function.

#include <string>
#include <string_view>

#include "server/config/config.h"

namespace redstart {

enum class RewriteScope {
  kWhatDiffers,  // Options at their default are not added.
  kEverything,   // They are, too.
};

std::string RewriteConfigText(std::string_view old_text, const Config& config, RewriteScope scope);

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_CONFIG_REWRITE_H_
