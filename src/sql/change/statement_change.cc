#include <algorithm>

#include "engine/engine_error.h"
#include "engine/type_mapping.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/change/change_operators.h"
#include "sql/session/connection_state.h"

namespace lakelet::sql {

StatementChange::StatementChange(PathsTable& table, Operation operation, std::shared_ptr<engine::TableScan> scan)
    : catalog_(table.catalog), table_(&table), operation_(operation), scan_(std::move(scan)) {}

StatementChange::StatementChange(PathsSchema& schema, const duckdb::CreateTableInfo& info, NewTable table)
    : catalog_(schema.catalog), schema_(&schema), created_(std::move(table)) {
  created_info_ = duckdb::unique_ptr_cast<duckdb::CreateInfo, duckdb::CreateTableInfo>(info.Copy());
}

TableChange& StatementChange::begin(duckdb::ClientContext& context) {
  auto& transaction = PathsTransaction::get(context, catalog_);
  const auto& state = ConnectionState::of(context);
  StatementFacts facts = state.statement;
  facts.operation = operation_;  // the text of an EXECUTE or a COPY doesn't say
  if (created_) {
    auto& change = schema_->create_or_replace(transaction, *created_info_, *created_);
    change.transaction().set_data_file_options(state.options.files);
    change.begin_statement(facts);
    return change;
  }
  auto& change = transaction.change(*table_);
  const bool appends = operation_ == Operation::Append;
  change.require(appends && !state.options.replace_all ? Access::Append : Access::ChangeRows);
  change.transaction().set_data_file_options(state.options.files);
  change.begin_statement(facts);
  if (table_->scans(state.statement_number) > (appends ? 0 : 1)) {
    change.read_where(Predicate::always());  // INSERT INTO t SELECT ... FROM t
  } else if (scan_) {
    change.read_where(scan_->predicate());
  }
  if (appends && state.options.replace_all) change.remove_all();
  return change;
}

RowChange& StatementChange::get(duckdb::ClientContext& context) {
  std::lock_guard lock(mutex_);
  if (rows_) return *rows_;
  rows_ = std::make_unique<RowChange>(context, begin(context), scan_);
  if (keeps_order_) rows_->keep_order();
  if (gives_back_ != GivesBack::Nothing) {
    const bool with_action = gives_back_ == GivesBack::WithAction;
    rows_->give_back(std::make_unique<ReturnedRows>(context, table_->GetTypes(), with_action));
  }
  if (table_) rows_->complete_later(table_->GetTypes(), partial_updates_);
  for (const FileTask& task : whole_files_) rows_->remove_whole(task);
  return *rows_;
}

std::size_t StatementChange::add_partial_update(PartialUpdate update) {
  partial_updates_.push_back(std::move(update));
  return partial_updates_.size() - 1;
}

std::vector<std::string> StatementChange::columns_read_later() const {
  std::vector<std::string> names;
  if (!table_) return names;
  for (const auto& column : table_->GetColumns().Physical()) {
    const auto kept = [&](const PartialUpdate& update) { return !update.assigned[column.StorageOid()]; };
    if (std::ranges::any_of(partial_updates_, kept)) names.push_back(column.Name());
  }
  return names;
}

void StatementChange::refuse_duplicate(duckdb::ClientContext& context, std::uint64_t file, std::int64_t position) {
  const auto& snapshot = scan_->snapshot();
  std::vector<std::string> names;
  std::vector<duckdb::column_t> columns;
  for (const auto& name : ConnectionState::of(context).statement.key_columns) {
    const int index = snapshot->schema().index_of(name);
    if (index < 0) continue;
    names.push_back(snapshot->schema()[index].name);
    columns.push_back(static_cast<duckdb::column_t>(index));
  }
  std::string key;
  columns.push_back(engine::kRowPositionColumn);
  engine::TaskReader reader(context, snapshot, {scan_->task(file)}, columns);
  duckdb::DataChunk rows;
  rows.Initialize(context, reader.types());
  for (auto thread = reader.start(); key.empty() && thread->next(rows); rows.Reset()) {
    for (duckdb::idx_t row = 0; row < rows.size() && key.empty(); ++row) {
      if (rows.GetValue(names.size(), row).GetValue<std::int64_t>() != position) continue;
      for (std::size_t i = 0; i < names.size(); ++i) {
        key += (i ? ", " : " (") + names[i] + " = " + rows.GetValue(i, row).ToString();
      }
      key += names.empty() ? " " : ")";
    }
  }
  throw Error(ErrorCode::ConstraintViolation,
              "two rows of the source match one row of the table" + (names.empty() ? std::string() : key),
              "make the keys of the source unique, for example with SELECT DISTINCT ON or QUALIFY row_number() = 1");
}

}  // namespace lakelet::sql
