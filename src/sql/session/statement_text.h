// The text of statements before DuckDB's parser sees it.
#pragma once

#include <string>

namespace lakelet::sql {

// What DuckDB's parser doesn't take, put otherwise: identity columns, forms of ALTER, arguments called timestamp.
std::string rewritten_text(const std::string& text);

}  // namespace lakelet::sql
