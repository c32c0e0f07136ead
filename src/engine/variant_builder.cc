#include "engine/variant_builder.h"

#include <algorithm>
#include <duckdb/common/types/hugeint.hpp>
#include <limits>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::FlatVector;
using duckdb::ListVector;
using duckdb::VariantLogicalType;
using duckdb::VariantVector;

std::uint8_t digits_of(duckdb::hugeint_t value) {
  std::uint8_t digits = 1;
  for (duckdb::hugeint_t rest = value / 10; rest != 0; rest = rest / 10) ++digits;
  return digits;
}

// Parts `begin` to `end` of all rows' as the list of one row.
void set_list(duckdb::Vector& list, std::size_t row, std::size_t begin, std::size_t end) {
  ListVector::GetData(list)[row] = duckdb::list_entry_t(begin, end - begin);
}

}  // namespace

void VariantBuilder::add_row(bool valid) {
  rows_.push_back({valid, keys_.size(), children_.size(), values_.size(), data_.size()});
}

void VariantBuilder::add_null_row() {
  add_row(false);
}

void VariantBuilder::begin_row() {
  add_row(true);
}

void VariantBuilder::begin_value(VariantLogicalType type) {
  const std::size_t offset = data_.size() - rows_.back().data;
  if (offset > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::UnsupportedFeature, "a variant of more than 4 GiB isn't supported");
  }
  values_.push_back({type, static_cast<std::uint32_t>(offset)});
}

void VariantBuilder::add_varint(std::uint32_t value) {
  while (value >= 0x80) {
    data_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  data_ += static_cast<char>(value);
}

void VariantBuilder::add_boolean(bool value) {
  begin_value(value ? VariantLogicalType::BOOL_TRUE : VariantLogicalType::BOOL_FALSE);
}

void VariantBuilder::add_bytes(VariantLogicalType type, std::string_view bytes) {
  begin_value(type);
  add_varint(static_cast<std::uint32_t>(bytes.size()));
  data_.append(bytes);
}

void VariantBuilder::add_decimal(duckdb::hugeint_t unscaled, std::uint8_t scale) {
  const std::uint8_t width = std::max(digits_of(unscaled), std::max<std::uint8_t>(scale, 1));
  if (width > 38) throw Error(ErrorCode::CorruptTable, "a variant holds a decimal of more than 38 digits");
  begin_value(VariantLogicalType::DECIMAL);
  add_varint(width);
  add_varint(scale);
  const std::size_t bytes = width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16;
  data_.append(reinterpret_cast<const char*>(&unscaled), bytes);  // lower half first, two's complement
}

void VariantBuilder::add_timestamp_ns(std::int64_t ns, bool with_zone) {
  if (!with_zone) return add_plain(VariantLogicalType::TIMESTAMP_NANOS, ns);
  if (ns % 1000 != 0) {
    throw Error(ErrorCode::UnsupportedFeature,
                "a variant holds an instant with nanoseconds, of which only microseconds could be read");
  }
  add_plain(VariantLogicalType::TIMESTAMP_MICROS_TZ, ns / 1000);
}

std::size_t VariantBuilder::begin_nested(VariantLogicalType type, std::size_t count) {
  begin_value(type);
  add_varint(static_cast<std::uint32_t>(count));
  const std::size_t first = children_.size();
  if (count > 0) add_varint(static_cast<std::uint32_t>(first - rows_.back().children));
  children_.resize(first + count);
  return first;
}

void VariantBuilder::begin_field(std::size_t place, std::string_view name) {
  begin_item(place);
  children_[place].key = static_cast<std::int64_t>(keys_.size() - rows_.back().keys);
  keys_.emplace_back(name);
}

void VariantBuilder::begin_item(std::size_t place) {
  children_[place].value = static_cast<std::uint32_t>(values_.size() - rows_.back().values);
}

void VariantBuilder::finish(duckdb::Vector& result) {
  auto& keys = VariantVector::GetKeys(result);
  auto& children = VariantVector::GetChildren(result);
  auto& values = VariantVector::GetValues(result);
  auto& data = VariantVector::GetData(result);
  ListVector::Reserve(keys, keys_.size());
  ListVector::Reserve(children, children_.size());
  ListVector::Reserve(values, values_.size());
  add_row(false);  // the end of the last one
  for (std::size_t i = 0; i + 1 < rows_.size(); ++i) {
    const Row &row = rows_[i], &next = rows_[i + 1];
    set_list(keys, i, row.keys, next.keys);
    set_list(children, i, row.children, next.children);
    set_list(values, i, row.values, next.values);
    FlatVector::GetData<duckdb::string_t>(data)[i] =
        duckdb::StringVector::AddStringOrBlob(data, data_.data() + row.data, next.data - row.data);
    if (!row.valid) FlatVector::SetNull(result, i, true);
  }
  auto& names = ListVector::GetEntry(keys);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    FlatVector::GetData<duckdb::string_t>(names)[i] = duckdb::StringVector::AddString(names, keys_[i]);
  }
  auto& key_index = VariantVector::GetChildrenKeysIndex(result);
  auto& value_index = VariantVector::GetChildrenValuesIndex(result);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    FlatVector::GetData<std::uint32_t>(value_index)[i] = children_[i].value;
    FlatVector::GetData<std::uint32_t>(key_index)[i] =
        static_cast<std::uint32_t>(std::max<std::int64_t>(0, children_[i].key));
    if (children_[i].key < 0) FlatVector::SetNull(key_index, i, true);
  }
  auto& types = VariantVector::GetValuesTypeId(result);
  auto& offsets = VariantVector::GetValuesByteOffset(result);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    FlatVector::GetData<std::uint8_t>(types)[i] = static_cast<std::uint8_t>(values_[i].type);
    FlatVector::GetData<std::uint32_t>(offsets)[i] = values_[i].offset;
  }
  ListVector::SetListSize(keys, keys_.size());
  ListVector::SetListSize(children, children_.size());
  ListVector::SetListSize(values, values_.size());
  *this = VariantBuilder();
}

}  // namespace lakelet::engine
