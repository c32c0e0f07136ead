// Holds what a query gave against what a script expects. Pure.
#pragma once

#include <string>
#include <vector>

#include "script.h"

namespace lakelet::sqltest {

// Values row by row, each as text: NULL for null, (empty) for an empty string, 1 and 0 for booleans.
struct ResultText {
  std::size_t columns = 0;
  std::vector<std::string> values;
};

// Empty if the result is the expected one; otherwise what differs, in a line or more.
// Understands row-wise (tab-separated) and value-wise expectations, "N values hashing to MD5", <REGEX>: and <!REGEX>:.
std::string check_result(const Command& query, ResultText result);

// The 32 hex digits of the MD5 of each value followed by a newline, as the dialect hashes results.
std::string hash_of(const std::vector<std::string>& values);

// Whether an error text is the expected one: a part of it, or a <REGEX>: of all of it. No expectation: any.
bool matches_error(const std::vector<std::string>& expected, const std::string& error);

}  // namespace lakelet::sqltest
