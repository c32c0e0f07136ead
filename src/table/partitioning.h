// How a table's rows are spread over partitions. A table may have had several (partition evolution): each file says which.
#pragma once

#include "lakelet/partitioning.h"
#include "lakelet/schema.h"

namespace lakelet {

// The type of the values of a field: the column's own for identity and truncate, Int32 for the others.
Type partition_type(const PartitionField& field, const Schema& schema);

}  // namespace lakelet
