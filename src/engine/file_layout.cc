#include "engine/file_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/copy_function_catalog_entry.hpp>
#include <duckdb/parallel/task_scheduler.hpp>
#include <duckdb/parser/keyword_helper.hpp>
#include <duckdb/parser/parsed_data/copy_info.hpp>
#include <duckdb/storage/buffer_manager.hpp>

#include "engine/partition_keys.h"
#include "engine/type_mapping.h"
#include "engine/whole_variants.h"
#include "lakelet/error.h"
#include "table/partition_value.h"
#include "table/partitioning.h"

namespace lakelet::engine {

namespace {

// Wide rows make row groups of fewer rows: several threads encode one each, in memory that can't spill.
constexpr std::uint64_t kLeastRowGroupBytes = std::uint64_t{8} << 20;
constexpr std::uint64_t kMostRowGroupBytes = std::uint64_t{256} << 20;

// Which field of the table a field of its files stands for; its size if none.
std::size_t source_of(const Field& in_file, const Schema& schema) {
  std::size_t at = 0;
  while (at < schema.size() && schema[at].file_name() != in_file.file_name()) ++at;
  return at;
}

// Names of files all the way down.
Type physical_type(const Type& type) {
  if (type.kind() == TypeKind::Struct) {
    std::vector<Field> fields;
    for (const Field& field : type.children()) {
      Field copy = field;
      copy.name = field.file_name();
      copy.type = physical_type(field.type);
      fields.push_back(std::move(copy));
    }
    return Type::structure(std::move(fields));
  }
  if (type.kind() == TypeKind::List) return Type::list(physical_type(type.children()[0].type));
  if (type.kind() == TypeKind::Map) {
    return Type::map(physical_type(type.children()[0].type), physical_type(type.children()[1].type));
  }
  return type;
}

void require_writable(const std::string& name, const Type& type, const Type& file_type) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("column {}: writing {} isn't supported", name, what));
  };
  if (type.kind() == TypeKind::Geometry || type.kind() == TypeKind::Fixed) {
    refuse("values of type " + to_string(type));
  }
  if (type.kind() == TypeKind::Null) refuse("a column without a type");
  if (type.children().size() != file_type.children().size()) refuse("a struct that isn't whole in the files");
  for (std::size_t i = 0; i < type.children().size(); ++i) {
    const Field& child = type.children()[i];
    require_writable(name + "." + child.name, child.type, file_type.children()[i].type);
  }
}

// The field ids in the shape of DuckDB's FIELD_IDS option; a null value for a field without any.
duckdb::Value field_ids(const std::vector<Field>& fields, TypeKind parent, std::optional<std::int32_t> own_id) {
  duckdb::child_list_t<duckdb::Value> values;
  if (own_id) values.emplace_back("__duckdb_field_id", duckdb::Value::INTEGER(*own_id));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    const std::string name = parent == TypeKind::List  ? "element"
                             : parent == TypeKind::Map ? (i == 0 ? "key" : "value")
                                                       : field.file_name();
    if (field.type.nested()) {
      auto nested = field_ids(field.type.children(), field.type.kind(), field.id);
      if (!nested.IsNull()) values.emplace_back(name, std::move(nested));
    } else if (field.id) {
      values.emplace_back(name, duckdb::Value::INTEGER(*field.id));
    }
  }
  return values.empty() ? duckdb::Value() : duckdb::Value::STRUCT(std::move(values));
}

bool wanted(const ColumnPath& path, const std::vector<ColumnPath>& named) {
  return std::any_of(named.begin(), named.end(), [&](const ColumnPath& name) {
    return name.size() <= path.size() && std::equal(name.begin(), name.end(), path.begin());
  });
}

void collect(const Field& field, ColumnPath path, std::string written_name, int top_level,
             const std::vector<ColumnPath>& named, std::vector<StatisticsColumn>& out) {
  path.push_back(field.name);
  if (!written_name.empty()) written_name += '.';
  written_name += duckdb::KeywordHelper::WriteQuoted(field.file_name(), '"');
  if (field.type.kind() == TypeKind::Struct) {
    for (const Field& child : field.type.children()) collect(child, path, written_name, top_level, named, out);
  } else if (!field.type.nested() && wanted(path, named)) {
    out.push_back({std::move(path), std::move(written_name), field.type, top_level});
  }
}

}  // namespace

FileLayout::FileLayout(duckdb::ClientContext& context, DataFileWriterOptions options)
    : options_(std::move(options)), function_("parquet") {
  for (const Field& field : options_.schema.fields()) row_types_.push_back(to_engine_type(field.type));
  find_partitions();
  find_columns();
  find_statistics();
  bind(context);
  const auto threads = std::max<std::uint64_t>(1, duckdb::TaskScheduler::GetScheduler(context).NumberOfThreads());
  const std::uint64_t share = duckdb::BufferManager::GetBufferManager(context).GetMaxMemory() / (8 * threads);
  row_group_bytes_ = std::clamp(share, kLeastRowGroupBytes, kMostRowGroupBytes);
}

void FileLayout::find_partitions() {
  for (const PartitionField& partition : options_.partitioning.fields) {
    const int index = options_.schema.index_of(partition.column);
    if (partition.transform == Transform::Unknown || (index < 0 && partition.transform != Transform::Identity)) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("writing to a table partitioned by '{}' isn't supported", partition.name));
    }
    if (index < 0) throw Error(ErrorCode::CorruptTable, "there is no column " + partition.column + " to partition by");
    partition_columns_.push_back(static_cast<duckdb::idx_t>(index));
  }
}

void FileLayout::find_columns() {
  // In the order of the files' schema, which a format may want to be another than the table's.
  for (const Field& in_file : options_.layout.file_schema.fields()) {
    const std::size_t source = source_of(in_file, options_.schema);
    if (source == options_.schema.size()) {
      throw Error(ErrorCode::Internal, "the layout of the files has a column that the table doesn't have");
    }
    const Field& field = options_.schema[source];
    require_writable(field.name, field.type, in_file.type);
    sources_.push_back(source);
    file_names_.push_back(in_file.file_name());
    file_types_.push_back(to_engine_type(physical_type(in_file.type)));
    if (field.type.kind() == TypeKind::Float || field.type.kind() == TypeKind::Double) {
      float_columns_.push_back(file_types_.size() - 1);
    }
    encoded_types_.push_back(encoded_type(file_types_.back()));
  }
  if (sources_.empty()) {
    throw Error(ErrorCode::UnsupportedFeature, "a table whose files would have no column can't be written",
                "add a column that isn't a partition column");
  }
}

void FileLayout::find_statistics() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    collect(options_.schema[sources_[i]], {}, "", static_cast<int>(i), options_.layout.statistics_columns,
            statistics_columns_);
  }
}

void FileLayout::bind(duckdb::ClientContext& context) {
  auto& entry = duckdb::Catalog::GetSystemCatalog(context).GetEntry<duckdb::CopyFunctionCatalogEntry>(
      context, DEFAULT_SCHEMA, "parquet");
  function_ = entry.function;
  duckdb::CopyInfo info;
  const WriteLayout& layout = options_.layout;
  info.options["compression"] = {duckdb::Value(layout.compression)};
  if (layout.compression_level) info.options["compression_level"] = {duckdb::Value::BIGINT(*layout.compression_level)};
  if (layout.dictionary_values) {
    info.options["dictionary_size_limit"] = {duckdb::Value::BIGINT(*layout.dictionary_values)};
  }
  // They cost more to write than they save in tables whose files have bounds, so only who asks gets them.
  const auto& bloom = layout.bloom_filter_false_positives;
  info.options["write_bloom_filter"] = {duckdb::Value::BOOLEAN(bloom.has_value())};
  if (bloom) info.options["bloom_filter_false_positive_ratio"] = {duckdb::Value::DOUBLE(*bloom)};
  if (options_.layout.field_ids) {
    auto ids = field_ids(options_.layout.file_schema.fields(), TypeKind::Struct, std::nullopt);
    if (!ids.IsNull()) info.options["field_ids"] = {std::move(ids)};
  }
  duckdb::CopyFunctionBindInput input(info, function_.function_info);
  bind_data_ = function_.copy_to_bind(context, input, file_names_, file_types_);
}

void FileLayout::select_file_columns(duckdb::DataChunk& rows, duckdb::DataChunk& file_rows) const {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto& source = rows.data[sources_[i]];
    // They may differ in the names of a struct's fields, which are the files' own.
    if (source.GetType() == file_types_[i]) {
      file_rows.data[i].Reference(source);
    } else {
      file_rows.data[i].Reinterpret(source);
    }
  }
  file_rows.SetCardinality(rows.size());
}

Value FileLayout::partition_value(duckdb::DataChunk& rows, duckdb::idx_t row, std::size_t field) const {
  const PartitionField& partition = options_.partitioning.fields[field];
  const duckdb::idx_t column = partition_columns_[field];
  const Field& source = options_.schema[column];
  auto value = from_engine_value(rows.GetValue(column, row), source.type);
  if (value && partition.transform != Transform::Identity) {
    value = apply_transform(partition.transform, partition.argument, *value, source.type);
  }
  if (!value) {
    throw Error(ErrorCode::ConstraintViolation, fmt::format("{} can't be the value of the partition column {}",
                                                            rows.GetValue(column, row).ToString(), source.name));
  }
  return *std::move(value);
}

std::vector<Value> FileLayout::partition_values(duckdb::DataChunk& rows, duckdb::idx_t row) const {
  std::vector<Value> values;
  for (std::size_t field = 0; field < partition_columns_.size(); ++field) {
    values.push_back(partition_value(rows, row, field));
  }
  return values;
}

void FileLayout::make_keys(duckdb::DataChunk& rows, duckdb::Vector& keys) const {
  if (options_.partitioning.identity_only()) return make_partition_keys(rows, partition_columns_, keys);
  duckdb::DataChunk values;
  duckdb::vector<duckdb::LogicalType> types;
  std::vector<duckdb::idx_t> columns;
  std::vector<Type> value_types;
  for (std::size_t field = 0; field < partition_columns_.size(); ++field) {
    value_types.push_back(partition_type(options_.partitioning.fields[field], options_.schema));
    types.push_back(to_engine_type(value_types.back()));
    columns.push_back(field);
  }
  values.Initialize(duckdb::Allocator::DefaultAllocator(), types, rows.size());
  values.SetCardinality(rows.size());
  for (std::size_t field = 0; field < partition_columns_.size(); ++field) {
    if (options_.partitioning.fields[field].transform == Transform::Identity) {
      values.data[field].Reference(rows.data[partition_columns_[field]]);
      continue;
    }
    for (duckdb::idx_t row = 0; row < rows.size(); ++row) {
      values.SetValue(field, row, to_engine_value(partition_value(rows, row, field), value_types[field]));
    }
  }
  make_partition_keys(values, columns, keys);
}

}  // namespace lakelet::engine
