#include "formats/delta/partition_reader.h"

#include "formats/delta/partition_value.h"
#include "lakelet/error.h"

namespace lakelet::delta {

PartitionReader::PartitionReader(const FileBlock& block, std::span<const PartitionColumnSpec> columns) : block_(block) {
  for (const PartitionColumnSpec& spec : columns) {
    Column column;
    column.name = spec.physical_name;
    column.type = spec.type;
    if (const int index = block.partition_column(spec.physical_name); index >= 0) {
      column.source = &block.partition_columns()[index];
      column.parsed.resize(column.source->dictionary.size());
    }
    columns_.push_back(std::move(column));
  }
}

std::uint32_t PartitionReader::code(std::size_t index, std::size_t row) const {
  const Column& column = columns_[index];
  return column.source ? column.source->codes[row] : PartitionColumn::kAbsent;
}

const Value& PartitionReader::value(std::size_t index, std::size_t row) {
  const std::uint32_t at = code(index, row);
  if (at < PartitionColumn::kFirst) return null_;
  Column& column = columns_[index];
  std::optional<Value>& parsed = column.parsed[at - PartitionColumn::kFirst];
  if (!parsed) {
    try {
      parsed = read_partition_value(column.source->dictionary[at - PartitionColumn::kFirst], column.type);
    } catch (Error& error) {
      error.add_context("column " + column.name);
      throw error.add_context("file " + std::string(block_.path(row)));
    }
  }
  return *parsed;
}

}  // namespace lakelet::delta
