// Paths within a store: '/'-separated text, compared by bytes.
#pragma once

#include <string>
#include <string_view>

namespace lakelet {

// Drops "." and empty parts and resolves ".." by the text alone (never above the root or the start). A leading '/'
// stays; a trailing one goes, but for the root itself.
std::string normalise_path(std::string_view path);

// What stands before the last '/': "/a" for "/a/b", "/" for "/a", "" for "a".
std::string_view parent_path(std::string_view path);
// What stands after it.
std::string_view last_part(std::string_view path);
// `folder` and a name below it with exactly one '/' between; an empty folder adds none.
std::string join_path(std::string_view folder, std::string_view name);

// Whether an object below `folder` (with its trailing '/') may be greater than `start_after`.
bool reaches_beyond(std::string_view folder, std::string_view start_after);

}  // namespace lakelet
