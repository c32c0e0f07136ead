// Partition transforms (spec.md, "Partition Transforms"), forwards and, as far as they go, backwards.
#pragma once

#include <optional>

#include "lakelet/partitioning.h"
#include "lakelet/schema.h"
#include "table/partition_value.h"

namespace lakelet::iceberg {

using lakelet::apply_transform;

// Whether a column of the type can be partitioned by it (spec.md, "Partition Transforms").
bool takes(Transform transform, const Type& source);

// The type of its values; that of the source column for identity and truncate. A source that was dropped is of type
// Null, and so are the values.
Type transform_type(Transform transform, const Type& source);

// The values that a source column may have where its partition values lie between two (both ends in): wider than need
// be where writers got it wrong (times before 1970), absent where nothing is known.
struct SourceRange {
  std::optional<Value> min, max;
};
SourceRange source_range(Transform transform, int argument, const std::optional<Value>& lower,
                         const std::optional<Value>& upper, const Type& source);

}  // namespace lakelet::iceberg
