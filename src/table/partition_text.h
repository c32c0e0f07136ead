// Partition values for people.
#pragma once

#include <string>

#include "lakelet/value.h"
#include "table/partitioning.h"

namespace lakelet {

// A partition value as a person reads it and SQL casts it: of a day the date. Of a column that is no longer there, the
// value as it stands.
std::string partition_text(const Value& value, const PartitionField& field, const Schema& schema);

}  // namespace lakelet
