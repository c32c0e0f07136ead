// Which changes of a schema leave the change feed readable across them.
#pragma once

#include <string>

#include "formats/delta/schema/column_mapping.h"
#include "lakelet/schema.h"
#include "table/snapshot.h"

namespace lakelet::delta {

struct FeedSchema {
  Version version = 0;
  Schema schema;
  ColumnMappingMode mode = ColumnMappingMode::None;
};

// Whether changes of `older` can be read with the columns of `newer`: columns may have been added and widened, and
// column mapping switched on; nothing dropped, renamed or otherwise retyped, and no null may have become impossible
// (as Spark, which refuses wider types too). Throws Error(UnsupportedFeature) naming column, change and both versions.
void require_same_columns(const FeedSchema& older, const FeedSchema& newer, const std::string& table_uri);

}  // namespace lakelet::delta
