// How a table's columns and partition spec change (spec.md, "Schema Evolution", "Partition Evolution"). Pure functions.
#pragma once

#include "formats/iceberg/metadata/table_metadata.h"
#include "lakelet/partition_field.h"
#include "lakelet/schema.h"

namespace lakelet::iceberg {

// The schema with types that Iceberg has, and ids for the fields that lack one; `last_id` goes on. A small integer
// becomes an int. Throws Error(UnsupportedFeature) for a type that the format version doesn't have.
Schema storable_schema(const Schema& schema, int format_version, std::int32_t& last_id);

// Whether a column of primitive type may go from the one to the other without files being written again.
bool promotes(const Type& from, const Type& to, int format_version);

// Throws Error(UnsupportedFeature) for a change that would need files written again. `has_files`: there are rows that a
// new column would have no value in.
void check_schema_change(const TableMetadataFile& metadata, const Schema& before, const Schema& after, bool has_files);

// Makes `schema`, which has its ids, the current one: one that was there before, or a new one.
void adopt_schema(TableMetadataFile& metadata, Schema schema);

// Makes a spec of these fields the default one: one that was there before, or a new one. Throws
// Error(InvalidArgument) for columns that aren't there and transforms that don't take their type.
void adopt_partitioning(TableMetadataFile& metadata, const Partitioning& partitioning);

// Makes the fields the order of new files; none: no order. Throws Error(InvalidArgument).
void adopt_sort_order(TableMetadataFile& metadata, const std::vector<SortField>& fields);

}  // namespace lakelet::iceberg
