// A path in an action: a URI reference after RFC 2396, relative to the table or absolute.
#pragma once

#include <string>
#include <string_view>

namespace lakelet::delta {

// %XX becomes the byte; anything else stays, a '+' too.
std::string decode_path(std::string_view path);

// Percent-encodes what can't stand in a URI's path as Spark and Hadoop do; '/', '=' and '+' stay.
std::string encode_path(std::string_view path);

// The same file written in two ways gives the same text: decoded, "file:" taken off a local absolute path.
std::string canonical_path(std::string_view path);

// Where the file is, as StoreRegistry::resolve takes it: below the table for a relative path.
std::string resolve_path(std::string_view path, const std::string& table_uri);

}  // namespace lakelet::delta
