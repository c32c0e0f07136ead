// Which values may go into which column without a cast in the text: those that arrive as they were, or not at all.
#pragma once

#include <duckdb.hpp>

namespace lakelet::sql {

// Whether a value of type `from` keeps its meaning in a column of type `to`: the same type, a wider one, an integer of
// another width or a decimal of fewer digits (checked row by row), a date as its midnight, a wall clock as UTC (to the
// column's precision), a double as the nearest float, a struct field by field (those that it lacks are NULL). Nothing
// becomes text, no text becomes anything else, and no fraction is cut.
bool assignable(const duckdb::LogicalType& from, const duckdb::LogicalType& to);

// The same for a value that stands in the statement's text: any that the column's type can hold as it is written.
bool literal_fits(const duckdb::Value& value, const duckdb::LogicalType& to);

}  // namespace lakelet::sql
