#ifndef REDSTART_SERVER_CONFIG_WORDS_H_
#define REDSTART_SERVER_CONFIG_WORDS_H_

// How a configuration line is cut into words, and how a word is written so that it survives being
// cut again.
//
// The grammar is that of redis.conf: words are separated by blanks; "..." knows \n \r \t \b \a \xHH
// and takes any other escaped character as it is; '...' knows only \'. A quote may open inside a
// word, and a closing quote must be followed by a blank or the end. No state, any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// The words of `line`, or nothing if a quote is left open or is followed by more text.
std::optional<std::vector<std::string>> SplitWords(std::string_view line);

// `word` in double quotes, with escapes.
std::string QuoteWord(std::string_view word);

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_WORDS_H_
