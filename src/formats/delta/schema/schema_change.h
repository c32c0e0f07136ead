// Whether a table may get this schema and these partition columns. Pure functions.
#pragma once

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"
#include "table/partitioning.h"

namespace lakelet::delta {

// Throws Error(InvalidArgument): no columns, two names that differ only in case, a column without a name or a type.
void check_schema(const Schema& schema, const Schema& before);

// What a table can do without writing files again.
struct EvolutionRules {
  bool columns_mapped = false;   // names in the schema aren't those in the files
  bool types_widen = false;      // delta.enableTypeWidening
  bool compatible_only = false;  // only to types that Iceberg widens to as well
  bool rows_read = false;        // somebody looked at all rows: there are no nulls where they become forbidden
};

// Throws if files of the old schema don't fit the new one. Error(UnsupportedFeature) with what would make it possible
// for a column that is gone, renamed or wider; Error(InvalidArgument) for another type, and for nulls that are
// forbidden now. For when old files stay in the table.
void check_evolution(const Schema& before, const Schema& after, const EvolutionRules& rules);

// Throws Error(InvalidArgument) for a column that `after` drops, renames or changes although a constraint, an invariant
// or a generated column uses it.
void check_unused(const Schema& before, const Schema& after, const StringMap& properties);

// Throws Error(InvalidArgument) for columns that aren't there, are nested, come twice, or are all that there is; and
// Error(UnsupportedFeature) for transforms.
void check_partitioning(const Partitioning& partitioning, const Schema& schema);

// Identity partitioning by these columns, in the schema's own spelling.
Partitioning partition_by(const std::vector<std::string>& columns, const Schema& schema);

}  // namespace lakelet::delta
