// What a writer has to produce, from schema and properties: the same for a snapshot and for a transaction that changes
// them.
#pragma once

#include "formats/delta/schema/column_mapping.h"
#include "formats/delta/write/layout_rules.h"
#include "table/snapshot.h"

namespace lakelet::delta {

// Data files leave out partition columns (they are in the log), unless a rule wants them, and void columns; under
// column mapping they carry physical names and field ids. Statistics: delta.dataSkippingStatsColumns, or the first
// delta.dataSkippingNumIndexedCols (32) leaf columns, -1 for all; and those that a rule wants. Never of partition
// columns.
WriteLayout make_write_layout(const Schema& schema, const Partitioning& partitioning, const Properties& properties,
                              ColumnMappingMode mode, const LayoutRules& rules = {});

}  // namespace lakelet::delta
