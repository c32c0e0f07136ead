// What a DataFile tells of its columns, as match() asks for it.
#pragma once

#include "table/partitioning.h"
#include "table/predicate.h"

namespace lakelet {

// Partition columns (identity) answer with the file's value, the others with its statistics, found without regard to
// case. The three must outlive the result. `partitioning` must be the one that file.partitioning_id names.
ColumnKnowledge known_columns(const DataFile& file, const Schema& schema, const Partitioning& partitioning);

// Whether a row of the file may satisfy the predicate, or all do.
Match match_file(const Predicate& predicate, const DataFile& file, const Schema& schema,
                 const Partitioning& partitioning);

// What is known of a column that has this one value (or null) in each of the file's rows.
KnownColumn constant_column(const Type& type, const Value& value, std::optional<std::int64_t> rows);

}  // namespace lakelet
