#include "sql/change/returned_rows.h"

namespace lakelet::sql {
namespace {

duckdb::vector<duckdb::LogicalType> given_types(duckdb::vector<duckdb::LogicalType> types, bool with_action) {
  if (with_action) types.push_back(duckdb::LogicalType::VARCHAR);
  return types;
}

// The rows with their action behind them.
void put(duckdb::DataChunk& rows, const char* action, duckdb::DataChunk& out) {
  for (duckdb::idx_t i = 0; i < rows.ColumnCount(); ++i) out.data[i].Reference(rows.data[i]);
  if (out.ColumnCount() > rows.ColumnCount()) out.data[rows.ColumnCount()].Reference(duckdb::Value(action));
  out.SetCardinality(rows.size());
}

}  // namespace

ReturnedRows::ReturnedRows(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types,
                           bool with_action)
    : context_(context), types_(types), with_action_(with_action), written_(context, given_types(types, with_action)) {}

void ReturnedRows::add(duckdb::DataChunk& rows, const char* action) {
  duckdb::DataChunk out;
  out.InitializeEmpty(given_types(types_, with_action_));
  put(rows, action, out);
  const std::lock_guard lock(mutex_);
  written_.Append(out);
}

void ReturnedRows::add_deleted(std::shared_ptr<const Snapshot> snapshot, std::vector<FileTask> tasks) {
  if (tasks.empty()) return;
  deleted_ = std::make_unique<KeptRows>(context_, std::move(snapshot), std::move(tasks), std::nullopt);
  rows_.Initialize(context_, types_);
}

bool ReturnedRows::next(duckdb::DataChunk& out) {
  if (!begun_) written_.InitializeScan(scan_);
  begun_ = true;
  if (written_.Scan(scan_, out) && out.size() > 0) return true;
  if (!deleted_) return false;
  if (!thread_) thread_ = std::make_unique<KeptRows::Thread>(*deleted_);
  rows_.Reset();
  if (!thread_->next(rows_)) return false;
  put(rows_, "DELETE", out);
  return true;
}

}  // namespace lakelet::sql
