#include "engine/row_buffer.h"

#include <cmath>

#include "engine/whole_variants.h"

namespace lakelet::engine {

namespace {

constexpr std::int64_t kRowGroupRows = 122880;  // as DuckDB has them: it reads them in parallel

template <typename T>
bool any_nan(duckdb::Vector& column, duckdb::idx_t count) {
  duckdb::UnifiedVectorFormat format;
  column.ToUnifiedFormat(count, format);
  const auto* values = duckdb::UnifiedVectorFormat::GetData<T>(format);
  for (duckdb::idx_t i = 0; i < count; ++i) {
    const auto at = format.sel->get_index(i);
    if (std::isnan(values[at]) && format.validity.RowIsValid(at)) return true;
  }
  return false;
}

}  // namespace

RowBuffer::RowBuffer(duckdb::ClientContext& context, const FileLayout& layout)
    : context_(&context), layout_(&layout), has_nan_(layout.float_columns().size()) {}

void RowBuffer::append(duckdb::DataChunk& file_rows) {
  if (!rows_) {
    rows_ = duckdb::make_uniq<duckdb::ColumnDataCollection>(*context_, layout_->encoded_types());
    rows_->SetPartitionIndex(0);  // last to be spilled: it is about to be written
    rows_->InitializeAppend(append_state_);
  }
  look_for_nan(file_rows);
  if (layout_->has_variants()) return append_encoded(file_rows);
  rows_->Append(append_state_, file_rows);
}

void RowBuffer::append_encoded(duckdb::DataChunk& file_rows) {
  duckdb::DataChunk encoded;
  encoded.InitializeEmpty(layout_->encoded_types());
  for (duckdb::idx_t i = 0; i < file_rows.ColumnCount(); ++i) {
    auto& column = file_rows.data[i];
    duckdb::Vector values(layout_->encoded_types()[i], file_rows.size());
    encode_variants(*context_, column, values, file_rows.size());
    encoded.data[i].Reference(values);
  }
  encoded.SetCardinality(file_rows.size());
  rows_->Append(append_state_, encoded);
}

void RowBuffer::look_for_nan(duckdb::DataChunk& file_rows) {
  const auto& columns = layout_->float_columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (has_nan_[i]) continue;
    auto& column = file_rows.data[columns[i]];
    has_nan_[i] = column.GetType().id() == duckdb::LogicalTypeId::FLOAT ? any_nan<float>(column, file_rows.size())
                                                                        : any_nan<double>(column, file_rows.size());
  }
}

void RowBuffer::append_all(RowBuffer& other) {
  for (std::size_t i = 0; i < has_nan_.size(); ++i) has_nan_[i] = has_nan_[i] || other.has_nan_[i];
  auto rows = other.take();
  if (!rows) return;
  if (!rows_) {
    rows_ = std::move(rows);
  } else {
    append_state_ = {};
    rows_->Combine(*rows);
  }
  rows_->InitializeAppend(append_state_);
}

duckdb::unique_ptr<duckdb::ColumnDataCollection> RowBuffer::take() {
  append_state_ = {};  // unpins what was last appended to
  has_nan_.assign(has_nan_.size(), false);
  return std::move(rows_);
}

bool RowBuffer::full() const {
  const auto most = static_cast<std::uint64_t>(layout_->options().layout.row_group_rows.value_or(kRowGroupRows));
  return rows_ && (rows_->Count() >= most || rows_->SizeInBytes() >= layout_->row_group_bytes());
}

}  // namespace lakelet::engine
