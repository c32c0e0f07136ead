// Checks of SQL text that becomes a part of a larger statement: it must be, alone, exactly what its place needs, so
// that no text can end its place and begin something else.
#pragma once

#include <string>

namespace lakelet::sql {

// Throws Error(InvalidArgument) unless `text` is exactly one expression without an alias: "a > 1 and b in (1, 2)". The
// message says `what` it was meant to be ("predicate"), quotes it and gives the position. Only parses: names aren't
// looked up. Subqueries are expressions.
void require_expression(const std::string& text, const std::string& what);

// The same for exactly one query that gives rows: SELECT, WITH ... SELECT, VALUES, FROM.
void require_query(const std::string& text, const std::string& what);

}  // namespace lakelet::sql
