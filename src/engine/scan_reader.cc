#include "engine/scan_reader.h"

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/filter/list.hpp>
#include <optional>

#include "engine/delete_filter.h"
#include "engine/engine_error.h"
#include "engine/file_ids.h"
#include "engine/parquet_function.h"
#include "engine/scan_file_list.h"
#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

std::uint64_t number_of(const duckdb::OpenFileInfo& file) {
  return duckdb::UBigIntValue::Get(file.extended_info->options.at("file_number"));
}

// The value of a column that is the same in all of the file's rows; nullopt for the other columns.
std::optional<duckdb::Value> constant_of(const Snapshot& snapshot, const FileTask& task, const Field& field) {
  if (const auto given = task.constants.find(field.name); given != task.constants.end()) {
    return to_engine_value(given->second, field.type);
  }
  const DataFile& file = task.file;
  const Partitioning& partitioning = snapshot.partitioning_of(file.partitioning_id);
  for (std::size_t i = 0; i < partitioning.fields.size(); ++i) {
    if (partitioning.fields[i].transform != Transform::Identity || partitioning.fields[i].column != field.name)
      continue;
    if (i >= file.partition_values.size()) {
      throw Error(ErrorCode::CorruptTable, file.uri + " has no value for the partition column " + field.name);
    }
    return to_engine_value(file.partition_values[i], field.type);
  }
  return std::nullopt;
}

bool has_bloom_filter(const duckdb::TableFilter& filter) {
  using duckdb::TableFilterType;
  switch (filter.filter_type) {
    case TableFilterType::BLOOM_FILTER:
      return true;
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return !child || has_bloom_filter(*child);
    }
    default:
      return false;
  }
}

// A join's Bloom filter can't be moved to a column that the file holds in another type: DuckDB fails to cast it. It
// only saves work, so it is left out there.
duckdb::unique_ptr<duckdb::TableFilter> without_bloom_filter(const duckdb::TableFilter& filter) {
  if (has_bloom_filter(filter)) return nullptr;
  if (filter.filter_type != duckdb::TableFilterType::CONJUNCTION_AND) return filter.Copy();
  auto kept = duckdb::make_uniq<duckdb::ConjunctionAndFilter>();
  for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
    if (auto part = without_bloom_filter(*child)) kept->child_filters.push_back(std::move(part));
  }
  if (kept->child_filters.empty()) return nullptr;
  return kept;
}

// Whether the file holds the column just as the table declares it.
bool same_type(const duckdb::MultiFileColumnDefinition& column, const ColumnDefinitions& local) {
  for (const auto& candidate : local) {
    if (candidate.name == column.GetIdentifierName()) return candidate.type == column.type && !column.type.IsNested();
  }
  return false;
}

duckdb::unique_ptr<duckdb::TableFilterSet> castable_filters(const duckdb::TableFilterSet& filters,
                                                            const duckdb::vector<duckdb::ColumnIndex>& column_ids,
                                                            const MatchedColumns& matched,
                                                            const ColumnDefinitions& local) {
  const ColumnDefinitions& columns = matched.definitions;
  auto result = duckdb::make_uniq<duckdb::TableFilterSet>();
  for (const auto& [index, filter] : filters.filters) {
    const auto& id = column_ids[index];
    if (!id.IsVirtualColumn() && matched.conversions.count(id.GetPrimaryIndex())) continue;  // see convert_columns
    const bool exact = id.IsVirtualColumn() || same_type(columns[id.GetPrimaryIndex()], local);
    auto kept = exact ? filter->Copy() : without_bloom_filter(*filter);
    if (kept) result->filters.emplace(index, std::move(kept));
  }
  return result;
}

// The columns of the scan that the file has to give, as indexes into the schema.
std::vector<std::size_t> columns_to_match(const duckdb::MultiFileReaderData& reader_data,
                                          const duckdb::vector<duckdb::ColumnIndex>& column_ids, std::size_t columns) {
  std::vector<bool> constant(column_ids.size());
  for (const auto& entry : reader_data.constant_map) constant[entry.column_idx.GetIndex()] = true;
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < column_ids.size(); ++i) {
    if (constant[i] || column_ids[i].IsVirtualColumn() || column_ids[i].GetPrimaryIndex() >= columns) continue;
    result.push_back(column_ids[i].GetPrimaryIndex());
  }
  return result;
}

// Puts our conversions over the columns that DuckDB's mapping left as they are stored. One with a filter is converted
// by the reader, which then filters (and can't skip row groups by the stored bounds).
void convert_columns(duckdb::MultiFileReaderData& reader_data, const duckdb::vector<duckdb::ColumnIndex>& column_ids,
                     const MatchedColumns& matched, const duckdb::TableFilterSet* filters) {
  auto& reader = *reader_data.reader;
  for (std::size_t i = 0; i < column_ids.size(); ++i) {
    if (column_ids[i].IsVirtualColumn()) continue;
    const auto found = matched.conversions.find(column_ids[i].GetPrimaryIndex());
    if (found == matched.conversions.end()) continue;
    auto& expression = reader_data.expressions.at(i);
    const duckdb::idx_t local = expression->Cast<duckdb::BoundReferenceExpression>().index;
    const auto filter = filters ? filters->filters.find(i) : decltype(filters->filters.end()){};
    if (!filters || filter == filters->filters.end()) {
      expression = convert_expression(found->second, std::move(expression));
      continue;
    }
    auto stored = duckdb::make_uniq<duckdb::BoundReferenceExpression>(found->second->from, duckdb::storage_t(0));
    const duckdb::idx_t column = reader.column_indexes.at(local).GetPrimaryIndex();
    reader.expression_map[column] = convert_expression(found->second, std::move(stored));
    if (!reader.filters) reader.filters = duckdb::make_uniq<duckdb::TableFilterSet>();
    reader.filters->filters.emplace(local, filter->second->Copy());
    expression = duckdb::make_uniq<duckdb::BoundReferenceExpression>(found->second->to, local);
  }
}

}  // namespace

namespace {

// A file of which no row is wanted any more when its turn comes: it isn't even opened.
class UnwantedFile final : public duckdb::BaseFileReader {
 public:
  using BaseFileReader::BaseFileReader;
  bool TryInitializeScan(duckdb::ClientContext&, duckdb::GlobalTableFunctionState&,
                         duckdb::LocalTableFunctionState&) override {
    return false;
  }
  duckdb::AsyncResult Scan(duckdb::ClientContext&, duckdb::GlobalTableFunctionState&, duckdb::LocalTableFunctionState&,
                           duckdb::DataChunk&) override {
    return duckdb::SourceResultType::FINISHED;
  }
  duckdb::string GetReaderType() const override { return "unwanted"; }
};

}  // namespace

bool ScanReader::unwanted(duckdb::ClientContext& context, const duckdb::OpenFileInfo& file) const {
  const auto& options = file.extended_info->options;
  const auto pruning = options.find("runtime_pruning");
  if (pruning == options.end()) return false;
  const std::uint64_t list = duckdb::UBigIntValue::Get(pruning->second);
  return state_->runtime_pruning(list)->excludes(context, number_of(file), *state_->snapshot());
}

const FileTask& ScanReader::task_of(const duckdb::OpenFileInfo& file) const {
  return state_->task(number_of(file));
}

duckdb::shared_ptr<duckdb::MultiFileList> ScanReader::CreateFileList(duckdb::ClientContext&,
                                                                     const duckdb::vector<duckdb::string>&,
                                                                     const duckdb::FileGlobInput&) {
  return duckdb::make_shared_ptr<ScanFileList>(state_);
}

bool ScanReader::Bind(duckdb::MultiFileOptions&, duckdb::MultiFileList&, duckdb::vector<duckdb::LogicalType>& types,
                      duckdb::vector<duckdb::string>& names, duckdb::MultiFileReaderBindData& bind_data) {
  duckdb::MultiFileColumnDefinition::ExtractNamesAndTypes(declared_, names, types);
  bind_data.schema = declared_;
  bind_data.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;  // see InitializeReader
  return true;
}

void ScanReader::FinalizeBind(duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileOptions&,
                              const duckdb::MultiFileReaderBindData&, const ColumnDefinitions&,
                              const duckdb::vector<duckdb::ColumnIndex>& global_column_ids, duckdb::ClientContext&,
                              duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState>) {
  const auto& file = reader_data.reader->file;
  const FileTask& task = task_of(file);
  for (duckdb::idx_t i = 0; i < global_column_ids.size(); ++i) {
    const duckdb::MultiFileGlobalIndex index(i);
    const duckdb::column_t column = global_column_ids[i].GetPrimaryIndex();
    if (column == COLUMN_IDENTIFIER_FILE_INDEX) {
      reader_data.constant_map.Add(index, duckdb::Value::UBIGINT(number_of(file)));
    } else if (column == COLUMN_IDENTIFIER_FILENAME) {
      reader_data.constant_map.Add(index, duckdb::Value(task.file.uri));
    } else if (!duckdb::IsVirtualColumn(column)) {
      const Snapshot& snapshot = *state_->snapshot();
      auto constant = constant_of(snapshot, task, snapshot.schema()[column]);
      if (constant) reader_data.constant_map.Add(index, std::move(*constant));
    }
  }
}

MatchedColumns ScanReader::match(duckdb::MultiFileReaderData& reader_data,
                                 const duckdb::vector<duckdb::ColumnIndex>& column_ids) const {
  auto& reader = *reader_data.reader;
  const Snapshot& snapshot = *state_->snapshot();
  try {
    StoredFile file = stored_columns(reader);
    if (const auto& columns = task_of(reader.file).file.columns) give_ids(file, *columns);
    auto matched = match_columns(snapshot.schema(), snapshot.column_matching(), declared_, file,
                                 columns_to_match(reader_data, column_ids, declared_.size()));
    read_stored_as(reader, file);
    return matched;
  } catch (Error& error) {
    throw error.add_context(task_of(reader.file).file.uri);
  }
}

// By position and by value.
std::shared_ptr<const RowPositions> ScanReader::deleted_rows(duckdb::ClientContext& context,
                                                             const FileTask& task) const {
  if (task.deletes.equality.empty()) return task.deletes.positions;
  auto by_value = state_->equality_deletes().positions(context, task);
  if (!by_value || !task.deletes.positions) return by_value ? by_value : task.deletes.positions;
  auto all = std::make_shared<RowPositions>(*by_value);
  all->add_all(*task.deletes.positions);
  return all;
}

// DuckDB can match by name or by field id, one for all columns of all files. We match for it, file by file, and tell it
// the names that we found.
duckdb::ReaderInitializeType ScanReader::InitializeReader(duckdb::MultiFileReaderData& reader_data,
                                                          const duckdb::MultiFileBindData& bind_data,
                                                          const ColumnDefinitions&,
                                                          const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
                                                          duckdb::optional_ptr<duckdb::TableFilterSet> table_filters,
                                                          duckdb::ClientContext& context,
                                                          duckdb::MultiFileGlobalState& global_state) {
  if (dynamic_cast<const UnwantedFile*>(reader_data.reader.get())) {
    return duckdb::ReaderInitializeType::SKIP_READING_FILE;
  }
  return inside_engine([&] {
    FinalizeBind(reader_data, bind_data.file_options, bind_data.reader_bind, declared_, global_column_ids, context,
                 nullptr);
    const FileTask& task = task_of(reader_data.reader->file);
    const auto& local = reader_data.reader->GetColumns();
    const MatchedColumns matched = match(reader_data, global_column_ids);
    duckdb::unique_ptr<duckdb::TableFilterSet> filters;
    if (table_filters) filters = castable_filters(*table_filters, global_column_ids, matched, local);
    const auto outcome = CreateMapping(context, reader_data, matched.definitions, global_column_ids, filters.get(),
                                       global_state.file_list, bind_data.reader_bind, bind_data.virtual_columns,
                                       duckdb::MultiFileColumnMappingMode::BY_NAME);
    if (outcome == duckdb::ReaderInitializeType::INITIALIZED) {
      convert_columns(reader_data, global_column_ids, matched, table_filters.get());
      state_->count_read(task);
      const auto deleted = deleted_rows(context, task);
      if (deleted || task.only) {
        reader_data.reader->deletion_filter = duckdb::make_uniq<PositionDeleteFilter>(deleted, task.only);
      }
    }
    return outcome;
  });
}

void ScanReader::FinalizeChunk(duckdb::ClientContext&, const duckdb::MultiFileBindData&, duckdb::BaseFileReader& reader,
                               const duckdb::MultiFileReaderData&, duckdb::DataChunk& stored, duckdb::DataChunk& rows,
                               duckdb::ExpressionExecutor& executor,
                               duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState>) {
  executor.SetChunk(stored);
  try {
    for (duckdb::idx_t i = 0; i < executor.expressions.size(); ++i) executor.ExecuteExpression(i, rows.data[i]);
  } catch (...) {
    pass_through(to_file_error(std::current_exception(), task_of(reader.file).file.uri));
  }
  rows.SetCardinality(stored.size());
}

duckdb::shared_ptr<duckdb::BaseFileReader> ScanReader::CreateReader(duckdb::ClientContext& context,
                                                                    duckdb::GlobalTableFunctionState& global_state,
                                                                    const duckdb::OpenFileInfo& file,
                                                                    duckdb::idx_t file_index,
                                                                    const duckdb::MultiFileBindData& bind_data) {
  if (unwanted(context, file)) return duckdb::make_shared_ptr<UnwantedFile>(file);
  try {
    return MultiFileReader::CreateReader(context, global_state, file, file_index, bind_data);
  } catch (...) {
    const std::string& uri = task_of(file).file.uri;
    const Error error = to_file_error(std::current_exception(), uri);
    if (error.code() != ErrorCode::NotFound) pass_through(error);
    pass_through(Error(ErrorCode::CorruptTable, "the table's data file " + uri + " is missing",
                       "read another version; files that vacuum removed from old versions and changes are gone"));
  }
}

duckdb::unique_ptr<duckdb::MultiFileReader> ScanReader::Copy() const {
  return duckdb::make_uniq<ScanReader>(state_);
}

}  // namespace lakelet::engine
