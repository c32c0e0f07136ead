// "FILE_OR_TABLE_OR_SQL".
#pragma once

#include <string>

#include "lakelet/session.h"

namespace lakelet::cli {

// A query if it begins like one (select, with, from, values), a table if there is one, a file otherwise. Throws
// Error(NotFound) for what is none of them.
Source merge_source(Session& session, const std::string& text, const FileOptions& options);

bool looks_like_query(const std::string& text);

}  // namespace lakelet::cli
