// The path in an action: a URI reference after RFC 2396, relative to the table
// or absolute (data_path.h makes new ones).
#pragma once

#include <string>
#include <string_view>

namespace lakelet::delta {

// The same file written in two ways gives the same text: percent codes decoded,
// "file:" taken off a local path.
std::string canonical_path(std::string_view path);
// Whether canonical_path() is sure to give the very same text: so it is with
// most, and they can be spared the copy.
bool is_canonical(std::string_view path);

// Where the file is, as StoreRegistry::resolve takes it: below the table for a
// relative path. CorruptTable when it holds a zero byte, which no store's path can.
std::string resolve_path(std::string_view path, const std::string& table_uri);

// The path in the log of a file that doesn't lie below the table: "file:/a/b" for a local one. Spelled as Hadoop spells
// it, with one slash and with letters beyond ASCII as they are: Spark looks for the text of the path, not for the file,
// when it gives a file a deletion vector.
std::string absolute_log_path(std::string_view uri);

}  // namespace lakelet::delta
