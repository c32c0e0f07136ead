// Spark SQL's spelling of an expression as DuckDB's: `names`, "text", 1L, ==, <=>, !, DIV. Only the words change; what
// the functions and types mean is spark_expression's.
#pragma once

#include <string>
#include <string_view>

namespace lakelet::sql {

// Every name and function comes out in quotes, so that none is taken for a keyword. Throws Error(UnsupportedFeature)
// that says which sign or word has no equal; what no parser will take comes out as it is.
std::string spark_to_engine_text(std::string_view text);

}  // namespace lakelet::sql
