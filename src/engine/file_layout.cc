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
  find_order();
  find_statistics();
  bind(context);
  const auto threads = std::max<std::uint64_t>(1, duckdb::TaskScheduler::GetScheduler(context).NumberOfThreads());
  const std::uint64_t share = duckdb::BufferManager::GetBufferManager(context).GetMaxMemory() / (8 * threads);
  row_group_bytes_ = std::clamp(share, kLeastRowGroupBytes, kMostRowGroupBytes);
}

void FileLayout::find_partitions() {
  for (const PartitionField& partition : options_.partitioning.fields) {
    if (partition.transform == Transform::Void) {  // its column may be gone
      partition_columns_.push_back(0);
      continue;
    }
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

void FileLayout::find_order() {
  for (const SortField& field : options_.order) {
    const int index = options_.schema.index_of(field.column);
    const Type* const type = index < 0 ? nullptr : &options_.schema[static_cast<std::size_t>(index)].type;
    const bool plain = type && !type->nested() && type->kind() != TypeKind::Variant &&
                       type->kind() != TypeKind::Geometry && field.transform != Transform::Unknown;
    if (!plain) return order_.clear();
    const PartitionField value{field.column, field.transform, field.argument, field.column};
    order_.push_back(
        {static_cast<duckdb::idx_t>(index),
         value,
         partition_type(value, options_.schema),
         {field.descending ? duckdb::OrderType::DESCENDING : duckdb::OrderType::ASCENDING,
          field.nulls_first ? duckdb::OrderByNullType::NULLS_FIRST : duckdb::OrderByNullType::NULLS_LAST}});
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

Value FileLayout::value_of(duckdb::DataChunk& rows, duckdb::idx_t row, duckdb::idx_t column,
                           const PartitionField& field) const {
  if (field.transform == Transform::Void) return Value();
  const Field& source = options_.schema[column];
  auto value = from_engine_value(rows.GetValue(column, row), source.type);
  if (value && field.transform != Transform::Identity) {
    value = apply_transform(field.transform, field.argument, *value, source.type);
  }
  if (!value) {
    throw Error(ErrorCode::ConstraintViolation, fmt::format("{} can't be the value of the partition column {}",
                                                            rows.GetValue(column, row).ToString(), source.name));
  }
  return *std::move(value);
}

Value FileLayout::partition_value(duckdb::DataChunk& rows, duckdb::idx_t row, std::size_t field) const {
  return value_of(rows, row, partition_columns_[field], options_.partitioning.fields[field]);
}

std::vector<Value> FileLayout::partition_values(duckdb::DataChunk& rows, duckdb::idx_t row) const {
  std::vector<Value> values;
  for (std::size_t field = 0; field < partition_columns_.size(); ++field) {
    values.push_back(partition_value(rows, row, field));
  }
  return values;
}

namespace {

bool is_fast(const PartitionField& value, const duckdb::LogicalType& type) {
  const bool whole = value.transform == Transform::Day || value.transform == Transform::Hour;
  return whole && (type.id() == duckdb::LogicalTypeId::TIMESTAMP || type.id() == duckdb::LogicalTypeId::TIMESTAMP_TZ);
}

// Days or hours since 1970, of microseconds.
void count_time(duckdb::Vector& times, duckdb::idx_t count, Transform transform, duckdb::Vector& out) {
  const std::int64_t unit = transform == Transform::Day ? 86'400'000'000 : 3'600'000'000;
  duckdb::UnifiedVectorFormat given;
  times.ToUnifiedFormat(count, given);
  const auto* micros = duckdb::UnifiedVectorFormat::GetData<std::int64_t>(given);
  auto* counted = duckdb::FlatVector::GetData<std::int32_t>(out);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const auto at = given.sel->get_index(row);
    if (!given.validity.RowIsValid(at)) {
      duckdb::FlatVector::SetNull(out, row, true);
      continue;
    }
    const std::int64_t whole = micros[at] / unit;
    counted[row] = static_cast<std::int32_t>(micros[at] % unit < 0 ? whole - 1 : whole);
  }
}

}  // namespace

void FileLayout::make_value(duckdb::DataChunk& rows, const KeyColumn& key, duckdb::Vector& out) const {
  auto& given = rows.data[key.column];
  if (key.value.transform == Transform::Identity) return out.Reference(given);
  if (is_fast(key.value, given.GetType()) && out.GetType() == duckdb::LogicalType::INTEGER) {
    return count_time(given, rows.size(), key.value.transform, out);
  }
  for (duckdb::idx_t row = 0; row < rows.size(); ++row) {
    out.SetValue(row, to_engine_value(value_of(rows, row, key.column, key.value), key.type));
  }
}

void FileLayout::make_order_keys(duckdb::DataChunk& rows, duckdb::Vector& keys) const {
  duckdb::DataChunk values;
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::vector<duckdb::OrderModifiers> directions;
  for (const KeyColumn& key : order_) {
    types.push_back(key.value.transform == Transform::Identity ? rows.data[key.column].GetType()
                                                               : to_engine_type(key.type));
    directions.push_back(key.direction);
  }
  values.Initialize(duckdb::Allocator::DefaultAllocator(), types, std::max<duckdb::idx_t>(rows.size(), 1));
  values.SetCardinality(rows.size());
  for (std::size_t i = 0; i < order_.size(); ++i) make_value(rows, order_[i], values.data[i]);
  duckdb::CreateSortKeyHelpers::CreateSortKey(values, directions, keys);
  keys.Flatten(rows.size());
}

void FileLayout::make_keys(duckdb::DataChunk& rows, duckdb::Vector& keys) const {
  if (!partition_columns_.empty() && options_.partitioning.identity_only()) {
    return make_partition_keys(rows, partition_columns_, keys);
  }
  duckdb::DataChunk values;
  duckdb::vector<duckdb::LogicalType> types;
  std::vector<duckdb::idx_t> columns;
  std::vector<KeyColumn> fields;
  const duckdb::OrderModifiers ascending(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST);
  for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
    const PartitionField& field = options_.partitioning.fields[i];
    if (field.transform == Transform::Void) continue;
    const Type type = partition_type(field, options_.schema);
    types.push_back(to_engine_type(type));
    columns.push_back(fields.size());
    fields.push_back({partition_columns_[i], field, type, ascending});
  }
  if (fields.empty()) {
    keys.Reference(duckdb::Value::BLOB(""));
    return keys.Flatten(rows.size());
  }
  values.Initialize(duckdb::Allocator::DefaultAllocator(), types, std::max<duckdb::idx_t>(rows.size(), 1));
  values.SetCardinality(rows.size());
  for (std::size_t i = 0; i < fields.size(); ++i) make_value(rows, fields[i], values.data[i]);
  make_partition_keys(values, columns, keys);
}

}  // namespace lakelet::engine
