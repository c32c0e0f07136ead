// Delta's schema text (PROTOCOL.md, "Schema Serialization Format") <-> lakelet::Schema.
//
// Field::metadata keeps every metadata entry as key -> JSON text, except "comment" (Field::doc) and, with column
// mapping on, "delta.columnMapping.id" (Field::id) and "delta.columnMapping.physicalName" (Field::physical_name). The
// writer puts them back, so reading and writing changes nothing but the order of metadata keys.
#pragma once

#include <string>
#include <string_view>

#include "formats/delta/schema/column_mapping.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

// Throws Error(CorruptTable) for text that is no schema (naming the column), Error(UnsupportedFeature) for a type that
// Delta doesn't define ("interval", "geometry" ...).
Schema read_schema_json(std::string_view text, ColumnMappingMode mode);

// A primitive type by Delta's name of it: the inverse of delta_type_name. Throws as read_schema_json.
Type read_type_name(std::string_view name, const std::string& column);

// Throws Error(InvalidArgument) naming the column whose type Delta can't hold (unsigned integers, time, uuid, fixed,
// nanosecond timestamps).
std::string write_schema_json(const Schema& schema);

// Delta's name of a primitive type: "long", "decimal(10,2)", "timestamp_ntz". Throws as write_schema_json.
std::string delta_type_name(const Type& type);

}  // namespace lakelet::delta
