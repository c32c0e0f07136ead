// The scan of a snapshot, as a DuckDB table function: Parquet files with partition values, mapped columns and deleted
// rows.
#pragma once

#include <cstdint>
#include <duckdb.hpp>
#include <duckdb/common/table_column.hpp>
#include <duckdb/function/table_function.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "table/snapshot.h"

namespace duckdb {
class TableCatalogEntry;
}

namespace lakelet::engine {

struct ScanFigures {
  ScanCounts planned;            // by the last plan that ran, after every filter that reached it
  std::int64_t files_read = 0;   // opened
  std::uint64_t bytes_read = 0;  // of the opened files, whole
};

// What one scan knows of its files, shared by its bind data, its file lists and its readers. Thread-safe.
class TableScan {
 public:
  virtual ~TableScan() = default;
  virtual const std::shared_ptr<const Snapshot>& snapshot() const = 0;
  // The file behind a value of the virtual column kFileNumberColumn. Stays valid as long as the scan.
  virtual const FileTask& task(std::uint64_t file_number) const = 0;
  virtual ScanFigures figures() const = 0;
  // The conjunction of the filters that the planner pushed (a join's run-time filters don't count): what the rows that
  // were read depend on. True if there were none.
  virtual Predicate predicate() const = 0;
};

// The virtual columns of every scan. The identity of a row is the pair (file number UBIGINT, position BIGINT): the
// number is for TableScan::task, the position counts the file's rows as stored, deleted ones included.
extern const duckdb::column_t kFileNumberColumn;
extern const duckdb::column_t kRowPositionColumn;
extern const duckdb::column_t kFileNameColumn;  // VARCHAR, the file's URI
// BIGINT: the row id that the file itself keeps for the row, else NULL. Of scans with ScanSource::stored_row_id alone.
extern const duckdb::column_t kStoredRowIdColumn;
duckdb::virtual_column_map_t scan_virtual_columns(bool stored_row_ids = false);

struct ScanSource {
  std::shared_ptr<const Snapshot> snapshot;
  // Only these files, with these deletes, instead of what the snapshot plans: how a file is read again to be rewritten.
  std::optional<std::vector<FileTask>> files;
  // The table that is scanned: without it UPDATE, DELETE and MERGE are refused by the binder.
  duckdb::optional_ptr<duckdb::TableCatalogEntry> entry{};
  // The column of the snapshot that kStoredRowIdColumn stands for.
  std::optional<std::size_t> stored_row_id{};
};

struct BoundScan {
  duckdb::TableFunction function;
  duckdb::unique_ptr<duckdb::FunctionData> bind_data;
  duckdb::vector<duckdb::LogicalType> types;  // the columns of the snapshot's schema, in its order
  duckdb::vector<duckdb::string> names;
  std::shared_ptr<TableScan> scan;
};

// Throws Error(UnsupportedFeature) for a column type that the engine has no equal of. Reads nothing.
BoundScan bind_scan(duckdb::ClientContext& context, ScanSource source);

// The scan behind bind data that bind_scan made (or a copy of it); null for any other.
std::shared_ptr<TableScan> scan_of(const duckdb::FunctionData& bind_data);

// For bind data that scan_of() knows. The files that the scan would read, planned anew after the filters that the
// planner has pushed into it; statistics as ScanRequest says. The bind data must outlive the plan.
std::unique_ptr<ScanPlan> plan_of(const duckdb::FunctionData& bind_data, bool with_statistics,
                                  std::vector<ColumnPath> columns = {});
// Whether the scan gives every row of its snapshot: nothing was pushed, and no other files were given.
bool is_whole_table(const duckdb::FunctionData& bind_data);

}  // namespace lakelet::engine
