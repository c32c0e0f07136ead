// How many columns of a terminal text takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lakelet::cli {

// Of UTF-8 text: wide East Asian characters and emoji take two columns, combining marks and joiners none. A byte that
// isn't UTF-8 counts one.
std::size_t display_width(std::string_view text);

// The text, cut to at most `width` columns with "…" at its end if it doesn't fit.
std::string truncate_to_width(std::string_view text, std::size_t width);

// The text on one line: line breaks, tabs and other control characters are shown escaped (\n, \t, \x1b).
std::string one_line(std::string_view text);

}  // namespace lakelet::cli
