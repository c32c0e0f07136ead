// The partition values of a block's files as Values: each distinct text is parsed once.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "formats/delta/file_list.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

struct PartitionColumnSpec {
  std::string physical_name;
  Type type;
};

// Not thread-safe. The block must outlive it.
class PartitionReader {
 public:
  PartitionReader(const FileBlock& block, std::span<const PartitionColumnSpec> columns);

  // A number that stands for the row's value in that column: equal values have equal codes.
  std::uint32_t code(std::size_t column, std::size_t row) const;
  // Throws Error(CorruptTable) that names the file if the text is no value of the column's type.
  const Value& value(std::size_t column, std::size_t row);

 private:
  struct Column {
    const PartitionColumn* source = nullptr;  // nullptr: no file of the block has it
    std::string name;
    Type type;
    std::vector<std::optional<Value>> parsed;  // by dictionary entry
  };
  const FileBlock& block_;
  std::vector<Column> columns_;
  Value null_;
};

}  // namespace lakelet::delta
