#include "sql/change/change_operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <utility>

#include "engine/engine_error.h"
#include "sql/session/written_rows.h"

namespace lakelet::sql {
namespace {

class SinkState : public duckdb::GlobalSinkState {
 public:
  explicit SinkState(RowChange& rows_in) : rows(rows_in) {}
  RowChange& rows;
  // Of RETURNING.
  std::mutex mutex;
  duckdb::unique_ptr<duckdb::ColumnDataCollection> returned;
};

class ReturnedScan : public duckdb::GlobalSourceState {
 public:
  duckdb::ColumnDataScanState scan;
  bool begun = false;
};

// What one thread needs to take rows away and to write.
class SinkThread : public duckdb::LocalSinkState {
 public:
  explicit SinkThread(duckdb::ClientContext& context, const RowInput* input) : fresh(STANDARD_VECTOR_SIZE) {
    if (!input || input->values.empty()) return;
    executor = std::make_unique<duckdb::ExpressionExecutor>(context, input->values);
    if (input->identity->stored_row_id) ids = std::make_unique<duckdb::Vector>(duckdb::LogicalType::BIGINT);
    duckdb::vector<duckdb::LogicalType> types;
    for (const auto& value : input->values) types.push_back(value->return_type);
    values.Initialize(context, types);
  }

  RowChange::Thread& out(duckdb::ExecutionContext& context, RowChange& rows) {
    if (!writer) writer = rows.start(context);
    return *writer;
  }
  void finish() {
    if (writer) writer->finish();
    if (assigned) assigned->finish();
  }

  duckdb::SelectionVector fresh;
  std::unique_ptr<duckdb::ExpressionExecutor> executor;
  duckdb::DataChunk values;
  std::unique_ptr<duckdb::Vector> ids;  // of tracked rows
  std::unique_ptr<RowChange::Thread> writer;
  std::unique_ptr<AssignedValues::Thread> assigned;
};

duckdb::idx_t first_missing(const duckdb::SelectionVector& selected, duckdb::idx_t count) {
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (selected.get_index(i) != i) return i;
  }
  return count;
}

std::function<void(duckdb::DataChunk&)> give_back(RowChange& rows, const char* action) {
  if (!rows.returned()) return {};
  return [&rows, action](duckdb::DataChunk& written) { rows.returned()->add(written, action); };
}

void update(duckdb::ExecutionContext& context, const RowInput& input, SinkThread& thread, RowChange& rows,
            duckdb::DataChunk& chunk) {
  thread.values.Reset();
  thread.executor->Execute(chunk, thread.values);
  const RowIdentity& identity = *input.identity;
  const bool tracked = thread.ids && rows.tracks_rows();
  if (tracked) {
    rows.row_ids(chunk.data[identity.file], chunk.data[identity.position], chunk.data[*identity.stored_row_id],
                 chunk.size(), *thread.ids);
  }
  if (input.partial_update) {
    if (!thread.assigned) thread.assigned = std::make_unique<AssignedValues::Thread>(*rows.assigned());
    return thread.assigned->add(*input.partial_update, thread.values, chunk.data[identity.file],
                                chunk.data[identity.position]);
  }
  thread.out(context, rows)
      .update(thread.values, input.computed, tracked ? thread.ids.get() : nullptr, give_back(rows, "UPDATE"));
}

// Takes the rows of `chunk` away and writes their new values; rows that were taken before are left alone or refused.
void take(duckdb::ExecutionContext& context, StatementChange& change, const RowInput& input, SinkThread& thread,
          RowChange& rows, duckdb::DataChunk& chunk) {
  auto& files = chunk.data[input.identity->file];
  auto& positions = chunk.data[input.identity->position];
  const auto fate = input.values.empty()   ? RowChange::Fate::Deleted
                    : input.partial_update ? RowChange::Fate::UpdatedLater
                                           : RowChange::Fate::Updated;
  const auto fresh = rows.remove(files, positions, chunk.size(), fate, thread.fresh);
  if (fresh < chunk.size() && input.refuse_duplicates) {
    const auto twice = first_missing(thread.fresh, fresh);
    change.refuse_duplicate(context.client, files.GetValue(twice).GetValue<std::uint64_t>(),
                            positions.GetValue(twice).GetValue<std::int64_t>());
  }
  const auto count = static_cast<std::int64_t>(fresh);
  (input.values.empty() ? rows.deleted : rows.updated) += count;
  if (input.values.empty() || fresh == 0) return;
  if (fresh == chunk.size()) {
    update(context, input, thread, rows, chunk);
  } else {
    duckdb::DataChunk selected;
    selected.InitializeEmpty(chunk.GetTypes());
    selected.Slice(chunk, thread.fresh, fresh);
    update(context, input, thread, rows, selected);
  }
}

class KeptState : public duckdb::GlobalSourceState {
 public:
  explicit KeptState(RowChange& rows_in) : rows(rows_in) {}
  duckdb::idx_t MaxThreads() override {
    const std::size_t before = rows.before() ? rows.before()->max_threads() : 1;
    return std::max({std::size_t{1}, rows.kept_threads(), before});
  }
  RowChange& rows;
};

class KeptThread : public duckdb::LocalSourceState {
 public:
  bool next(duckdb::DataChunk& rows) {
    if (completed) return completed->next(rows);
    return thread && thread->next(rows);
  }
  std::unique_ptr<KeptRows::Thread> thread;
  std::unique_ptr<AssignedRows::Thread> completed;
  bool told = false;
};

// Rows as TakeRows gives them.
void write_kept(duckdb::ExecutionContext& context, SinkThread& thread, RowChange& rows, duckdb::DataChunk& chunk) {
  const std::int32_t update =
      rows.assigned() ? chunk.data.back().GetValue(0).GetValue<std::int32_t>() : AssignedRows::kStays;
  if (update == AssignedRows::kStays) {
    rows.copied += static_cast<std::int64_t>(chunk.size());
    return thread.out(context, rows).keep(chunk);
  }
  const std::size_t columns = rows.partial_update(update).assigned.size();
  duckdb::DataChunk completed;
  auto types = chunk.GetTypes();
  types.resize(columns);
  completed.InitializeEmpty(types);
  for (std::size_t i = 0; i < columns; ++i) completed.data[i].Reference(chunk.data[i]);
  completed.SetCardinality(chunk.size());
  thread.out(context, rows)
      .update(completed, rows.partial_update(update).computed, rows.tracks_rows() ? &chunk.data[columns] : nullptr,
              give_back(rows, "UPDATE"));
}

// This thread's share of the rows that changed, as they were.
void tell_before(duckdb::ClientContext& context, RowChange& rows) {
  if (!rows.before()) return;
  duckdb::DataChunk changes;
  changes.Initialize(context, rows.before()->types());
  std::unique_ptr<ChangeRecord::Thread> record;
  for (auto thread = rows.before()->start(); thread->next(changes);) {
    if (!record) record = rows.record();
    record->write(changes);
  }
  if (record) record->finish();
}

}  // namespace

TakeRows::TakeRows(duckdb::PhysicalPlan& plan, duckdb::vector<duckdb::LogicalType> types, SharedChange change,
                   RowInput input, std::string name)
    : PhysicalOperator(plan, TYPE, std::move(types), 1),
      change_(std::move(change)),
      input_(std::move(input)),
      name_(std::move(name)) {}

duckdb::InsertionOrderPreservingMap<duckdb::string> TakeRows::ParamsToString() const {
  duckdb::InsertionOrderPreservingMap<duckdb::string> shown;
  const auto columns = change_->columns_read_later();
  if (!columns.empty()) shown["Read of Changed Rows"] = fmt::format("{}", fmt::join(columns, "\n"));
  return shown;
}

duckdb::unique_ptr<duckdb::GlobalSinkState> TakeRows::GetGlobalSinkState(duckdb::ClientContext& context) const {
  return engine::inside_engine([&] { return duckdb::make_uniq<SinkState>(change_->get(context)); });
}

duckdb::unique_ptr<duckdb::LocalSinkState> TakeRows::GetLocalSinkState(duckdb::ExecutionContext& context) const {
  return duckdb::make_uniq<SinkThread>(context.client, &input_);
}

duckdb::SinkResultType TakeRows::Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                      duckdb::OperatorSinkInput& input) const {
  if (input_.identity) {
    engine::inside_engine([&] {
      take(context, *change_, input_, input.local_state.Cast<SinkThread>(), input.global_state.Cast<SinkState>().rows,
           chunk);
    });
  }
  return duckdb::SinkResultType::NEED_MORE_INPUT;
}

duckdb::SinkCombineResultType TakeRows::Combine(duckdb::ExecutionContext&,
                                                duckdb::OperatorSinkCombineInput& input) const {
  engine::inside_engine([&] { input.local_state.Cast<SinkThread>().finish(); });
  return duckdb::SinkCombineResultType::FINISHED;
}

duckdb::SinkFinalizeType TakeRows::Finalize(duckdb::Pipeline&, duckdb::Event&, duckdb::ClientContext&,
                                            duckdb::OperatorSinkFinalizeInput& input) const {
  engine::inside_engine([&] { input.global_state.Cast<SinkState>().rows.settle(); });
  return duckdb::SinkFinalizeType::READY;
}

duckdb::unique_ptr<duckdb::GlobalSourceState> TakeRows::GetGlobalSourceState(duckdb::ClientContext& context) const {
  return engine::inside_engine([&] { return duckdb::make_uniq<KeptState>(change_->get(context)); });
}

duckdb::unique_ptr<duckdb::LocalSourceState> TakeRows::GetLocalSourceState(duckdb::ExecutionContext&,
                                                                           duckdb::GlobalSourceState& state) const {
  return engine::inside_engine([&] {
    auto local = duckdb::make_uniq<KeptThread>();
    auto& rows = state.Cast<KeptState>().rows;
    if (rows.kept()) local->thread = std::make_unique<KeptRows::Thread>(*rows.kept());
    if (rows.completed()) local->completed = std::make_unique<AssignedRows::Thread>(*rows.completed());
    return local;
  });
}

duckdb::SourceResultType TakeRows::GetDataInternal(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                                   duckdb::OperatorSourceInput& input) const {
  auto& local = input.local_state.Cast<KeptThread>();
  if (!std::exchange(local.told, true)) {
    engine::inside_engine([&] { tell_before(context.client, input.global_state.Cast<KeptState>().rows); });
  }
  const bool more = engine::inside_engine([&] { return local.next(chunk); });
  return more ? duckdb::SourceResultType::HAVE_MORE_OUTPUT : duckdb::SourceResultType::FINISHED;
}

MergeActionRows::MergeActionRows(duckdb::PhysicalPlan& plan, SharedChange change, RowInput input)
    : PhysicalOperator(plan, TYPE, {duckdb::LogicalType::BIGINT}, 1),
      change_(std::move(change)),
      input_(std::move(input)) {}

duckdb::unique_ptr<duckdb::GlobalSinkState> MergeActionRows::GetGlobalSinkState(duckdb::ClientContext& context) const {
  return engine::inside_engine([&] { return duckdb::make_uniq<SinkState>(change_->get(context)); });
}

duckdb::unique_ptr<duckdb::LocalSinkState> MergeActionRows::GetLocalSinkState(duckdb::ExecutionContext& context) const {
  return duckdb::make_uniq<SinkThread>(context.client, &input_);
}

duckdb::SinkResultType MergeActionRows::Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                             duckdb::OperatorSinkInput& input) const {
  engine::inside_engine([&] {
    auto& rows = input.global_state.Cast<SinkState>().rows;
    auto& thread = input.local_state.Cast<SinkThread>();
    if (input_.identity) {
      take(context, *change_, input_, thread, rows, chunk);
    } else {
      rows.inserted += static_cast<std::int64_t>(chunk.size());
      thread.out(context, rows).insert(chunk, input_.computed, give_back(rows, "INSERT"));
    }
  });
  return duckdb::SinkResultType::NEED_MORE_INPUT;
}

duckdb::SinkCombineResultType MergeActionRows::Combine(duckdb::ExecutionContext&,
                                                       duckdb::OperatorSinkCombineInput& input) const {
  engine::inside_engine([&] { input.local_state.Cast<SinkThread>().finish(); });
  return duckdb::SinkCombineResultType::FINISHED;
}

WriteRows::WriteRows(duckdb::PhysicalPlan& plan, SharedChange change, Rows rows, bool keep_order,
                     ComputedColumns computed, duckdb::vector<duckdb::LogicalType> returned)
    : PhysicalOperator(plan, TYPE,
                       returned.empty() ? duckdb::vector<duckdb::LogicalType>{duckdb::LogicalType::BIGINT} : returned,
                       1),
      change_(std::move(change)),
      rows_(rows),
      keep_order_(keep_order),
      returns_(!returned.empty()),
      computed_(std::move(computed)) {}

duckdb::unique_ptr<duckdb::GlobalSinkState> WriteRows::GetGlobalSinkState(duckdb::ClientContext& context) const {
  return engine::inside_engine([&] {
    auto state = duckdb::make_uniq<SinkState>(change_->get(context));
    if (returns_ && rows_ == Rows::New)
      state->returned = duckdb::make_uniq<duckdb::ColumnDataCollection>(context, types);
    return state;
  });
}

duckdb::unique_ptr<duckdb::GlobalSourceState> WriteRows::GetGlobalSourceState(duckdb::ClientContext&) const {
  return duckdb::make_uniq<ReturnedScan>();
}

duckdb::unique_ptr<duckdb::LocalSinkState> WriteRows::GetLocalSinkState(duckdb::ExecutionContext& context) const {
  return duckdb::make_uniq<SinkThread>(context.client, nullptr);
}

duckdb::SinkResultType WriteRows::Sink(duckdb::ExecutionContext& context, duckdb::DataChunk& chunk,
                                       duckdb::OperatorSinkInput& input) const {
  engine::inside_engine([&] {
    auto& rows = input.global_state.Cast<SinkState>().rows;
    auto& thread = input.local_state.Cast<SinkThread>();
    if (rows_ == Rows::New) {
      rows.inserted += static_cast<std::int64_t>(chunk.size());
      auto& state = input.global_state.Cast<SinkState>();
      if (!returns_) {
        thread.out(context, rows).insert(chunk, computed_);
      } else {
        thread.out(context, rows).insert(chunk, computed_, [&state](duckdb::DataChunk& written) {
          const std::lock_guard lock(state.mutex);
          state.returned->Append(written);
        });
      }
    } else {
      write_kept(context, thread, rows, chunk);
    }
    WrittenRows::of(context.client) += static_cast<std::int64_t>(chunk.size());
  });
  return duckdb::SinkResultType::NEED_MORE_INPUT;
}

duckdb::SinkCombineResultType WriteRows::Combine(duckdb::ExecutionContext&,
                                                 duckdb::OperatorSinkCombineInput& input) const {
  engine::inside_engine([&] { input.local_state.Cast<SinkThread>().finish(); });
  return duckdb::SinkCombineResultType::FINISHED;
}

duckdb::SinkFinalizeType WriteRows::Finalize(duckdb::Pipeline&, duckdb::Event&, duckdb::ClientContext&,
                                             duckdb::OperatorSinkFinalizeInput& input) const {
  engine::inside_engine([&] {
    auto& rows = input.global_state.Cast<SinkState>().rows;
    rows.finish();
    rows.change().report().rows_read += rows_ == Rows::New ? rows.inserted.load() : change_->source_rows.load();
  });
  return duckdb::SinkFinalizeType::READY;
}

duckdb::SourceResultType WriteRows::GetDataInternal(duckdb::ExecutionContext&, duckdb::DataChunk& chunk,
                                                    duckdb::OperatorSourceInput& input) const {
  if (returns_ && rows_ == Rows::Kept) {
    auto& returned = *sink_state->Cast<SinkState>().rows.returned();
    const bool more = engine::inside_engine([&] { return returned.next(chunk); });
    return more ? duckdb::SourceResultType::HAVE_MORE_OUTPUT : duckdb::SourceResultType::FINISHED;
  }
  if (returns_) {
    auto& returned = *sink_state->Cast<SinkState>().returned;
    auto& state = input.global_state.Cast<ReturnedScan>();
    if (!state.begun) returned.InitializeScan(state.scan);
    state.begun = true;
    returned.Scan(state.scan, chunk);
    return chunk.size() == 0 ? duckdb::SourceResultType::FINISHED : duckdb::SourceResultType::HAVE_MORE_OUTPUT;
  }
  const auto& rows = sink_state->Cast<SinkState>().rows;
  chunk.SetCardinality(1);
  chunk.SetValue(0, 0, duckdb::Value::BIGINT(rows.inserted + rows.updated + rows.deleted));
  return duckdb::SourceResultType::FINISHED;
}

CountRows::CountRows(duckdb::PhysicalPlan& plan, duckdb::PhysicalOperator& child, SharedChange change)
    : PhysicalOperator(plan, TYPE, child.types, child.estimated_cardinality), change_(std::move(change)) {
  children.push_back(child);
}

duckdb::OperatorResultType CountRows::Execute(duckdb::ExecutionContext&, duckdb::DataChunk& input,
                                              duckdb::DataChunk& chunk, duckdb::GlobalOperatorState&,
                                              duckdb::OperatorState&) const {
  change_->source_rows += static_cast<std::int64_t>(input.size());
  chunk.Reference(input);
  return duckdb::OperatorResultType::NEED_MORE_INPUT;
}

}  // namespace lakelet::sql
