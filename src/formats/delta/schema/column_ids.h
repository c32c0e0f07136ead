// Ids and physical names of columns, and which column of one schema is which of another (PROTOCOL.md, "Column
// Mapping"). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "formats/delta/schema/column_mapping.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

inline constexpr const char* kMappingModeKey = "delta.columnMapping.mode";
inline constexpr const char* kMaxColumnIdKey = "delta.columnMapping.maxColumnId";

enum class PhysicalNames {
  Fresh,    // "col-<uuid>": of a column that no file has
  AsNamed,  // of a table whose files are there: the physical names that the schema has, else the present ones
};

// `schema` with an id and a physical name for each field of a struct that has none; ids go on from `greatest_id` and
// from those that the schema has. `greatest_id` is then the greatest given.
Schema with_column_ids(const Schema& schema, PhysicalNames names, std::int64_t& greatest_id);

// Of a new table: with ids and such names if the properties turn column mapping on, which then tell the greatest id.
Schema new_table_schema(const Schema& schema, StringMap& properties, PhysicalNames names = PhysicalNames::Fresh);

// Throws Error(UnsupportedFeature) for a change of mode other than none to name, and Error(InvalidArgument) if somebody
// sets the greatest id.
void check_mapping_change(const StringMap& before, const StringMap& after, bool new_table);

// Without ids and physical names.
Schema without_column_ids(const Schema& schema);

// The greatest id that the table has given: its property delta.columnMapping.maxColumnId, or an id of the schema.
std::int64_t greatest_column_id(const Schema& schema, const StringMap& properties);

// The field of `fields` that `field` is: the one with its id where columns have ids, else the one of its name; nullptr
// if there is none.
const Field* same_column(const std::vector<Field>& fields, const Field& field);

}  // namespace lakelet::delta
