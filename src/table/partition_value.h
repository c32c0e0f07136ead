// The values by which rows are partitioned. Pure.
#pragma once

#include <optional>
#include <string>

#include "lakelet/schema.h"
#include "table/partitioning.h"

namespace lakelet {

// The partition value of a value of the source column, as Iceberg's specification computes it ("Partition Transforms").
// nullopt where the transform doesn't take the type.
std::optional<Value> apply_transform(Transform transform, int argument, const Value& value, const Type& source);

// The unscaled value in two's complement, big-endian, with as few bytes as hold it: what buckets hash.
std::string decimal_bytes(Decimal value);

}  // namespace lakelet
