// How a stored column becomes one of the table's where DuckDB's own mapping of columns isn't enough.
#pragma once

#include <duckdb.hpp>
#include <duckdb/planner/expression.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lakelet::engine {

// A tree: of the column, of its fields, elements, keys and values.
struct Conversion {
  enum class Kind {
    Same,              // nothing to do
    Unbounded,         // nothing to do, but filters must not go by the stored bounds
    Cast,              // as DuckDB casts; a value that doesn't fit is an error
    Constant,          // the file doesn't have it: `constant` in every row
    Variant,           // Parquet's encoding of variants
    NanosToMicros,     // a value with nanoseconds is an error
    JulianDays,        // a date of the calendar that was in use in 1582
    JulianMicros,      // a timestamp of it, in UTC
    OldMicrosRefused,  // a timestamp of it in another time zone: before 1900 an error
    Struct,            // each of `parts` from the field `sources[i]` of the stored struct
    List,              // parts: the element; a map: the struct of key and value
    Padded,            // text with spaces up to `width` characters
    OneFieldOf,        // a struct whose only field is what is stored (two-level lists)
  };
  Kind kind = Kind::Same;
  duckdb::LogicalType from, to;
  std::vector<Conversion> parts{};
  std::vector<std::size_t> sources{};
  duckdb::Value constant{};
  std::int32_t width = 0;
  std::string column{};  // for errors
};

// An expression of the type conversion.to over the stored column, which `stored` yields. It throws, passed through,
// Error(CorruptTable) or Error(UnsupportedFeature) naming the column for values that can't be converted.
duckdb::unique_ptr<duckdb::Expression> convert_expression(std::shared_ptr<const Conversion> conversion,
                                                          duckdb::unique_ptr<duckdb::Expression> stored);

}  // namespace lakelet::engine
