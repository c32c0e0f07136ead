#include "sql/change/kept_rows.h"

namespace lakelet::sql {
namespace {

// What a row has of its own, else what its file gives: `otherwise`, from which `positions` count on if there are some.
void resolve(duckdb::Vector& stored, duckdb::Vector& otherwise, duckdb::Vector* positions, duckdb::idx_t count,
             duckdb::Vector& out) {
  duckdb::UnifiedVectorFormat own, from, by;
  stored.ToUnifiedFormat(count, own);
  otherwise.ToUnifiedFormat(count, from);
  if (positions) positions->ToUnifiedFormat(count, by);
  out.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* numbers = duckdb::FlatVector::GetData<std::int64_t>(out);
  auto& valid = duckdb::FlatVector::Validity(out);
  const auto at = [](const duckdb::UnifiedVectorFormat& data, duckdb::idx_t row) {
    return duckdb::UnifiedVectorFormat::GetData<std::int64_t>(data)[data.sel->get_index(row)];
  };
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (own.validity.RowIsValid(own.sel->get_index(i))) {
      numbers[i] = at(own, i);
    } else if (from.validity.RowIsValid(from.sel->get_index(i))) {
      numbers[i] = at(from, i) + (positions ? at(by, i) : 0);
    } else {
      valid.SetInvalid(i);
    }
  }
}

std::vector<FileTask> tracked_files(const TrackedRows& tracked, std::vector<FileTask> files) {
  for (FileTask& file : files) file = tracked_file(tracked, std::move(file));
  return files;
}

}  // namespace

KeptRows::KeptRows(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot,
                   std::vector<FileTask> files, const std::optional<TrackedRows>& tracked)
    : context_(context), columns_(snapshot->schema().size()), tracked_(tracked.has_value()) {
  if (!tracked) {
    reader_ = std::make_unique<engine::TaskReader>(context, std::move(snapshot), std::move(files));
    return;
  }
  std::vector<duckdb::column_t> columns;
  for (duckdb::column_t i = 0; i < tracked->rows->schema().size(); ++i) columns.push_back(i);
  columns.push_back(engine::kRowPositionColumn);
  reader_ = std::make_unique<engine::TaskReader>(context, tracked->rows, tracked_files(*tracked, std::move(files)),
                                                 std::move(columns));
}

KeptRows::Thread::Thread(KeptRows& rows) : rows_(rows), thread_(rows.reader_->start()) {
  if (rows_.tracked_) stored_.Initialize(rows_.context_, rows_.reader_->types());
}

bool KeptRows::Thread::next(duckdb::DataChunk& rows) {
  if (!rows_.tracked_) return thread_->next(rows);
  rows.Reset();
  if (!thread_->next(stored_)) return false;
  const std::size_t n = rows_.columns_;  // then: stored id, the file's first id, stored version, the file's; position
  for (std::size_t i = 0; i < n; ++i) rows.data[i].Reference(stored_.data[i]);
  resolve(stored_.data[n], stored_.data[n + 1], &stored_.data[n + 4], stored_.size(), rows.data[n]);
  resolve(stored_.data[n + 2], stored_.data[n + 3], nullptr, stored_.size(), rows.data[n + 1]);
  rows.SetCardinality(stored_.size());
  return true;
}

}  // namespace lakelet::sql
