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
                   std::vector<FileTask> files, const std::optional<TrackedRows>& tracked, bool places)
    : context_(context), columns_(snapshot->schema().size()), tracked_(tracked.has_value()), places_(places) {
  auto rows = tracked ? tracked->rows : std::move(snapshot);
  std::vector<duckdb::column_t> columns;
  for (duckdb::column_t i = 0; i < rows->schema().size(); ++i) columns.push_back(i);
  if (tracked_ || places_) columns.push_back(engine::kRowPositionColumn);
  if (places_) columns.push_back(engine::kFileNumberColumn);
  if (tracked) files = tracked_files(*tracked, std::move(files));
  reader_ = std::make_unique<engine::TaskReader>(context, std::move(rows), std::move(files), std::move(columns));
  types_.assign(reader_->types().begin(), reader_->types().begin() + static_cast<std::ptrdiff_t>(columns_));
  if (tracked_) types_.insert(types_.end(), 2, duckdb::LogicalType::BIGINT);
  if (places_) types_.insert(types_.end(), {duckdb::LogicalType::UBIGINT, duckdb::LogicalType::BIGINT});
}

KeptRows::Thread::Thread(KeptRows& rows) : rows_(rows), thread_(rows.reader_->start()) {
  if (rows_.tracked_ || rows_.places_) stored_.Initialize(rows_.context_, rows_.reader_->types());
}

bool KeptRows::Thread::next(duckdb::DataChunk& rows) {
  if (!rows_.tracked_ && !rows_.places_) return thread_->next(rows);
  rows.Reset();
  if (!thread_->next(stored_)) return false;
  const std::size_t n = rows_.columns_;  // then, of tracked rows: stored id, the file's first id, version, the file's
  std::size_t column = n, position = n + (rows_.tracked_ ? 4 : 0);
  for (std::size_t i = 0; i < n; ++i) rows.data[i].Reference(stored_.data[i]);
  if (rows_.tracked_) {
    resolve(stored_.data[n], stored_.data[n + 1], &stored_.data[position], stored_.size(), rows.data[column++]);
    resolve(stored_.data[n + 2], stored_.data[n + 3], nullptr, stored_.size(), rows.data[column++]);
  }
  if (rows_.places_) {
    rows.data[column++].Reference(stored_.data[position + 1]);
    rows.data[column].Reference(stored_.data[position]);
  }
  rows.SetCardinality(stored_.size());
  return true;
}

}  // namespace lakelet::sql
