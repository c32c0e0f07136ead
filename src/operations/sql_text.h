// Just enough of SQL's lexical rules to cut text at its top level. What the parts mean is the parser's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakelet::operations {

// The offset behind the string, quoted name, dollar-quoted string or comment that starts at `at`; `at` itself if none
// does. An unfinished one reaches to the end.
std::size_t skip_quoted(std::string_view text, std::size_t at);

// Offsets of every `wanted` outside of quotes, comments, parentheses, brackets and braces, in order.
std::vector<std::size_t> top_level(std::string_view text, char wanted);

std::string trim(std::string_view text);

// "my ""col""" -> my "col"; a plain name as it is. Throws Error(InvalidArgument) for what isn't one name. A leading
// `qualifier.` ("target.") is dropped.
std::string unquote_name(std::string_view text, std::string_view qualifier);

}  // namespace lakelet::operations
