// How a table's rows are spread over partitions. A table may have had several (partition evolution): each file says
// which.
#pragma once

#include "lakelet/partitioning.h"
#include "lakelet/schema.h"

namespace lakelet {

// The type of the values of a field: the column's own for identity and truncate, Int32 for the others.
// Throws Error(InvalidArgument) if the column isn't in the schema.
Type partition_type(const PartitionField& field, const Schema& schema);

// By these columns as they are, in the schema's spelling: what CreateSpec::partition_by means. Throws
// Error(InvalidArgument) for one that isn't there, is nested or given twice, and if no other column is left.
Partitioning identity_partitioning(const Schema& schema, const std::vector<std::string>& columns);

}  // namespace lakelet
