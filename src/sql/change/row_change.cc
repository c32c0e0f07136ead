#include "sql/change/row_change.h"

#include <algorithm>
#include <duckdb/storage/buffer_manager.hpp>

#include "sql/change/table_order.h"

namespace lakelet::sql {
namespace {

void add_stage(Report& report, const char* name, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  report.stages.push_back({name, seconds.count()});
}

std::uint64_t deleted_before(const FileTask& task) {
  return task.deletes.positions ? task.deletes.positions->count() : 0;
}

// Rows of a table that is only being made come from nowhere.
std::optional<TrackedRows> tracked_rows(TableChange& change, bool changes_rows) {
  const auto& transaction = change.transaction();
  if (!changes_rows || transaction.base().version() < 0 || !transaction.row_tracking()) return std::nullopt;
  return tracked_files(change.view());
}

void append_field(std::vector<Field>& fields, const Field& like, const std::string& name) {
  Field field = like;
  field.name = name;
  fields.push_back(std::move(field));
}

}  // namespace

RowChange::RowChange(duckdb::ClientContext& context, TableChange& change, std::shared_ptr<engine::TableScan> scan)
    : context_(context),
      change_(change),
      scan_(std::move(scan)),
      records_(change.records_changes()),
      tracked_(tracked_rows(change, scan_ != nullptr)),
      stage_start_(std::chrono::steady_clock::now()) {}

bool RowChange::Touched::whole() const {
  const bool known = task->deletes.equality.empty() && task->deletes.merge_logs.empty() && !task->rows &&
                     !task->merge && task->file.rows;
  return known && positions.count() + deleted_before(*task) >= static_cast<std::uint64_t>(*task->file.rows);
}

void RowChange::complete_later(const duckdb::vector<duckdb::LogicalType>& types, std::vector<PartialUpdate> updates) {
  if (updates.empty()) return;
  partial_updates_ = std::move(updates);
  assigned_ = std::make_unique<AssignedValues>(context_, types, partial_updates_);
}

duckdb::idx_t RowChange::remove(duckdb::Vector& files, duckdb::Vector& positions, duckdb::idx_t count, Fate fate,
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
    if (!touched->positions.add_checked(static_cast<std::uint64_t>(position))) continue;
    if ((records_ || returned_) && fate != Fate::Deleted) touched->updated.add(static_cast<std::uint64_t>(position));
    if (fate == Fate::UpdatedLater) touched->later.add(static_cast<std::uint64_t>(position));
    fresh.set_index(fresh_count++, i);
  }
  return fresh_count;
}

void RowChange::remove_whole(const FileTask& task) {
  std::lock_guard lock(mutex_);
  Touched& touched = touched_[touched_.size()];
  touched.task = &task;
  touched.positions.add_range(0, static_cast<std::uint64_t>(*task.file.rows));
  if (task.deletes.positions) touched.positions.remove_all(*task.deletes.positions);
  deleted += static_cast<std::int64_t>(touched.positions.count());
}

RowChange::Thread::Thread(RowChange& change, std::unique_ptr<engine::DataFileWriter::Thread> writer)
    : change_(change), writer_(std::move(writer)) {}

void RowChange::Thread::write(duckdb::DataChunk& rows, duckdb::Vector* ids, duckdb::Vector* versions) {
  const Schema& schema = change_.change_.schema();
  change_.note_spilling();
  if (!change_.tracked_) return writer_->write(rows);
  duckdb::DataChunk tracked;
  duckdb::vector<duckdb::LogicalType> types = rows.GetTypes();
  types.resize(schema.size());
  types.insert(types.end(), 2, duckdb::LogicalType::BIGINT);
  tracked.InitializeEmpty(types);
  for (std::size_t i = 0; i < schema.size(); ++i) tracked.data[i].Reference(rows.data[i]);
  const duckdb::Value none(duckdb::LogicalType::BIGINT);
  ids ? tracked.data[schema.size()].Reference(*ids) : tracked.data[schema.size()].Reference(none);
  versions ? tracked.data[schema.size() + 1].Reference(*versions) : tracked.data[schema.size() + 1].Reference(none);
  tracked.SetCardinality(rows.size());
  writer_->write(tracked);
}

void RowChange::Thread::tell(duckdb::DataChunk& rows, ChangeType type) {
  // The rows of an INSERT are whole files.
  if (!change_.records_ || !change_.scan_) return;
  if (!record_) record_ = change_.record();
  record_->write(rows, type);
}

// Rows that are written again as they were don't come here: they are in the table already.
void RowChange::Thread::demand(duckdb::DataChunk& rows, const ComputedColumns& computed) {
  if (!demands_) demands_ = std::make_unique<RowDemands::Thread>(change_.context_, change_.demands());
  demands_->apply(rows, computed);
}

void RowChange::Thread::insert(duckdb::DataChunk& given, const ComputedColumns& computed,
                               const std::function<void(duckdb::DataChunk&)>& written) {
  if (given.size() == 0) return;
  duckdb::DataChunk rows;
  rows.InitializeEmpty(given.GetTypes());
  rows.Reference(given);
  demand(rows, computed);
  write(rows, nullptr, nullptr);
  tell(rows, ChangeType::Insert);
  if (written) written(rows);
}

void RowChange::Thread::update(duckdb::DataChunk& given, const ComputedColumns& computed, duckdb::Vector* ids,
                               const std::function<void(duckdb::DataChunk&)>& written) {
  if (given.size() == 0) return;
  duckdb::DataChunk rows;
  rows.InitializeEmpty(given.GetTypes());
  rows.Reference(given);
  demand(rows, computed);
  write(rows, ids, nullptr);
  tell(rows, ChangeType::UpdateAfter);
  if (written) written(rows);
}

void RowChange::Thread::keep(duckdb::DataChunk& rows) {
  if (rows.size() == 0) return;
  const std::size_t columns = change_.change_.schema().size();
  const bool tracked = change_.tracked_.has_value();
  write(rows, tracked ? &rows.data[columns] : nullptr, tracked ? &rows.data[columns + 1] : nullptr);
}

void RowChange::Thread::finish() {
  writer_->finish();
  if (record_) record_->finish();
}

const RowDemands& RowChange::demands() {
  std::lock_guard lock(mutex_);
  if (!demands_) {
    auto rules = change_.transaction().preview()->row_rules();
    demands_ = std::make_unique<RowDemands>(context_, change_.schema(), std::move(rules), change_.identity_marks());
  }
  return *demands_;
}

std::unique_ptr<RowChange::Thread> RowChange::start(duckdb::ExecutionContext& context) {
  std::lock_guard lock(mutex_);
  if (!writer_) {
    auto& transaction = change_.transaction();
    engine::DataFileWriterOptions options;
    options.schema = change_.schema();
    options.partitioning = change_.view()->partitioning();
    options.layout = transaction.write_layout();
    options.new_file_uri = [&transaction](const std::vector<Value>& values, const std::string& unique) {
      return transaction.new_file_uri(values, unique);
    };
    if (tracked_) add_tracked_columns(options);
    if (!keeps_order_) options.order = table_order(*change_.view());
    writer_ = std::make_unique<engine::DataFileWriter>(context_, std::move(options));
  }
  return std::make_unique<Thread>(*this, writer_->start(context));
}

void RowChange::add_tracked_columns(engine::DataFileWriterOptions& options) const {
  const RowTracking tracking = *change_.transaction().row_tracking();
  const std::pair<const Field*, const std::string*> added[] = {{&tracking.row_id, &tracked_->row_id.stored},
                                                               {&tracking.row_version, &tracked_->row_version.stored}};
  std::vector<Field> columns = options.schema.fields(), in_files = options.layout.file_schema.fields();
  for (const auto& [field, name] : added) {
    append_field(columns, *field, *name);
    append_field(in_files, *field, field->file_name());
  }
  options.schema = Schema(std::move(columns));
  options.layout.file_schema = Schema(std::move(in_files));
}

std::unique_ptr<ChangeRecord::Thread> RowChange::record() {
  std::lock_guard lock(mutex_);
  if (!record_) record_ = std::make_unique<ChangeRecord>(context_, change_);
  return record_->start();
}

void RowChange::row_ids(duckdb::Vector& files, duckdb::Vector& positions, duckdb::Vector& stored, duckdb::idx_t count,
                        duckdb::Vector& ids) {
  duckdb::UnifiedVectorFormat file_data, position_data, stored_data;
  files.ToUnifiedFormat(count, file_data);
  positions.ToUnifiedFormat(count, position_data);
  stored.ToUnifiedFormat(count, stored_data);
  ids.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* numbers = duckdb::FlatVector::GetData<std::int64_t>(ids);
  auto& valid = duckdb::FlatVector::Validity(ids);
  valid.SetAllValid(count);
  const FileTask* task = nullptr;
  std::uint64_t current = 0;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    const auto own = stored_data.sel->get_index(i);
    if (stored_data.validity.RowIsValid(own)) {
      numbers[i] = duckdb::UnifiedVectorFormat::GetData<std::int64_t>(stored_data)[own];
      continue;
    }
    const auto number = duckdb::UnifiedVectorFormat::GetData<std::uint64_t>(file_data)[file_data.sel->get_index(i)];
    if (!task || number != current) task = &scan_->task(number);
    current = number;
    if (!task->file.first_row_id) {
      if (!change_.added_here(task->file)) {
        throw Error(ErrorCode::CorruptTable,
                    task->file.path + ": the table keeps track of its rows, but the file has no first row id");
      }
      valid.SetInvalid(i);  // an earlier statement of the transaction inserted it: it has no id yet
      continue;
    }
    const auto position = position_data.sel->get_index(i);
    numbers[i] = *task->file.first_row_id + duckdb::UnifiedVectorFormat::GetData<std::int64_t>(position_data)[position];
  }
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
  const bool whole = touched.whole();
  const bool written_again = !whole && (rewrite || change_.added_here(task.file));
  if (written_again) {
    FileTask kept = task;
    touched.positions.remove_all(touched.later);
    if (task.deletes.positions) touched.positions.add_all(*task.deletes.positions);
    kept.deletes.positions = std::make_shared<const RowPositions>(std::move(touched.positions));
    again.push_back(std::move(kept));
    rewrites_ = true;
  } else if (!touched.later.empty()) {
    FileTask completed = task;
    completed.only = std::make_shared<const RowPositions>(std::move(touched.later));
    again.push_back(std::move(completed));
  }
  whole || written_again ? change_.remove(task.file) : change_.remove_rows(task.file, touched.positions);
}

// Whether readers need to be told: of anything but whole files that come and go, and of everything in a transaction
// that told of something.
void RowChange::settle_changes() {
  told_ = change_.has_change_files() || updated > 0;
  for (const auto& [number, touched] : touched_) told_ |= !touched.positions.empty() && !touched.whole();
  std::vector<FileTask> before;
  for (const auto& [number, touched] : touched_) {
    if (touched.positions.empty()) continue;
    const bool added_here = change_.added_here(touched.task->file);
    if (!told_) {
      if (added_here) {
        change_.forget_untold(touched.task->file);
      } else {
        removed_whole_.push_back(as_change(*touched.task, ChangeType::Delete));
      }
      continue;
    }
    RowPositions deleted_rows = touched.positions;
    deleted_rows.remove_all(touched.updated);
    const std::pair<const RowPositions*, ChangeType> changes[] = {{&deleted_rows, ChangeType::Delete},
                                                                  {&touched.updated, ChangeType::UpdateBefore}};
    for (const auto& [positions, type] : changes) {
      if (positions->empty()) continue;
      FileTask task = as_change(*touched.task, type);
      task.only = std::make_shared<const RowPositions>(*positions);
      (added_here ? overwritten_ : before).push_back(std::move(task));
    }
  }
  if (before.empty()) return;
  if (!record_) record_ = std::make_unique<ChangeRecord>(context_, change_);
  before_ = record_->read(std::move(before));
}

// `added`: the files that this statement wrote.
void RowChange::tell_changes(std::vector<DataFile>& added) {
  told_ |= change_.has_change_files();
  if (!told_) {
    record_.reset();
    for (FileTask& file : removed_whole_) change_.leave_untold(std::move(file));
    for (DataFile& file : added) change_.leave_untold(as_change({file, {}}, ChangeType::Insert));
    return;
  }
  if (!record_) record_ = std::make_unique<ChangeRecord>(context_, change_);
  auto untold = change_.take_untold();
  if (!scan_) {
    for (DataFile& file : added) untold.push_back(as_change({file, {}}, ChangeType::Insert));
  }
  record_->tell(std::move(untold));
  change_.add_change_files(record_->finish());
  if (!overwritten_.empty()) settle_record(context_, change_, std::move(overwritten_));
}

void RowChange::settle_returned() {
  std::vector<FileTask> deleted_rows;
  for (const auto& [number, touched] : touched_) {
    RowPositions positions = touched.positions;
    positions.remove_all(touched.updated);
    if (positions.empty()) continue;
    FileTask task = *touched.task;
    task.only = std::make_shared<const RowPositions>(std::move(positions));
    deleted_rows.push_back(std::move(task));
  }
  returned_->add_deleted(change_.view(), std::move(deleted_rows));
}

void RowChange::settle() {
  if (records_) settle_changes();
  if (returned_) settle_returned();
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
  std::map<std::string, std::uint64_t> numbers;
  for (auto& [number, touched] : touched_) {
    if (touched.positions.empty()) continue;
    if (assigned_) numbers.emplace(touched.task->file.uri, number);
    settle_file(touched, rewrite, again);
  }
  touched_.clear();
  if (assigned_) assigned_->seal();
  if (again.empty()) return;
  if (rewrites_) change_.announce("rewrite");
  kept_ = std::make_unique<KeptRows>(context_, change_.view(), std::move(again), tracked_, assigned_ != nullptr);
  if (assigned_) {
    completed_ = std::make_unique<AssignedRows>(context_, *kept_, *assigned_, partial_updates_, std::move(numbers));
  }
}

void RowChange::finish() {
  auto& report = change_.report();
  std::vector<DataFile> added;
  if (writer_) added = writer_->finish();
  if (records_) tell_changes(added);
  change_.add(std::move(added));
  if (kept_) report.bytes_read += static_cast<std::int64_t>(kept_->figures().bytes_read);
  add_stage(report, rewrites_ ? "rewrite" : "write", stage_start_);
  report.rows_inserted += inserted;
  report.rows_updated += updated;
  report.rows_deleted += deleted;
  report.rows_copied += copied;
  report.bytes_spilled = std::max(report.bytes_spilled, static_cast<std::int64_t>(spilled_));
  change_.end_statement();
}

}  // namespace lakelet::sql
