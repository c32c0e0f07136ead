#include "sql/change/assigned_values.h"

#include <algorithm>
#include <duckdb/execution/execution_context.hpp>
#include <duckdb/parallel/thread_context.hpp>

#include "engine/partition_sort.h"
#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

constexpr std::size_t kKeyBytes = 12;  // as long as a text that DuckDB keeps in place

// Sorts as the place does.
void write_key(std::uint64_t file, std::uint64_t position, char* out) {
  if (file > UINT32_MAX) throw Error(ErrorCode::UnsupportedFeature, "a merge into a table of more than 2^32 files");
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(file >> (24 - 8 * i));
  for (int i = 0; i < 8; ++i) out[4 + i] = static_cast<char>(position >> (56 - 8 * i));
}

// Of rows whose last columns are file and position, as a collection gives them.
void write_keys(const duckdb::DataChunk& rows, duckdb::Vector& key) {
  const std::size_t columns = rows.ColumnCount();
  const auto* files = duckdb::FlatVector::GetData<std::uint64_t>(rows.data[columns - 2]);
  const auto* positions = duckdb::FlatVector::GetData<std::int64_t>(rows.data[columns - 1]);
  auto* keys = duckdb::FlatVector::GetData<duckdb::string_t>(key);
  for (duckdb::idx_t i = 0; i < rows.size(); ++i) {
    char bytes[kKeyBytes];
    write_key(files[i], static_cast<std::uint64_t>(positions[i]), bytes);
    keys[i] = duckdb::string_t(bytes, kKeyBytes);
  }
}

}  // namespace

AssignedValues::AssignedValues(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types,
                               const std::vector<PartialUpdate>& updates)
    : context_(context), slots_(types.size()) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (std::ranges::none_of(updates, [&](const PartialUpdate& update) { return update.assigned[i]; })) continue;
    slots_[i] = types_.size();
    types_.push_back(types[i]);
  }
  types_.push_back(duckdb::LogicalType::UINTEGER);
  types_.push_back(duckdb::LogicalType::UBIGINT);
  types_.push_back(duckdb::LogicalType::BIGINT);
}

AssignedValues::Thread::Thread(AssignedValues& values)
    : values_(values), rows_(std::make_unique<duckdb::ColumnDataCollection>(values.context_, values.types_)) {
  rows_->InitializeAppend(append_);
}

void AssignedValues::Thread::add(std::size_t update, duckdb::DataChunk& given, duckdb::Vector& files,
                                 duckdb::Vector& positions) {
  duckdb::DataChunk rows;
  rows.InitializeEmpty(values_.types_);
  std::size_t column = 0;
  for (std::size_t i = 0; i < values_.slots_.size(); ++i) {
    if (values_.slots_[i]) rows.data[column++].Reference(given.data[i]);
  }
  rows.data[column++].Reference(duckdb::Value::UINTEGER(static_cast<std::uint32_t>(update)));
  rows.data[column++].Reference(files);
  rows.data[column].Reference(positions);
  rows.SetCardinality(given.size());
  rows_->Append(append_, rows);
}

void AssignedValues::Thread::finish() {
  append_.current_chunk_state.handles.clear();  // what is pinned can't spill
  const std::lock_guard lock(values_.mutex_);
  values_.unsorted_.push_back(std::move(rows_));
}

void AssignedValues::sort() {
  duckdb::ThreadContext thread(context_);
  duckdb::ExecutionContext execution(context_, thread, nullptr);
  engine::PartitionSort sort(context_, types_);
  engine::PartitionSort::Thread sorting(sort, execution);
  duckdb::DataChunk keyed;
  keyed.InitializeEmpty(sort.types());
  duckdb::Vector key(duckdb::LogicalType::BLOB);
  for (auto& part : unsorted_) {
    for (auto& chunk : part->Chunks()) {
      write_keys(chunk, key);
      for (std::size_t i = 0; i < types_.size(); ++i) keyed.data[i].Reference(chunk.data[i]);
      keyed.data.back().Reference(key);
      keyed.SetCardinality(chunk.size());
      sorting.add(execution, keyed);
    }
    part.reset();
  }
  sorting.finish(execution);
  duckdb::ColumnDataAppendState append;
  rows_->InitializeAppend(append);
  duckdb::DataChunk sorted;
  sorted.InitializeEmpty(types_);
  sort.for_each(execution, [&](duckdb::DataChunk& with_key) {
    for (std::size_t i = 0; i < types_.size(); ++i) sorted.data[i].Reference(with_key.data[i]);
    sorted.SetCardinality(with_key.size());
    rows_->Append(append, sorted);
  });
}

void AssignedValues::seal() {
  rows_ = std::make_unique<duckdb::ColumnDataCollection>(context_, types_);
  std::erase_if(unsorted_, [](const auto& part) { return part->Count() == 0; });
  if (!unsorted_.empty()) sort();
  unsorted_.clear();
  const std::size_t file = types_.size() - 2, position = types_.size() - 1;
  duckdb::idx_t first = 0;
  for (auto& chunk : rows_->Chunks({file, position})) {
    stretches_.push_back({{duckdb::FlatVector::GetData<std::uint64_t>(chunk.data[0])[0],
                           duckdb::FlatVector::GetData<std::int64_t>(chunk.data[1])[0]},
                          first});
    first += chunk.size();
  }
}

AssignedValues::Cursor::Cursor(const AssignedValues& values) : values_(values) {
  values_.rows_->InitializeScan(scan_);
  values_.rows_->InitializeScanChunk(scan_, chunk_);
}

AssignedValues::Place AssignedValues::Cursor::place() const {
  const std::size_t columns = values_.types_.size();
  return {duckdb::FlatVector::GetData<std::uint64_t>(chunk_.data[columns - 2])[row_],
          duckdb::FlatVector::GetData<std::int64_t>(chunk_.data[columns - 1])[row_]};
}

std::size_t AssignedValues::Cursor::update() const {
  return duckdb::FlatVector::GetData<std::uint32_t>(chunk_.data[values_.types_.size() - 3])[row_];
}

void AssignedValues::Cursor::load(duckdb::idx_t row) {
  if (row >= values_.rows_->Count()) {
    row_ = chunk_.size();
    return;
  }
  values_.rows_->Seek(row, scan_, chunk_);  // leaves the chunk alone that has the row already
  first_ = scan_.current_row_index;
  row_ = row - first_;
}

void AssignedValues::Cursor::seek(Place place) {
  const auto& stretches = values_.stretches_;
  auto behind = std::ranges::upper_bound(stretches, place, {}, &Stretch::place);
  if (behind != stretches.begin()) --behind;
  load(behind == stretches.end() ? values_.rows_->Count() : behind->first);
  duckdb::idx_t last = chunk_.size();
  while (row_ < last) {
    const duckdb::idx_t first = row_, middle = first + (last - first) / 2;
    row_ = middle;
    if (this->place() < place) {
      row_ = middle + 1;
    } else {
      row_ = first;
      last = middle;
    }
  }
  if (at_end()) load(first_ + row_);
}

void AssignedValues::Cursor::next() {
  if (!last_of_chunk()) {
    ++row_;
  } else {
    load(first_ + row_ + 1);
  }
}

}  // namespace lakelet::sql
