#include "engine/partition_sort.h"

#include <duckdb/execution/execution_context.hpp>
#include <duckdb/planner/bound_query_node.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>

namespace lakelet::engine {

PartitionSort::PartitionSort(duckdb::ClientContext& context, duckdb::vector<duckdb::LogicalType> types,
                             bool with_row_keys)
    : types_(std::move(types)) {
  duckdb::vector<duckdb::BoundOrderByNode> order;
  for (int key = 0; key < (with_row_keys ? 2 : 1); ++key) {
    order.emplace_back(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST,
                       duckdb::make_uniq<duckdb::BoundReferenceExpression>(duckdb::LogicalType::BLOB, types_.size()));
    types_.push_back(duckdb::LogicalType::BLOB);
  }
  duckdb::vector<duckdb::idx_t> every_column;
  for (duckdb::idx_t i = 0; i < types_.size(); ++i) every_column.push_back(i);
  sort_ = duckdb::make_uniq<duckdb::Sort>(context, order, types_, every_column);
  global_ = sort_->GetGlobalSinkState(context);
}

PartitionSort::Thread::Thread(PartitionSort& sort, duckdb::ExecutionContext& context)
    : sort_(sort), local_(sort.sort_->GetLocalSinkState(context)) {}

void PartitionSort::Thread::add(duckdb::ExecutionContext& context, duckdb::DataChunk& rows) {
  duckdb::OperatorSinkInput input{*sort_.global_, *local_, interrupt_};
  sort_.sort_->Sink(context, rows, input);
}

void PartitionSort::Thread::finish(duckdb::ExecutionContext& context) {
  duckdb::OperatorSinkCombineInput input{*sort_.global_, *local_, interrupt_};
  sort_.sort_->Combine(context, input);
}

void PartitionSort::for_each(duckdb::ExecutionContext& context, const std::function<void(duckdb::DataChunk&)>& visit) {
  duckdb::InterruptState interrupt;
  duckdb::OperatorSinkFinalizeInput finalize{*global_, interrupt};
  if (sort_->Finalize(context.client, finalize) == duckdb::SinkFinalizeType::NO_OUTPUT_POSSIBLE) return;
  const auto source = sort_->GetGlobalSourceState(context.client, *global_);
  const auto local = sort_->GetLocalSourceState(context, *source);
  duckdb::OperatorSourceInput input{*source, *local, interrupt};
  duckdb::DataChunk chunk;
  chunk.Initialize(context.client, types_);
  while (true) {
    chunk.Reset();
    const auto outcome = sort_->GetData(context, chunk, input);
    if (chunk.size() > 0) visit(chunk);
    if (context.client.interrupted) throw duckdb::InterruptException();
    if (outcome == duckdb::SourceResultType::FINISHED || chunk.size() == 0) return;
  }
}

}  // namespace lakelet::engine
