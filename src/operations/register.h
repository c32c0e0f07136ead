// A name in a catalog for a table that is there.
#pragma once

#include <string>

#include "table/table_format.h"

namespace lakelet::operations {

// Makes the catalog say that the table at `name`, a location in a catalog, is the one of this metadata file, which is
// read first. Throws InvalidArgument (no name in a catalog; no metadata file of its format), NotFound, AlreadyExists,
// UnsupportedFeature, CommitUnknown.
void register_table(const FormatRegistry& formats, const FormatContext& context, const Location& name,
                    const Location& metadata);

}  // namespace lakelet::operations
