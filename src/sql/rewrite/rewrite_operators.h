// The plan by which files are written again:
//
//   read the files' rows -> [sort] -> write
//
// Made and run as a whole: no SQL text stands behind it.
#pragma once

#include <duckdb.hpp>
#include <duckdb/execution/physical_operator.hpp>
#include <duckdb/planner/operator/logical_extension_operator.hpp>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/data_file_writer.h"
#include "sql/change/kept_rows.h"
#include "sql/rewrite/rewrite_step.h"
#include "sql/rewrite/row_placer.h"

namespace lakelet::sql {

// What the operators of one rewriting share. The transaction must outlive it.
struct RewriteWork {
  RewriteWork(Transaction& transaction_in, RewriteStep step_in);

  Transaction& transaction;
  std::shared_ptr<const Snapshot> base;
  RewriteStep step;
  std::optional<TrackedRows> tracked;  // where the rows keep what they are known by
  std::int64_t rows_expected = 0;
  Rewritten result;

  bool ordered() const { return step.placement != Placement::AsTheyCome; }
  bool on_curve() const { return step.placement == Placement::ZCurve || step.placement == Placement::Hilbert; }
  // Of the rows on their way: the table's columns, those of tracked rows, and the place on the curve.
  duckdb::vector<duckdb::LogicalType> row_types() const;
};
using SharedWork = std::shared_ptr<RewriteWork>;

class RewriteSource : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  RewriteSource(duckdb::PhysicalPlan& plan, SharedWork work);

  duckdb::string GetName() const override { return "LAKE_REWRITTEN_FILES"; }
  bool IsSource() const override { return true; }
  bool ParallelSource() const override { return true; }
  duckdb::OrderPreservationType SourceOrder() const override { return duckdb::OrderPreservationType::NO_ORDER; }
  duckdb::unique_ptr<duckdb::GlobalSourceState> GetGlobalSourceState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSourceState> GetLocalSourceState(duckdb::ExecutionContext& context,
                                                                   duckdb::GlobalSourceState& state) const override;
  duckdb::ProgressData GetProgress(duckdb::ClientContext& context, duckdb::GlobalSourceState& state) const override;

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override;

 private:
  SharedWork work_;
};

// Threads share the files. Rows that come ordered are written in that order, whichever threads had them in hand.
class RewriteSink : public duckdb::PhysicalOperator {
 public:
  static constexpr auto TYPE = duckdb::PhysicalOperatorType::EXTENSION;
  RewriteSink(duckdb::PhysicalPlan& plan, SharedWork work);

  duckdb::string GetName() const override { return "LAKE_REWRITE"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  duckdb::OperatorPartitionInfo RequiredPartitionInfo() const override;
  duckdb::unique_ptr<duckdb::GlobalSinkState> GetGlobalSinkState(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::LocalSinkState> GetLocalSinkState(duckdb::ExecutionContext& context) const override;
  duckdb::SinkResultType Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                              duckdb::OperatorSinkInput& input) const override;
  duckdb::SinkNextBatchType NextBatch(duckdb::ExecutionContext& context,
                                      duckdb::OperatorSinkNextBatchInput& input) const override;
  duckdb::SinkCombineResultType Combine(duckdb::ExecutionContext& context,
                                        duckdb::OperatorSinkCombineInput& input) const override;
  duckdb::SinkFinalizeType Finalize(duckdb::Pipeline& pipeline, duckdb::Event& event, duckdb::ClientContext& context,
                                    duckdb::OperatorSinkFinalizeInput& input) const override;
  bool IsSource() const override { return true; }

 protected:
  duckdb::SourceResultType GetDataInternal(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                           duckdb::OperatorSourceInput& input) const override;

 private:
  SharedWork work_;
};

class LogicalRewrite final : public duckdb::LogicalExtensionOperator {
 public:
  explicit LogicalRewrite(SharedWork work) : work_(std::move(work)) {}
  duckdb::PhysicalOperator& CreatePlan(duckdb::ClientContext& context, duckdb::PhysicalPlanGenerator& planner) override;

 protected:
  void ResolveTypes() override { types = {duckdb::LogicalType::BIGINT}; }

 private:
  SharedWork work_;
};

}  // namespace lakelet::sql
