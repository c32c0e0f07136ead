// Partitionings out of fields that are told as text, for formats that have transforms.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lakelet/partition_field.h"
#include "table/partitioning.h"

namespace lakelet {

// What CreateSpec::partition_by means where a format has transforms: a column of that name, else as
// parse_partition_field() takes it. Throws Error(InvalidArgument) for a column that isn't there or can't be partitioned
// by.
Partitioning parse_partitioning(const Schema& schema, const std::vector<std::string>& fields);

// The place of the field that is meant, by its name or by what it is. Throws Error(NotFound).
std::size_t find_partition_field(const Partitioning& partitioning, const std::string& text);

}  // namespace lakelet
