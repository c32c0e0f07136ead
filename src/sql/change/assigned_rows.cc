#include "sql/change/assigned_rows.h"

#include <utility>

namespace lakelet::sql {

AssignedRows::Thread::Thread(AssignedRows& rows)
    : rows_(rows),
      kept_rows_(rows.rows_),
      cursor_(rows.values_),
      changed_(rows.updates_.size()),
      kept_(STANDARD_VECTOR_SIZE) {
  stored_.Initialize(rows.context_, rows.rows_.types());
}

bool AssignedRows::Thread::read() {
  row_ = kept_count_ = 0;
  if (!kept_rows_.next(stored_)) {
    stored_.Reset();
    return false;
  }
  const std::size_t columns = stored_.ColumnCount();
  const auto number = stored_.GetValue(columns - 2, 0).GetValue<std::uint64_t>();
  file_ = rows_.numbers_.at(rows_.rows_.task(number).file.uri);
  cursor_.seek({file_, stored_.GetValue(columns - 1, 0).GetValue<std::int64_t>()});
  return true;
}

// Rows that are read together are of one file, and their positions ascend.
void AssignedRows::Thread::look() {
  duckdb::UnifiedVectorFormat positions;
  stored_.data.back().ToUnifiedFormat(stored_.size(), positions);
  const auto* numbers = duckdb::UnifiedVectorFormat::GetData<std::int64_t>(positions);
  bool found = false;
  while (row_ < stored_.size()) {
    const AssignedValues::Place place{file_, numbers[positions.sel->get_index(row_)]};
    if (!cursor_.at_end() && cursor_.place() < place) {
      if (found && cursor_.last_of_chunk()) return;
      cursor_.next();
      continue;
    }
    if (!cursor_.at_end() && cursor_.place() == place) {
      Changed& changed = changed_[cursor_.update()];
      changed.stored.set_index(changed.count, row_);
      changed.assigned.set_index(changed.count++, cursor_.row());
      found = true;
    } else {
      kept_.set_index(kept_count_++, row_);
    }
    ++row_;
  }
}

bool AssignedRows::Thread::give_changed(duckdb::DataChunk& out) {
  for (std::size_t i = 0; i < changed_.size(); ++i) {
    Changed& changed = changed_[i];
    if (changed.count == 0) continue;
    const PartialUpdate& update = rows_.updates_[i];
    for (std::size_t column = 0; column + 1 < out.ColumnCount(); ++column) {
      if (column < update.assigned.size() && update.assigned[column]) {
        out.data[column].Slice(cursor_.chunk().data[rows_.values_.slot(column)], changed.assigned, changed.count);
      } else {
        out.data[column].Slice(stored_.data[column], changed.stored, changed.count);
      }
    }
    out.data.back().Reference(duckdb::Value::INTEGER(static_cast<std::int32_t>(i)));
    out.SetCardinality(std::exchange(changed.count, 0));
    return true;
  }
  return false;
}

bool AssignedRows::Thread::give_kept(duckdb::DataChunk& out) {
  const auto count = std::exchange(kept_count_, 0);
  if (count == 0) return false;
  for (std::size_t column = 0; column + 1 < out.ColumnCount(); ++column) {
    if (count == stored_.size()) {
      out.data[column].Reference(stored_.data[column]);
    } else {
      out.data[column].Slice(stored_.data[column], kept_, count);
    }
  }
  out.data.back().Reference(duckdb::Value::INTEGER(kStays));
  out.SetCardinality(count);
  return true;
}

bool AssignedRows::Thread::next(duckdb::DataChunk& rows) {
  rows.Reset();
  while (true) {
    if (give_changed(rows)) return true;
    if (row_ < stored_.size()) {
      look();
      continue;
    }
    if (give_kept(rows)) return true;
    if (!read()) return false;
  }
}

}  // namespace lakelet::sql
