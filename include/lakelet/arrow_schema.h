// Schemas between lakelet and Arrow's C data interface.
#pragma once

#include "lakelet/arrow.h"
#include "lakelet/schema.h"

namespace lakelet {

// The columns of a struct schema, as the rows of such a stream are written: dictionaries count as their values, large
// and view types as the plain ones, seconds and milliseconds as microseconds. Throws Error(UnsupportedFeature) naming
// the column for a type that lakelet has none for, InvalidArgument for a schema that isn't a struct.
Schema from_arrow_schema(const ArrowSchema& schema);

// A struct schema with a child for each column: the types that the rows of a scan have.
OwnedArrowSchema to_arrow_schema(const Schema& schema);

}  // namespace lakelet
