// The physical operators of INSERT, UPDATE, DELETE, MERGE and CREATE TABLE AS. All are made of the same two steps: rows
// are taken away and new ones written as the statement's plan gives them; then the rows that stay of files that must be
// written again follow into the same new files.
//
//   INSERT, CTAS     plan -> WriteRows
//   DELETE, UPDATE   plan -> TakeRows | kept rows -> WriteRows
//   MERGE            plan -> PhysicalMergeInto of MergeActions | -> TakeRows | kept rows -> WriteRows
#pragma once

#include <duckdb.hpp>
#include <duckdb/execution/physical_operator.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/paths_table.h"
#include "sql/change/row_change.h"

namespace lakelet::sql {

// The change that the operators of one statement share; begun when the statement starts to run, not when it's planned
// (EXPLAIN plans too).
class StatementChange {
 public:
  // Changes an existing table: adds rows to it, or takes rows away that `scan` gave (null if the planner found that
  // there can be none). Or makes a table.
  // `operation` is for the history.
  StatementChange(PathsTable& table, Operation operation, std::shared_ptr<engine::TableScan> scan);
  StatementChange(PathsSchema& schema, const duckdb::CreateTableInfo& info, NewTable table);

  // The rows that change are given back (RETURNING); `with_action`: a MERGE, which says of each what became of it.
  void give_back(bool with_action) { gives_back_ = with_action ? GivesBack::WithAction : GivesBack::Rows; }
  // The rows come in an order that the statement asks for, which counts more than the table's.
  void keep_order() { keeps_order_ = true; }
  // These files go as a whole, instead of rows that the statement scans.
  void take_whole(std::vector<FileTask> files) { whole_files_ = std::move(files); }
  // A merge's UPDATE that doesn't assign all columns; its number. The others are read once its rows are known.
  std::size_t add_partial_update(PartialUpdate update);
  bool has_partial_updates() const { return !partial_updates_.empty(); }
  // Names of columns that are read only of rows that change, for EXPLAIN.
  std::vector<std::string> columns_read_later() const;
  RowChange& get(duckdb::ClientContext& context);
  // Rows of the source that a merge has seen.
  std::atomic<std::int64_t> source_rows{0};
  // Throws the error of two source rows for one row of the target, naming its key.
  [[noreturn]] void refuse_duplicate(duckdb::ClientContext& context, std::uint64_t file, std::int64_t position);

 private:
  TableChange& begin(duckdb::ClientContext& context);

  duckdb::Catalog& catalog_;
  PathsTable* table_ = nullptr;
  Operation operation_ = Operation::Create;
  std::shared_ptr<engine::TableScan> scan_;
  std::vector<FileTask> whole_files_;
  std::vector<PartialUpdate> partial_updates_;
  PathsSchema* schema_ = nullptr;
  duckdb::unique_ptr<duckdb::CreateTableInfo> created_info_;
  std::optional<NewTable> created_;
  enum class GivesBack { Nothing, Rows, WithAction };
  GivesBack gives_back_ = GivesBack::Nothing;
  bool keeps_order_ = false;
  std::mutex mutex_;
  std::unique_ptr<RowChange> rows_;
};
using SharedChange = std::shared_ptr<StatementChange>;

// Where the identity of a row stands in a chunk, and the expressions over the chunk that make the new row.
struct RowIdentity {
  duckdb::idx_t file = 0, position = 0;
  std::optional<duckdb::idx_t> stored_row_id{};  // where the table tracks its rows
};
struct RowInput {
  std::optional<RowIdentity> identity;
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> values;
  ComputedColumns computed{};
  std::optional<std::size_t> partial_update{};  // of these values only some count: StatementChange::add_partial_update
  bool refuse_duplicates = false;               // a merge; otherwise a row is changed once, by the first that comes
};

// As a sink: takes the rows that its plan names away, and writes their new values if it has some. As a source: the rows
// that stay of files that are written again, with the columns of KeptRows, or those of AssignedRows where a merge has
// partial updates; on the way the rows that changed are told as
// they were.
class TakeRows : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  // Without an identity in `input` the sink takes nothing: the actions of a merge did.
  TakeRows(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> types, SharedChange change, RowInput input,
           std::string name);

  duckdb::string GetName() const override { return name_; }
  duckdb::InsertionOrderPreservingMap<duckdb::string> ParamsToString() const override;
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(duckdb::ExecutionContext& context) const override;
  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override;
  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext& context,
                                        duckdb::OperatorSinkCombineInput& input) const override;
  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline& pipeline, duckdb::Event& event, duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override;

  bool IsSource() const override { return true; }
  bool ParallelSource() const override { return true; }
  duckdb::OrderPreservationType SourceOrder() const override { return duckdb::OrderPreservationType::NO_ORDER; }
  duckdb::unique_ptr<duckdb::GlobalSourceState> GetGlobalSourceState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSourceState> GetLocalSourceState(duckdb::ExecutionContext& context,
                                                                   duckdb::GlobalSourceState& state) const override;

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override;

 private:
  SharedChange change_;
  RowInput input_;
  std::string name_;
};

// One WHEN ... THEN UPDATE, DELETE or INSERT under a PhysicalMergeInto, which routes the rows: a sink only.
class MergeActionRows : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  MergeActionRows(duckdb::PhysicalPlan& plan, SharedChange change, RowInput input);

  duckdb::string GetName() const override { return "LAKE_MERGE_ACTION"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(duckdb::ExecutionContext& context) const override;
  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override;
  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext& context,
                                        duckdb::OperatorSinkCombineInput& input) const override;

 private:
  SharedChange change_;
  RowInput input_;
};

// Writes rows of the table's columns, and ends the statement's change. As a source: one row, how many were changed.
class WriteRows : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  enum class Rows { New, Kept };
  // `computed`: of new rows. `returned`: the types of the rows that the statement gives back (RETURNING), if it does.
  WriteRows(duckdb::PhysicalPlan& plan, SharedChange change, Rows rows, bool keep_order, ComputedColumns computed = {},
            duckdb::vector<duckdb::LogicalType> returned = {});

  duckdb::string GetName() const override { return "LAKE_WRITE"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return !keep_order_; }
  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(duckdb::ExecutionContext& context) const override;
  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override;
  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext& context,
                                        duckdb::OperatorSinkCombineInput& input) const override;
  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline& pipeline, duckdb::Event& event, duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override;
  bool IsSource() const override { return true; }
  duckdb::unique_ptr<duckdb::GlobalSourceState> GetGlobalSourceState(duckdb::ClientContext& context) const override;

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override;

 private:
  SharedChange change_;
  Rows rows_;
  bool keep_order_;
  bool returns_;
  ComputedColumns computed_;
};

// Passes rows on and counts them: a merge's source.
class CountRows : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  CountRows(duckdb::PhysicalPlan& plan, duckdb::PhysicalOperator& child, SharedChange change);
  duckdb::string GetName() const override { return "LAKE_SOURCE"; }
  bool ParallelOperator() const override { return true; }
  duckdb::OperatorResultType Execute(duckdb::ExecutionContext&, duckdb::DataChunk& input, duckdb::DataChunk& chunk,
                                     duckdb::GlobalOperatorState&, duckdb::OperatorState&) const override;

 private:
  SharedChange change_;
};

}  // namespace lakelet::sql
