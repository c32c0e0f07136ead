#include "engine/stored_columns.h"

#include <algorithm>
#include <parquet_reader.hpp>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::ParquetColumnSchema;
using duckdb::ParquetColumnSchemaType;
using duckdb::ParquetExtraTypeInfo;
using Definition = duckdb::MultiFileColumnDefinition;

const duckdb::ParquetReader& parquet_reader(const duckdb::BaseFileReader& reader) {
  if (reader.GetReaderType() != "Parquet") throw Error(ErrorCode::Internal, "a reader that isn't of a Parquet file");
  return reader.Cast<duckdb::ParquetReader>();
}

StoredUnit unit_of(const ParquetColumnSchema& schema) {
  switch (schema.type.id()) {
    case duckdb::LogicalTypeId::TIMESTAMP:
    case duckdb::LogicalTypeId::TIMESTAMP_TZ:
    case duckdb::LogicalTypeId::TIMESTAMP_NS:
      break;
    default:
      return StoredUnit::None;
  }
  switch (schema.type_info) {
    case ParquetExtraTypeInfo::IMPALA_TIMESTAMP:
      return StoredUnit::Int96;
    case ParquetExtraTypeInfo::UNIT_MS:
      return StoredUnit::Millis;
    case ParquetExtraTypeInfo::UNIT_NS:
      return StoredUnit::Nanos;
    default:
      return StoredUnit::Micros;
  }
}

bool is_bytes(const ParquetColumnSchema& schema) {
  return schema.parquet_type == duckdb_parquet::Type::BYTE_ARRAY ||
         schema.parquet_type == duckdb_parquet::Type::FIXED_LEN_BYTE_ARRAY;
}

duckdb::LogicalType struct_type(const std::vector<StoredColumn>& fields) {
  duckdb::child_list_t<duckdb::LogicalType> children;
  for (const StoredColumn& field : fields) children.emplace_back(field.name, field.type);
  return duckdb::LogicalType::STRUCT(std::move(children));
}

duckdb::LogicalType group_type(const StoredColumn& column) {
  if (column.variant) return struct_type(column.children);
  switch (column.type.id()) {
    case duckdb::LogicalTypeId::STRUCT:
      return struct_type(column.children);
    case duckdb::LogicalTypeId::LIST:
      return duckdb::LogicalType::LIST(column.children.at(0).type);
    case duckdb::LogicalTypeId::MAP:
      return duckdb::LogicalType::MAP(column.children.at(0).children.at(0).type,
                                      column.children.at(0).children.at(1).type);
    default:
      return column.type;
  }
}

// The old fields "min" and "max" compare bytes as signed numbers, whatever they mean; DuckDB takes them for text's
// bounds.
bool has_unsorted_bounds(const duckdb_parquet::FileMetaData& metadata, const ParquetColumnSchema& schema) {
  return std::any_of(metadata.row_groups.begin(), metadata.row_groups.end(), [&](const auto& group) {
    if (schema.column_index >= group.columns.size()) return false;
    const auto& set = group.columns[schema.column_index].meta_data.statistics.__isset;
    return (set.min && !set.min_value) || (set.max && !set.max_value);
  });
}

StoredColumn stored_column(const duckdb_parquet::FileMetaData& metadata, const ParquetColumnSchema& schema,
                           const Definition& definition) {
  StoredColumn column;
  column.name = schema.name;
  // Of a list or map the schema is the inner one, the parent the column's own.
  const auto element = schema.parent_schema_index.IsValid() ? schema.parent_schema_index : schema.schema_index;
  column.stored_name = metadata.schema.at(element.GetIndex()).name;
  column.type = schema.type;
  column.unit = unit_of(schema);
  column.geometry = schema.schema_type == ParquetColumnSchemaType::GEOMETRY;
  column.variant = schema.schema_type == ParquetColumnSchemaType::VARIANT;
  column.bytes = column.geometry || (schema.children.empty() && is_bytes(schema));
  if (schema.children.empty() && schema.parquet_type == duckdb_parquet::Type::FIXED_LEN_BYTE_ARRAY) {
    column.fixed_length = schema.type_length;
  }
  column.unsorted_bounds = column.bytes && has_unsorted_bounds(metadata, schema);
  if (!definition.identifier.IsNull()) column.field_id = definition.GetIdentifierFieldId();
  for (std::size_t i = 0; i < definition.children.size(); ++i) {
    column.children.push_back(stored_column(metadata, schema.children[i], definition.children[i]));
  }
  if (!column.children.empty()) column.type = group_type(column);
  return column;
}

void read_as(ParquetColumnSchema& schema, Definition& definition, StoredColumn& column) {
  for (std::size_t i = 0; i < column.children.size(); ++i) {
    read_as(schema.children[i], definition.children[i], column.children[i]);
  }
  if (!column.children.empty()) column.type = group_type(column);
  if (column.geometry && column.type.id() != duckdb::LogicalTypeId::GEOMETRY) {
    ParquetColumnSchema bytes = std::move(schema.children.at(0));
    schema = std::move(bytes);
  }
  if (column.variant) schema.schema_type = ParquetColumnSchemaType::COLUMN;
  schema.type = column.type;
  definition.type = column.type;
}

struct Properties {
  std::optional<std::string> spark_version, time_zone;
  bool legacy_date_time = false, legacy_int96 = false;
};

Properties properties_of(const duckdb_parquet::FileMetaData& metadata) {
  Properties result;
  for (const auto& entry : metadata.key_value_metadata) {
    if (entry.key == "org.apache.spark.version") result.spark_version = entry.value;
    if (entry.key == "org.apache.spark.timeZone") result.time_zone = entry.value;
    if (entry.key == "org.apache.spark.legacyDateTime") result.legacy_date_time = true;
    if (entry.key == "org.apache.spark.legacyINT96") result.legacy_int96 = true;
  }
  return result;
}

// As Spark orders them: as text, which holds for all versions that there are.
bool before(const Properties& properties, const char* version) {
  return properties.spark_version && *properties.spark_version < version;
}

}  // namespace

StoredFile stored_columns(const duckdb::BaseFileReader& reader) {
  const duckdb::ParquetReader& parquet = parquet_reader(reader);
  const duckdb_parquet::FileMetaData& metadata = *parquet.metadata->metadata;
  StoredFile file;
  for (std::size_t i = 0; i < parquet.columns.size(); ++i) {
    file.columns.push_back(stored_column(metadata, parquet.root_schema->children.at(i), parquet.columns[i]));
  }
  const Properties properties = properties_of(metadata);
  file.julian = before(properties, "3.0.0") || properties.legacy_date_time;
  file.julian_int96 = before(properties, "3.1.0") || properties.legacy_int96;
  file.writer_time_zone = properties.time_zone.value_or("");
  return file;
}

void read_stored_as(duckdb::BaseFileReader& reader, StoredFile& file) {
  parquet_reader(reader);
  auto& parquet = reader.Cast<duckdb::ParquetReader>();
  // A NaN isn't in a column's bounds, yet above all numbers to a filter.
  parquet.parquet_options.can_have_nan = true;
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    read_as(parquet.root_schema->children.at(i), parquet.columns[i], file.columns[i]);
  }
  parquet.root_schema->type = struct_type(file.columns);
}

}  // namespace lakelet::engine
