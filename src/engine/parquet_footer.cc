#include "engine/parquet_footer.h"

#include <algorithm>
#include <parquet_reader.hpp>
#include <parquet_statistics.hpp>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/parquet_function.h"
#include "engine/stored_columns.h"
#include "engine/type_mapping.h"
#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::ParquetColumnSchema;
using duckdb_parquet::ConvertedType;
using duckdb_parquet::FieldRepetitionType;
using FileMetaData = duckdb_parquet::FileMetaData;

const duckdb_parquet::SchemaElement& element_of(const FileMetaData& metadata, const ParquetColumnSchema& schema) {
  // Of a list or map the schema is the inner one, the parent the column's own.
  const auto index = schema.parent_schema_index.IsValid() ? schema.parent_schema_index : schema.schema_index;
  return metadata.schema.at(index.GetIndex());
}

// Int96 and the annotations from before the flag stand for instants (Parquet's LogicalTypes.md, "Deprecated timestamp
// ConvertedType").
bool is_instant(const duckdb_parquet::SchemaElement& element, StoredUnit unit) {
  if (unit == StoredUnit::Int96) return true;
  if (element.__isset.logicalType && element.logicalType.__isset.TIMESTAMP) {
    return element.logicalType.TIMESTAMP.isAdjustedToUTC;
  }
  return element.__isset.converted_type && (element.converted_type == ConvertedType::TIMESTAMP_MILLIS ||
                                            element.converted_type == ConvertedType::TIMESTAMP_MICROS);
}

Type timestamp_type(bool instant, StoredUnit unit) {
  if (unit == StoredUnit::Nanos) return instant ? TypeKind::TimestampNsTz : TypeKind::TimestampNs;
  return instant ? TypeKind::TimestampTz : TypeKind::Timestamp;
}

class FooterReader {
 public:
  FooterReader(const duckdb::ParquetReader& reader, bool with_statistics)
      : reader_(reader),
        metadata_(*reader.GetFileMetadata()),
        stored_(stored_columns(reader)),
        with_statistics_(with_statistics) {}

  ParquetFooter read() {
    footer_.rows = static_cast<std::int64_t>(reader_.NumRows());
    footer_.row_groups = static_cast<std::int64_t>(reader_.NumRowGroups());
    std::vector<Field> fields;
    ColumnPath path;
    for (std::size_t i = 0; i < stored_.columns.size(); ++i) {
      fields.push_back(field(stored_.columns[i], reader_.root_schema->children.at(i), path, with_statistics_));
    }
    footer_.schema = Schema(std::move(fields));
    return std::move(footer_);
  }

 private:
  Field field(const StoredColumn& stored, const ParquetColumnSchema& schema, ColumnPath& path, bool statistics) {
    const auto& element = element_of(metadata_, schema);
    Field result;
    result.name = stored.stored_name;
    result.nullable = element.repetition_type != FieldRepetitionType::REQUIRED;
    result.id = stored.field_id;
    path.push_back(result.name);
    result.type = type(stored, schema, path, statistics);
    if (statistics && !result.type.nested() && schema.children.empty()) {
      add_statistics(stored, schema, result.type, path);
    }
    path.pop_back();
    return result;
  }

  Type type(const StoredColumn& stored, const ParquetColumnSchema& schema, ColumnPath& path, bool statistics) {
    if (stored.variant) return TypeKind::Variant;
    if (stored.geometry) return TypeKind::Geometry;
    const auto child = [&](std::size_t i, bool with) {
      return field(stored.children.at(i), schema.children.at(i), path, with);
    };
    switch (stored.type.id()) {
      case duckdb::LogicalTypeId::STRUCT: {
        std::vector<Field> fields;
        for (std::size_t i = 0; i < stored.children.size(); ++i) fields.push_back(child(i, statistics));
        return Type::structure(std::move(fields));
      }
      case duckdb::LogicalTypeId::LIST:
        return Type::list(child(0, false));
      case duckdb::LogicalTypeId::MAP: {
        const StoredColumn& entry = stored.children.at(0);
        const ParquetColumnSchema& entry_schema = schema.children.at(0);
        Field key = field(entry.children.at(0), entry_schema.children.at(0), path, false);
        key.nullable = false;
        return Type::map(std::move(key), field(entry.children.at(1), entry_schema.children.at(1), path, false));
      }
      default:
        break;
    }
    if (stored.unit != StoredUnit::None) {
      return timestamp_type(is_instant(element_of(metadata_, schema), stored.unit), stored.unit);
    }
    return from_engine_type(stored.type);
  }

  void add_statistics(const StoredColumn& stored, const ParquetColumnSchema& schema, const Type& type,
                      const ColumnPath& path) {
    ColumnStatistics result;
    bool bounds = may_have_bounds(stored, type);
    std::int64_t nulls = 0;
    bool nulls_known = true;
    for (const auto& group : metadata_.row_groups) {
      const auto& chunk = group.columns.at(schema.column_index).meta_data;
      const bool known = chunk.__isset.statistics && chunk.statistics.__isset.null_count;
      nulls_known &= known;
      if (known) nulls += chunk.statistics.null_count;
      const bool only_nulls = known && chunk.statistics.null_count == chunk.num_values;
      if (bounds && !only_nulls && chunk.num_values > 0) bounds = widen(result, chunk, stored, schema, type);
    }
    if (nulls_known && nulls >= 0) result.null_count = nulls;
    if (!bounds) result.min.reset(), result.max.reset();
    result.has_nan = type.kind() == TypeKind::Float || type.kind() == TypeKind::Double;
    result.exact = bounds && (type.integral() || type.kind() == TypeKind::Boolean || type.kind() == TypeKind::Date);
    if (result.null_count || result.min || result.max) footer_.statistics.emplace(path, std::move(result));
  }

  // Floats may have NaNs beside their bounds, days before 1582-10-15 may be of another calendar, int96 have no order.
  bool may_have_bounds(const StoredColumn& stored, const Type& type) const {
    if (type.kind() == TypeKind::Float || type.kind() == TypeKind::Double) return false;
    if (stored.unit == StoredUnit::Int96 || stored.unit == StoredUnit::Nanos) return false;
    const bool dated = stored.unit != StoredUnit::None || type.kind() == TypeKind::Date;
    if (dated && stored_.julian) return false;
    // Without the order of its columns, a file's bounds of bytes may be in any.
    return !stored.bytes || metadata_.__isset.column_orders;
  }

  // Makes the bounds hold for one more row group; false if it doesn't say.
  bool widen(ColumnStatistics& result, const duckdb_parquet::ColumnMetaData& chunk, const StoredColumn& stored,
             const ParquetColumnSchema& schema, const Type& type) const {
    const auto& known = chunk.statistics;
    const bool ordered = known.__isset.min_value && known.__isset.max_value;
    // The older fields compare as signed numbers.
    const bool as_signed = !stored.bytes && known.__isset.min && known.__isset.max && type.kind() >= TypeKind::Int8 &&
                           type.kind() <= TypeKind::Int64;
    if (!ordered && !as_signed) return false;
    const auto min = value(ordered ? known.min_value : known.min, stored, schema, type);
    const auto max = value(ordered ? known.max_value : known.max, stored, schema, type);
    if (!min || !max || compare_values(*min, *max) > 0) return false;
    if (!result.min || compare_values(*min, *result.min) < 0) result.min.emplace(*min);
    if (!result.max || compare_values(*max, *result.max) > 0) result.max.emplace(*max);
    return true;
  }

  std::optional<Value> value(const std::string& bytes, const StoredColumn& stored, const ParquetColumnSchema& schema,
                             const Type& type) const {
    if (type.kind() == TypeKind::String) return Value(bytes);
    if (stored.bytes && type.kind() != TypeKind::Decimal) return std::nullopt;
    try {
      const duckdb::Value typed = duckdb::ParquetStatisticsUtils::ConvertValue(stored.type, schema, bytes);
      if (typed.IsNull()) return std::nullopt;
      return from_engine_value(typed, type);
    } catch (const std::exception&) {
      return std::nullopt;  // a bound of the wrong size tells nothing
    }
  }

  const duckdb::ParquetReader& reader_;
  const FileMetaData& metadata_;
  const StoredFile stored_;
  const bool with_statistics_;
  ParquetFooter footer_;
};

}  // namespace

ParquetFooter read_parquet_footer(const std::shared_ptr<Engine::Impl>& engine, const std::string& uri,
                                  bool with_statistics) {
  const auto connection = engine->connect();
  duckdb::ClientContext& context = *connection->context;
  ParquetFooter footer;
  try {
    context.RunFunctionInTransaction([&] {
      const duckdb::ParquetReader reader(context, duckdb::OpenFileInfo(to_engine_path(uri)),
                                         duckdb::ParquetOptions(context));
      footer = inside_engine([&] { return FooterReader(reader, with_statistics).read(); });
    });
  } catch (...) {
    throw to_file_error(std::current_exception(), uri);
  }
  return footer;
}

}  // namespace lakelet::engine
