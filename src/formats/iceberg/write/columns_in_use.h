// Columns that a table's layout goes by: metadata that names others of the current schema than there are can't be
// opened by other implementations. Pure functions.
#pragma once

#include "formats/iceberg/metadata/table_metadata.h"

namespace lakelet::iceberg {

// Throws Error(InvalidArgument) where `after` is partitioned, sorted or identified by what its current schema doesn't
// have, or has as another type than that takes; but for what was so `before`.
void check_columns_in_use(const TableMetadataFile& before, const TableMetadataFile& after);

// Takes the sort order away where it goes by such columns, and the columns that identify a row.
void forget_gone_columns(TableMetadataFile& metadata);

}  // namespace lakelet::iceberg
