// Whether a table may get this schema and these partition columns. Pure functions.
#pragma once

#include "lakelet/schema.h"
#include "table/partitioning.h"

namespace lakelet::delta {

// Throws Error(InvalidArgument): no columns, two names that differ only in case, a column without a name or a type.
// Throws Error(UnsupportedFeature) naming the feature for column metadata that asks for one that lakelet doesn't write
// (generated, identity and default columns, invariants), unless `before` has the same column.
void check_schema(const Schema& schema, const Schema& before);

// Throws Error(InvalidArgument) if files of the old schema don't fit the new one: a column is gone, has another type,
// forbids nulls that it allowed, or is new and forbids them. For when old files stay in the table.
void check_evolution(const Schema& before, const Schema& after);

// Throws Error(InvalidArgument) for columns that aren't there, are nested, come twice, or are all that there is; and
// Error(UnsupportedFeature) for transforms.
void check_partitioning(const Partitioning& partitioning, const Schema& schema);

// Identity partitioning by these columns, in the schema's own spelling.
Partitioning partition_by(const std::vector<std::string>& columns, const Schema& schema);

}  // namespace lakelet::delta
