// Whether what a data file stores may be read as the table's type, and how: the rules of Spark's Parquet reader, which
// the formats' other readers follow. Anything else would be a guess.
#pragma once

#include <optional>
#include <string>

#include "engine/column_conversion.h"
#include "engine/stored_columns.h"
#include "table/snapshot.h"

namespace lakelet::engine {

// Among `columns` the one for the field: by Field::id, or by file_name(), exactly or else without regard to case; then
// Error(CorruptTable) if it could be several.
std::optional<std::size_t> find_stored(const Field& field, ColumnMatching matching,
                                       const std::vector<StoredColumn>& columns);

// How `stored` becomes the field. Changes the types in `stored` to those by which it has to be read. Throws
// Error(CorruptTable) naming the column where the types don't go together, Error(UnsupportedFeature) for what lakelet
// doesn't read.
Conversion plan_conversion(const Field& field, ColumnMatching matching, const StoredFile& file, StoredColumn& stored);

// Whether DuckDB's own mapping of columns, which knows casts and absent fields, does the same.
bool is_plain(const Conversion& conversion);

// What a column is in files that don't have it.
duckdb::Value absent_value(const Field& field);

}  // namespace lakelet::engine
