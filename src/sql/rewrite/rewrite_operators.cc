#include "sql/rewrite/rewrite_operators.h"

#include <atomic>
#include <duckdb/execution/operator/order/physical_order.hpp>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/storage/buffer_manager.hpp>

#include "engine/engine_error.h"
#include "engine/type_mapping.h"
#include "sql/change/table_order.h"
#include "sql/change/tracked_layout.h"
#include "sql/session/written_rows.h"
#include "table/given_files.h"

namespace lakelet::sql {
namespace {

// So many files are open at once, about: each holds its metadata as long as others of its batch are read.
constexpr std::size_t kFilesOfBatch = 256;

class SourceState : public duckdb::GlobalSourceState {
 public:
  SourceState(duckdb::ClientContext& context, const RewriteWork& work) : context_(context), work_(work) {
    if (work.on_curve()) placer = std::make_unique<RowPlacer>(context, work.base, work.step);
    first_threads_ = std::max<std::size_t>(1, after(nullptr)->max_threads());
  }
  duckdb::idx_t MaxThreads() override { return first_threads_; }

  // The rows to read for a thread that is through with `done`; null: there are no more.
  std::shared_ptr<KeptRows> after(const KeptRows* done) {
    const std::lock_guard lock(mutex_);
    if (current_.get() != done) return current_;
    const auto& files = work_.step.files;
    current_.reset();
    if (next_ == files.size()) return nullptr;
    const std::size_t end = std::min(files.size(), next_ + kFilesOfBatch);
    std::vector<FileTask> batch(files.begin() + static_cast<std::ptrdiff_t>(next_),
                                files.begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
    current_ = std::make_shared<KeptRows>(context_, work_.base, std::move(batch), work_.tracked);
    return current_;
  }

  std::unique_ptr<RowPlacer> placer;
  std::atomic<std::int64_t> read{0};

 private:
  duckdb::ClientContext& context_;
  const RewriteWork& work_;
  std::mutex mutex_;
  std::shared_ptr<KeptRows> current_;
  std::size_t next_ = 0, first_threads_ = 1;
};

class SourceThread : public duckdb::LocalSourceState {
 public:
  SourceThread(duckdb::ClientContext& context, SourceState& state, const RewriteWork& work) : state_(state) {
    if (!work.on_curve()) return;
    auto types = work.row_types();
    types.pop_back();
    kept.Initialize(context, types);
  }

  bool next(duckdb::DataChunk& rows) {
    while (!ended_) {
      if (thread_ && thread_->next(rows)) return true;
      thread_.reset();
      const auto following = state_.after(batch_.get());
      batch_ = following;
      ended_ = batch_ == nullptr;
      if (batch_) thread_ = std::make_unique<KeptRows::Thread>(*batch_);
    }
    return false;
  }

  duckdb::DataChunk kept;  // where a column is added to the rows

 private:
  SourceState& state_;
  std::shared_ptr<KeptRows> batch_;
  std::unique_ptr<KeptRows::Thread> thread_;  // of the batch
  bool ended_ = false;
};

class SinkState : public duckdb::GlobalSinkState {
 public:
  std::unique_ptr<engine::DataFileWriter> writer;
  std::mutex mutex;
  std::uint64_t most_spilled = 0;
};

class SinkThread : public duckdb::LocalSinkState {
 public:
  std::unique_ptr<engine::DataFileWriter::Thread> writer;
  duckdb::DataChunk rows;
};

void begin_batch(const duckdb::LocalSinkState& thread, engine::DataFileWriter::Thread& writer) {
  const auto& batch = thread.partition_info;
  writer.begin_batch(batch.batch_index.GetIndex(),
                     batch.min_batch_index.IsValid() ? batch.min_batch_index.GetIndex() : 0);
}

void note_spilling(duckdb::ClientContext& context, SinkState& state) {
  const std::uint64_t now = duckdb::BufferManager::GetBufferManager(context).GetUsedSwap();
  const std::lock_guard lock(state.mutex);
  state.most_spilled = std::max(state.most_spilled, now);
}

std::unique_ptr<engine::DataFileWriter> make_writer(duckdb::ClientContext& context, const RewriteWork& work) {
  Transaction& transaction = work.transaction;
  engine::DataFileWriterOptions options;
  options.schema = work.base->schema();
  options.partitioning = work.base->partitioning();
  options.layout = transaction.write_layout();
  if (work.step.target_bytes > 0) options.layout.target_file_bytes = work.step.target_bytes;
  options.new_file_uri = [&transaction](const std::vector<Value>& values, const std::string& unique) {
    return transaction.new_file_uri(values, unique);
  };
  if (!work.ordered()) options.order = table_order(*work.base);
  if (work.tracked) add_tracked_columns(*transaction.row_tracking(), *work.tracked, options);
  return std::make_unique<engine::DataFileWriter>(context, std::move(options));
}

duckdb::unique_ptr<duckdb::Expression> column(const duckdb::vector<duckdb::LogicalType>& types, duckdb::idx_t index) {
  return duckdb::make_uniq<duckdb::BoundReferenceExpression>(types[index], index);
}

}  // namespace

RewriteWork::RewriteWork(Transaction& transaction_in, RewriteStep step_in)
    : transaction(transaction_in), base(transaction_in.base_pointer()), step(std::move(step_in)) {
  if (transaction.row_tracking()) tracked = tracked_files(base);
  for (const FileTask& task : step.files) rows_expected += live_rows(task).value_or(0);
}

duckdb::vector<duckdb::LogicalType> RewriteWork::row_types() const {
  duckdb::vector<duckdb::LogicalType> types;
  for (const Field& field : base->schema().fields()) types.push_back(engine::to_engine_type(field.type));
  if (tracked) types.insert(types.end(), 2, duckdb::LogicalType::BIGINT);
  if (on_curve()) types.push_back(RowPlacer::key_type(step));
  return types;
}

RewriteSource::RewriteSource(duckdb::PhysicalPlan& plan, SharedWork work)
    : PhysicalOperator(plan, TYPE, work->row_types(), static_cast<duckdb::idx_t>(work->rows_expected)),
      work_(std::move(work)) {}

duckdb::unique_ptr<duckdb::GlobalSourceState> RewriteSource::GetGlobalSourceState(
    duckdb::ClientContext& context) const {
  return engine::inside_engine([&] { return duckdb::make_uniq<SourceState>(context, *work_); });
}

duckdb::unique_ptr<duckdb::LocalSourceState> RewriteSource::GetLocalSourceState(
    duckdb::ExecutionContext& context, duckdb::GlobalSourceState& state) const {
  return engine::inside_engine(
      [&] { return duckdb::make_uniq<SourceThread>(context.client, state.Cast<SourceState>(), *work_); });
}

duckdb::SourceResultType RewriteSource::GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                                        duckdb::OperatorSourceInput& input) const {
  auto& state = input.global_state.Cast<SourceState>();
  auto& thread = input.local_state.Cast<SourceThread>();
  const bool more = engine::inside_engine([&] {
    if (!state.placer) return thread.next(chunk);
    if (!thread.next(thread.kept)) return false;
    for (duckdb::idx_t i = 0; i < thread.kept.ColumnCount(); ++i) chunk.data[i].Reference(thread.kept.data[i]);
    chunk.SetCardinality(thread.kept.size());
    state.placer->place(thread.kept, chunk.data.back());
    return true;
  });
  state.read += static_cast<std::int64_t>(chunk.size());
  return more ? duckdb::SourceResultType::HAVE_MORE_OUTPUT : duckdb::SourceResultType::FINISHED;
}

duckdb::ProgressData RewriteSource::GetProgress(duckdb::ClientContext&, duckdb::GlobalSourceState& state) const {
  duckdb::ProgressData progress;
  progress.total = static_cast<double>(std::max<std::int64_t>(1, work_->rows_expected));
  progress.done = std::min(progress.total, static_cast<double>(state.Cast<SourceState>().read.load()));
  return progress;
}

RewriteSink::RewriteSink(duckdb::PhysicalPlan& plan, SharedWork work)
    : PhysicalOperator(plan, TYPE, {duckdb::LogicalType::BIGINT}, 1), work_(std::move(work)) {}

duckdb::unique_ptr<duckdb::GlobalSinkState> RewriteSink::GetGlobalSinkState(duckdb::ClientContext& context) const {
  return engine::inside_engine([&] {
    auto state = duckdb::make_uniq<SinkState>();
    state->writer = make_writer(context, *work_);
    return state;
  });
}

duckdb::unique_ptr<duckdb::LocalSinkState> RewriteSink::GetLocalSinkState(duckdb::ExecutionContext&) const {
  return duckdb::make_uniq<SinkThread>();
}

duckdb::SinkResultType RewriteSink::Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                         duckdb::OperatorSinkInput& input) const {
  engine::inside_engine([&] {
    auto& state = input.global_state.Cast<SinkState>();
    auto& thread = input.local_state.Cast<SinkThread>();
    if (!thread.writer) {
      thread.writer = state.writer->start(context);
      thread.rows.InitializeEmpty(state.writer->types());
    }
    for (duckdb::idx_t i = 0; i < thread.rows.ColumnCount(); ++i) thread.rows.data[i].Reference(chunk.data[i]);
    thread.rows.SetCardinality(chunk.size());
    if (work_->ordered()) begin_batch(thread, *thread.writer);
    thread.writer->write(thread.rows);
    WrittenRows::of(context.client) += static_cast<std::int64_t>(chunk.size());
    note_spilling(context.client, state);
  });
  return duckdb::SinkResultType::NEED_MORE_INPUT;
}

duckdb::OperatorPartitionInfo RewriteSink::RequiredPartitionInfo() const {
  return work_->ordered() ? duckdb::OperatorPartitionInfo::BatchIndex()
                          : duckdb::OperatorPartitionInfo::NoPartitionInfo();
}

// DuckDB calls it before others see that the thread is through with its last batch: so that its rows are there by then.
duckdb::SinkNextBatchType RewriteSink::NextBatch(duckdb::ExecutionContext&,
                                                 duckdb::OperatorSinkNextBatchInput& input) const {
  engine::inside_engine([&] {
    auto& thread = input.local_state.Cast<SinkThread>();
    if (thread.writer) begin_batch(thread, *thread.writer);
  });
  return duckdb::SinkNextBatchType::READY;
}

duckdb::SinkCombineResultType RewriteSink::Combine(duckdb::ExecutionContext&,
                                                   duckdb::OperatorSinkCombineInput& input) const {
  engine::inside_engine([&] {
    if (auto& writer = input.local_state.Cast<SinkThread>().writer) writer->finish();
  });
  return duckdb::SinkCombineResultType::FINISHED;
}

duckdb::SinkFinalizeType RewriteSink::Finalize(duckdb::Pipeline&, duckdb::Event&, duckdb::ClientContext&,
                                               duckdb::OperatorSinkFinalizeInput& input) const {
  engine::inside_engine([&] {
    auto& state = input.global_state.Cast<SinkState>();
    work_->result.files = state.writer->finish();
    work_->result.rows = state.writer->rows();
    for (const FileTask& task : work_->step.files)
      work_->result.bytes_read += static_cast<std::int64_t>(task.file.bytes);
    work_->result.bytes_spilled = static_cast<std::int64_t>(state.most_spilled);
  });
  return duckdb::SinkFinalizeType::READY;
}

duckdb::SourceResultType RewriteSink::GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                                      duckdb::OperatorSourceInput&) const {
  chunk.SetCardinality(1);
  chunk.SetValue(0, 0, duckdb::Value::BIGINT(work_->result.rows));
  return duckdb::SourceResultType::FINISHED;
}

duckdb::PhysicalOperator& LogicalRewrite::CreatePlan(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator& planner) {
  return engine::inside_engine([&]() -> duckdb::PhysicalOperator& {
    auto* rows = &planner.Make<RewriteSource>(work_);
    const auto types = work_->row_types();
    duckdb::vector<duckdb::BoundOrderByNode> order;
    const auto by = [&](duckdb::idx_t index) {
      order.emplace_back(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST, column(types, index));
    };
    if (work_->on_curve()) by(types.size() - 1);
    if (work_->step.placement == Placement::Sorted) {
      for (const ColumnPath& path : work_->step.columns) by(chunk_path(work_->base->schema(), path)[0]);
    }
    if (!order.empty()) {
      duckdb::vector<duckdb::idx_t> wanted;
      duckdb::vector<duckdb::LogicalType> wanted_types;
      for (duckdb::idx_t i = 0; i < types.size() - work_->on_curve(); ++i) {
        wanted.push_back(i);
        wanted_types.push_back(types[i]);
      }
      auto& sorted = planner.Make<duckdb::PhysicalOrder>(std::move(wanted_types), std::move(order), std::move(wanted),
                                                         rows->estimated_cardinality);
      sorted.children.push_back(*rows);
      rows = &sorted;
    }
    auto& sink = planner.Make<RewriteSink>(work_);
    sink.children.push_back(*rows);
    return sink;
  });
}

}  // namespace lakelet::sql
