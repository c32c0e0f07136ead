#include "sql/row_change.h"

#include <algorithm>
#include <duckdb/storage/buffer_manager.hpp>

namespace lakelet::sql {
namespace {

void add_stage(Report& report, const char* name, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  report.stages.push_back({name, seconds.count()});
}

std::uint64_t deleted_before(const FileTask& task) {
  return task.deletes.positions ? task.deletes.positions->count() : 0;
}

}  // namespace

RowChange::RowChange(duckdb::ClientContext& context, TableChange& change, std::shared_ptr<engine::TableScan> scan)
    : context_(context), change_(change), scan_(std::move(scan)), stage_start_(std::chrono::steady_clock::now()) {}

duckdb::idx_t RowChange::remove(duckdb::Vector& files, duckdb::Vector& positions, duckdb::idx_t count,
                                duckdb::SelectionVector& fresh) {
  duckdb::UnifiedVectorFormat file_data, position_data;
  files.ToUnifiedFormat(count, file_data);
  positions.ToUnifiedFormat(count, position_data);
  const auto* file_numbers = duckdb::UnifiedVectorFormat::GetData<std::uint64_t>(file_data);
  const auto* row_positions = duckdb::UnifiedVectorFormat::GetData<std::int64_t>(position_data);
  duckdb::idx_t fresh_count = 0;
  note_spilling();
  std::lock_guard lock(mutex_);
  Touched* touched = nullptr;
  std::uint64_t current = 0;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    const auto number = file_numbers[file_data.sel->get_index(i)];
    const auto position = row_positions[position_data.sel->get_index(i)];
    if (!touched || number != current) {
      touched = &touched_[number];
      current = number;
      if (!touched->task) touched->task = &scan_->task(number);
    }
    if (touched->positions.add_checked(static_cast<std::uint64_t>(position))) fresh.set_index(fresh_count++, i);
  }
  return fresh_count;
}

RowChange::Thread::Thread(RowChange& change, std::unique_ptr<engine::DataFileWriter::Thread> writer)
    : change_(change), writer_(std::move(writer)) {}

void RowChange::Thread::write(duckdb::DataChunk& rows) {
  if (rows.size() == 0) return;
  change_.note_spilling();
  check_not_null(change_.change_.schema(), rows);
  writer_->write(rows);
}

void RowChange::Thread::finish() {
  writer_->finish();
}

std::unique_ptr<RowChange::Thread> RowChange::start(duckdb::ExecutionContext& context) {
  std::lock_guard lock(mutex_);
  if (!writer_) {
    auto& transaction = change_.transaction();
    engine::DataFileWriterOptions options;
    options.schema = change_.schema();
    options.partitioning = transaction.base().partitioning();
    options.layout = transaction.write_layout();
    options.new_file_uri = [&transaction](const std::vector<Value>& values, const std::string& unique) {
      return transaction.new_file_uri(values, unique);
    };
    writer_ = std::make_unique<engine::DataFileWriter>(context_, std::move(options));
  }
  return std::make_unique<Thread>(*this, writer_->start(context));
}

void RowChange::note_spilling() {
  const std::uint64_t now = duckdb::BufferManager::GetBufferManager(context_).GetUsedSwap();
  std::uint64_t most = spilled_;
  while (now > most && !spilled_.compare_exchange_weak(most, now)) {
  }
}

void RowChange::settle_file(Touched& touched, bool rewrite, std::vector<FileTask>& again) {
  const FileTask& task = *touched.task;
  change_.read_file(task.file);
  const std::uint64_t gone = touched.positions.count() + deleted_before(task);
  const bool known_whole =
      task.deletes.equality.empty() && task.deletes.merge_logs.empty() && !task.rows && !task.merge && task.file.rows;
  if (known_whole && gone >= static_cast<std::uint64_t>(*task.file.rows)) {
    change_.remove(task.file);
  } else if (rewrite || change_.added_here(task.file)) {
    FileTask kept = task;
    if (task.deletes.positions) touched.positions.add_all(*task.deletes.positions);
    kept.deletes.positions = std::make_shared<const RowPositions>(std::move(touched.positions));
    again.push_back(std::move(kept));
    change_.remove(task.file);
  } else {
    change_.remove_rows(task.file, touched.positions);
  }
}

void RowChange::settle() {
  auto& report = change_.report();
  add_stage(report, "scan", stage_start_);
  stage_start_ = std::chrono::steady_clock::now();
  if (scan_) {
    const auto figures = scan_->figures();
    report.files_scanned += figures.files_read;
    report.files_pruned += figures.planned.files_pruned;
    report.bytes_read += static_cast<std::int64_t>(figures.bytes_read);
  }
  const bool rewrite = change_.transaction().row_removal() == lakelet::Transaction::RowRemoval::Rewrite;
  std::vector<FileTask> again;
  for (auto& [number, touched] : touched_) {
    if (!touched.positions.empty()) settle_file(touched, rewrite, again);
  }
  touched_.clear();
  if (!again.empty()) {
    change_.announce("rewrite");
    kept_ = std::make_unique<engine::TaskReader>(context_, change_.transaction().base_pointer(), std::move(again));
  }
}

void RowChange::finish() {
  auto& report = change_.report();
  if (writer_) change_.add(writer_->finish());
  if (kept_) {
    report.bytes_read += static_cast<std::int64_t>(kept_->scan()->figures().bytes_read);
    add_stage(report, "rewrite", stage_start_);
  } else {
    add_stage(report, "write", stage_start_);
  }
  report.rows_inserted += inserted;
  report.rows_updated += updated;
  report.rows_deleted += deleted;
  report.rows_copied += copied;
  report.bytes_spilled = std::max(report.bytes_spilled, static_cast<std::int64_t>(spilled_));
  change_.end_statement();
}

}  // namespace lakelet::sql
