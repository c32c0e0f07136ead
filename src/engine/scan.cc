#include "engine/scan.h"

#include <algorithm>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "engine/engine_error.h"
#include "engine/parquet_function.h"
#include "engine/scan_file_list.h"
#include "engine/scan_reader.h"

namespace lakelet::engine {

const duckdb::column_t kFileNumberColumn = duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX;
const duckdb::column_t kRowPositionColumn = duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER;
const duckdb::column_t kFileNameColumn = duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILENAME;
// Far from those that DuckDB counts up from the same beginning.
const duckdb::column_t kStoredRowIdColumn = duckdb::VIRTUAL_COLUMN_START + 0x10000;

namespace {

// Less than that and one thread is faster than starting another.
constexpr std::uint64_t kOneThreadBytes = 1 << 20;

// How the state of a scan reaches the reader that DuckDB has made while it binds.
struct ScanInfo final : duckdb::TableFunctionInfo {
  explicit ScanInfo(std::shared_ptr<ScanState> state) : state(std::move(state)) {}
  std::shared_ptr<ScanState> state;
};

duckdb::unique_ptr<duckdb::MultiFileReader> make_reader(const duckdb::TableFunction& function) {
  return duckdb::make_uniq<ScanReader>(function.function_info->Cast<ScanInfo>().state);
}

const ScanReader& reader_of(const duckdb::FunctionData& bind_data) {
  return bind_data.Cast<duckdb::MultiFileBindData>().multi_file_reader->Cast<ScanReader>();
}

const ScanFileList& files_of(const duckdb::FunctionData& bind_data) {
  return bind_data.Cast<duckdb::MultiFileBindData>().file_list->Cast<ScanFileList>();
}

duckdb::BindInfo bind_info(const duckdb::optional_ptr<duckdb::FunctionData> bind_data) {
  auto entry = reader_of(*bind_data).state()->source().entry;
  return entry ? duckdb::BindInfo(*entry) : duckdb::BindInfo(duckdb::ScanType::EXTERNAL);
}

// Not `statistics`: with that one DuckDB gives up reading single fields of structs.
duckdb::unique_ptr<duckdb::BaseStatistics> column_statistics(duckdb::ClientContext&,
                                                             duckdb::TableFunctionGetStatisticsInput& input) {
  if (input.column_index.HasChildren() || input.column_index.IsVirtualColumn()) return nullptr;
  return files_of(*input.bind_data).statistics(input.column_index.GetPrimaryIndex());
}

duckdb::virtual_column_map_t virtual_columns(duckdb::ClientContext&,
                                             duckdb::optional_ptr<duckdb::FunctionData> bind_data) {
  return scan_virtual_columns(bind_data && reader_of(*bind_data).state()->source().stored_row_id);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(duckdb::ClientContext& context,
                                                                 duckdb::TableFunctionInitInput& input) {
  static const duckdb::table_function_init_global_t original = parquet_function("").init_global;
  duckdb::TableFunctionInitInput columns = input;
  if (const auto stored = reader_of(*input.bind_data).state()->source().stored_row_id) {
    std::replace(columns.column_ids.begin(), columns.column_ids.end(), kStoredRowIdColumn, duckdb::column_t(*stored));
    for (auto& column : columns.column_indexes) {
      if (column.GetPrimaryIndex() == kStoredRowIdColumn) column = duckdb::ColumnIndex(*stored);
    }
  }
  auto state = original(context, columns);
  auto& scan = state->Cast<duckdb::MultiFileGlobalState>();
  const auto& files = scan.file_list.Cast<ScanFileList>();
  if (files.at_most(1)) {
    const auto left = files.GetAllFiles();
    const std::uint64_t bytes =
        left.empty() ? 0 : duckdb::UBigIntValue::Get(left[0].extended_info->options.at("file_size"));
    if (bytes < kOneThreadBytes) scan.max_threads = 1;
  }
  return state;
}

template <typename Number>
std::string of_total(Number some, Number total) {
  return std::to_string(some) + " of " + std::to_string(total);
}

duckdb::InsertionOrderPreservingMap<duckdb::string> describe(duckdb::TableFunctionToStringInput& input) {
  duckdb::InsertionOrderPreservingMap<duckdb::string> result;
  const auto& reader = reader_of(*input.bind_data);
  const auto& files = files_of(*input.bind_data);
  const Snapshot& snapshot = *reader.state()->snapshot();
  result.insert(std::make_pair("Table", snapshot.location().uri));
  result.insert(std::make_pair("Version", std::to_string(snapshot.version())));
  const ScanCounts counts = files.counts();
  result.insert(std::make_pair("Files", of_total(counts.files_total - counts.files_pruned, counts.files_total)));
  result.insert(std::make_pair("Files Pruned", std::to_string(counts.files_pruned)));
  result.insert(std::make_pair("Bytes", of_total(counts.bytes_total - counts.bytes_pruned, counts.bytes_total)));
  if (files.predicate().kind() != PredicateKind::True) {
    result.insert(std::make_pair("File Filters", to_string(files.predicate())));
  }
  return result;
}

duckdb::InsertionOrderPreservingMap<duckdb::string> describe_run(duckdb::TableFunctionDynamicToStringInput& input) {
  duckdb::InsertionOrderPreservingMap<duckdb::string> result;
  const ScanFigures figures = reader_of(*input.bind_data).state()->figures();
  result.insert(std::make_pair("Files Read", of_total(figures.files_read, figures.planned.files_total)));
  result.insert(std::make_pair("Files Pruned When Run", std::to_string(figures.planned.files_pruned)));
  result.insert(std::make_pair("Bytes Of Files Read", std::to_string(figures.bytes_read)));
  return result;
}

duckdb::TableFunction scan_function(std::shared_ptr<ScanState> state) {
  duckdb::TableFunction function = parquet_function("lakelet_scan");
  function.function_info = duckdb::make_shared_ptr<ScanInfo>(std::move(state));
  function.get_multi_file_reader = make_reader;
  function.get_bind_info = bind_info;
  function.get_virtual_columns = virtual_columns;
  function.init_global = init_global;
  function.to_string = describe;
  function.dynamic_to_string = describe_run;
  // These speak of DuckDB's own file list, or of the readers that it opens while it binds; we open none.
  function.statistics = nullptr;
  function.statistics_extended = column_statistics;
  function.get_partition_stats = nullptr;
  function.get_partition_info = nullptr;
  function.serialize = nullptr;
  function.deserialize = nullptr;
  function.verify_serialization = false;
  return function;
}

}  // namespace

duckdb::virtual_column_map_t scan_virtual_columns(bool stored_row_ids) {
  duckdb::virtual_column_map_t columns;
  columns.insert({kFileNumberColumn, duckdb::TableColumn("file_index", duckdb::LogicalType::UBIGINT)});
  columns.insert({kRowPositionColumn, duckdb::TableColumn("file_row_number", duckdb::LogicalType::BIGINT)});
  columns.insert({kFileNameColumn, duckdb::TableColumn("filename", duckdb::LogicalType::VARCHAR)});
  if (stored_row_ids) {
    columns.insert({kStoredRowIdColumn, duckdb::TableColumn("stored_row_id", duckdb::LogicalType::BIGINT)});
  }
  columns.insert({duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)});
  return columns;
}

BoundScan bind_scan(duckdb::ClientContext& context, ScanSource source) {
  auto state = std::make_shared<ScanState>(context.db, std::move(source));
  BoundScan bound;
  bound.function = scan_function(state);
  bound.scan = state;
  on_engine([&] {
    duckdb::vector<duckdb::Value> inputs{duckdb::Value(state->snapshot()->location().uri)};
    duckdb::named_parameter_map_t named;
    duckdb::vector<duckdb::LogicalType> input_types;
    duckdb::vector<duckdb::string> input_names;
    duckdb::TableFunctionRef ref;
    duckdb::TableFunctionBindInput input(inputs, named, input_types, input_names, bound.function.function_info.get(),
                                         nullptr, bound.function, ref);
    bound.bind_data = bound.function.bind(context, input, bound.types, bound.names);
    bound.bind_data->Cast<duckdb::MultiFileBindData>().virtual_columns = scan_virtual_columns();
  });
  return bound;
}

std::shared_ptr<TableScan> scan_of(const duckdb::FunctionData& bind_data) {
  const auto* data = dynamic_cast<const duckdb::MultiFileBindData*>(&bind_data);
  if (!data || !data->multi_file_reader) return nullptr;
  const auto* reader = dynamic_cast<const ScanReader*>(data->multi_file_reader.get());
  return reader ? reader->state() : nullptr;
}

std::unique_ptr<ScanPlan> plan_of(const duckdb::FunctionData& bind_data, bool with_statistics,
                                  std::vector<ColumnPath> columns) {
  return files_of(bind_data).plan(with_statistics, std::move(columns));
}

bool is_whole_table(const duckdb::FunctionData& bind_data) {
  return files_of(bind_data).whole_table();
}

}  // namespace lakelet::engine
