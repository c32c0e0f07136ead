#include "engine/task_reader.h"

#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/execution/execution_context.hpp>
#include <duckdb/parallel/thread_context.hpp>

#include "engine/engine_error.h"

namespace lakelet::engine {

struct TaskReader::Impl {
  duckdb::ClientContext& context;
  BoundScan bound;
  duckdb::vector<duckdb::column_t> columns;
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::unique_ptr<duckdb::GlobalTableFunctionState> global;

  duckdb::TableFunctionInitInput init_input() const {
    return {bound.bind_data.get(), columns, duckdb::vector<duckdb::idx_t>(), nullptr};
  }
};

namespace {

duckdb::LogicalType type_of(const BoundScan& bound, duckdb::column_t column) {
  if (!duckdb::IsVirtualColumn(column)) return bound.types[column];
  return scan_virtual_columns().at(column).type;
}

class ReadingThread final : public TaskReader::Thread {
 public:
  explicit ReadingThread(TaskReader::Impl& reader)
      : reader_(reader), thread_(duckdb::make_uniq<duckdb::ThreadContext>(reader.context)) {
    duckdb::ExecutionContext context(reader.context, *thread_, nullptr);
    begin(context);
  }

  bool next(duckdb::DataChunk& rows) override {
    return on_engine([&] {
      rows.Reset();
      while (local_) {
        duckdb::TableFunctionInput input(reader_.bound.bind_data.get(), local_.get(), reader_.global.get());
        input.results_execution_mode = duckdb::AsyncResultsExecutionMode::SYNCHRONOUS;
        reader_.bound.function.function(reader_.context, input, rows);
        if (rows.size() > 0) return true;
        if (input.async_result.GetResultType() == duckdb::AsyncResultType::FINISHED) local_.reset();
        if (reader_.context.interrupted) throw duckdb::InterruptException();
      }
      return false;
    });
  }

 private:
  void begin(duckdb::ExecutionContext& context) {
    on_engine([&] {
      auto input = reader_.init_input();
      local_ = reader_.bound.function.init_local(context, input, reader_.global.get());
    });
  }

  TaskReader::Impl& reader_;
  duckdb::unique_ptr<duckdb::ThreadContext> thread_;
  duckdb::unique_ptr<duckdb::LocalTableFunctionState> local_;
};

}  // namespace

TaskReader::TaskReader(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot,
                       std::vector<FileTask> files, std::vector<duckdb::column_t> columns) {
  auto bound = bind_scan(context, {std::move(snapshot), std::move(files), {}});
  impl_.reset(new Impl{context, std::move(bound), {}, {}, nullptr});
  if (columns.empty()) {
    for (duckdb::column_t i = 0; i < impl_->bound.types.size(); ++i) columns.push_back(i);
  }
  for (const duckdb::column_t column : columns) {
    impl_->columns.push_back(column);
    impl_->types.push_back(type_of(impl_->bound, column));
  }
  on_engine([&] {
    auto input = impl_->init_input();
    impl_->global = impl_->bound.function.init_global(context, input);
  });
}

TaskReader::~TaskReader() = default;

const duckdb::vector<duckdb::LogicalType>& TaskReader::types() const {
  return impl_->types;
}

std::size_t TaskReader::max_threads() const {
  return impl_->global->MaxThreads();
}

std::unique_ptr<TaskReader::Thread> TaskReader::start() {
  return std::make_unique<ReadingThread>(*impl_);
}

std::shared_ptr<TableScan> TaskReader::scan() const {
  return impl_->bound.scan;
}

}  // namespace lakelet::engine
