#include "formats/delta/files/partition_reader.h"

#include "formats/delta/files/partition_value.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr std::uint32_t kNull = 0;
constexpr std::size_t kMostValues = std::size_t{1} << 18;

}  // namespace

PartitionReader::PartitionReader(const std::vector<PartitionColumnSpec>& columns) {
  for (const PartitionColumnSpec& spec : columns) {
    columns_.emplace_back();
    columns_.back().name = spec.physical_name;
    columns_.back().field = spec.field;
  }
}

std::uint32_t PartitionReader::code(std::size_t index, const FileActionView& file) {
  Column& column = columns_[index];
  for (const auto& [name, text] : file.partition_values) {
    if (name != column.name) continue;
    if (!text) return kNull;
    if (column.last != kNull && *column.texts[column.last - 1] == *text) return column.last;
    auto known = column.codes.find(*text);
    if (known == column.codes.end()) {
      known = column.codes.emplace(std::string(*text), static_cast<std::uint32_t>(column.texts.size()) + 1).first;
      column.texts.push_back(&known->first);
      column.values.emplace_back();
      full_ = full_ || column.texts.size() >= kMostValues;
    }
    return column.last = known->second;
  }
  return kNull;
}

const Value& PartitionReader::value(std::size_t index, std::uint32_t code) {
  if (code == kNull) return null_;
  Column& column = columns_[index];
  std::optional<Value>& value = column.values[code - 1];
  if (!value) {
    try {
      value = read_partition_value(*column.texts[code - 1], column.field);
    } catch (Error& error) {
      throw error.add_context("column " + column.name);
    }
  }
  return *value;
}

void PartitionReader::clear() {
  for (Column& column : columns_) {
    column.codes.clear();
    column.texts.clear();
    column.values.clear();
    column.last = kNull;
  }
  full_ = false;
}

}  // namespace lakelet::delta
