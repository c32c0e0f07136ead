// Schemas and partition specs as the table's metadata has them (spec.md, "Appendix C: JSON serialization").
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "formats/iceberg/metadata/table_metadata.h"
#include "lakelet/schema.h"

namespace lakelet::iceberg {

// {"type": "struct", "schema-id": ..., "fields": [...]}. Every field has to have its id.
void write_schema(JsonWriter& out, const Schema& schema, int schema_id, const std::vector<std::int32_t>& identifiers);
std::string schema_text(const Schema& schema, int schema_id, const std::vector<std::int32_t>& identifiers);

// [{"source-id": ..., "field-id": ..., "name": ..., "transform": ...}]
void write_spec_fields(JsonWriter& out, const PartitionSpec& spec);
std::string spec_fields_text(const PartitionSpec& spec);
std::string transform_text(Transform transform, int argument);  // "bucket[16]"

// The name of a primitive: "decimal(9,2)". Throws Error(UnsupportedFeature) for a type that Iceberg doesn't have.
std::string primitive_name(const Field& field);

// A value of a primitive type ("JSON single-value serialization").
void write_json_value(JsonWriter& out, const Value& value, const Type& type);

}  // namespace lakelet::iceberg
