#include "engine/data_file_writer.h"

#include <atomic>
#include <duckdb/execution/execution_context.hpp>
#include <duckdb/parallel/thread_context.hpp>
#include <duckdb/storage/buffer_manager.hpp>
#include <optional>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/file_series.h"
#include "engine/partition_router.h"

namespace lakelet::engine {

struct DataFileWriter::Impl {
  Impl(duckdb::ClientContext& context, DataFileWriterOptions options) : written(context, std::move(options)) {
    if (written.layout.partition_columns().empty() && !written.layout.ordered()) {
      all_rows = std::make_unique<FileSeries>(written, std::vector<Value>());
    } else {
      const auto memory = duckdb::BufferManager::GetBufferManager(context).GetMaxMemory();
      router = std::make_unique<PartitionRouter>(written, memory / 4);
    }
  }

  WrittenFiles written;
  std::unique_ptr<FileSeries> all_rows;     // unpartitioned
  std::unique_ptr<PartitionRouter> router;  // partitioned
  std::atomic<std::int64_t> rows = 0;
  bool finished = false;
};

namespace {

// A thread's own state where DuckDB gives none.
struct OwnContext {
  explicit OwnContext(duckdb::ClientContext& client) : thread(client), execution(client, thread, nullptr) {}
  duckdb::ThreadContext thread;
  duckdb::ExecutionContext execution;
};

class WritingThread final : public DataFileWriter::Thread {
 public:
  explicit WritingThread(DataFileWriter::Impl& writer)
      : writer_(writer), own_(writer.written.context), buffer_(writer.written.context, writer.written.layout) {
    if (writer_.router) routing_ = std::make_unique<PartitionRouter::Thread>(*writer_.router);
    file_rows_.InitializeEmpty(writer_.written.layout.file_types());
  }

  void write(duckdb::DataChunk& rows) override {
    if (rows.size() == 0) return;
    on_engine([&] {
      writer_.rows += static_cast<std::int64_t>(rows.size());
      if (routing_) {
        routing_->write(own_.execution, rows);
        return;
      }
      writer_.written.layout.select_file_columns(rows, file_rows_);
      buffer_.append(file_rows_);
      if (!buffer_.full()) return;
      if (batch_) {
        writer_.all_rows->write_in_order(buffer_, *batch_);
      } else {
        writer_.all_rows->write(buffer_);
      }
    });
  }

  void begin_batch(std::uint64_t number, std::uint64_t least) override {
    on_engine([&] {
      if (routing_) routing_->begin_batch({number, least});
      if (batch_ && batch_->number != number && !routing_) writer_.all_rows->write_in_order(buffer_, *batch_);
      batch_ = RowBatch{number, least};
    });
  }

  void finish() override {
    on_engine([&] {
      if (routing_) {
        routing_->finish(own_.execution);
      } else if (batch_) {
        writer_.all_rows->write_in_order(buffer_, *batch_);
      } else {
        writer_.all_rows->keep(buffer_);
      }
    });
  }

 private:
  DataFileWriter::Impl& writer_;
  OwnContext own_;
  RowBuffer buffer_;
  std::optional<RowBatch> batch_;
  std::unique_ptr<PartitionRouter::Thread> routing_;
  duckdb::DataChunk file_rows_;
};

void remove_all(duckdb::ClientContext& context, const std::vector<std::string>& uris) {
  auto& files = duckdb::FileSystem::GetFileSystem(context);
  for (const std::string& uri : uris) {
    try {
      files.RemoveFile(to_engine_path(uri));
    } catch (const std::exception&) {
      // What stays is an orphan that nothing refers to.
    }
  }
}

}  // namespace

DataFileWriter::DataFileWriter(duckdb::ClientContext& context, DataFileWriterOptions options)
    : impl_(on_engine([&] { return std::make_unique<Impl>(context, std::move(options)); })) {}

DataFileWriter::~DataFileWriter() {
  if (!impl_ || impl_->finished) return;
  impl_->all_rows.reset();
  impl_->router.reset();  // nothing is left open: unfinished files were never there
  remove_all(impl_->written.context, impl_->written.uris);
}

std::unique_ptr<DataFileWriter::Thread> DataFileWriter::start() {
  return std::make_unique<WritingThread>(*impl_);
}

const duckdb::vector<duckdb::LogicalType>& DataFileWriter::types() const {
  return impl_->written.layout.row_types();
}

std::int64_t DataFileWriter::rows() const {
  return impl_->rows;
}

std::vector<DataFile> DataFileWriter::finish() {
  return on_engine([&] {
    if (impl_->all_rows) {
      impl_->all_rows->finish();
    } else {
      OwnContext own(impl_->written.context);
      impl_->router->finish(own.execution);
    }
    impl_->finished = true;
    return std::move(impl_->written.files);
  });
}

}  // namespace lakelet::engine
