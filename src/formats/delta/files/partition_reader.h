// The partition values of a run of files as Values: each distinct text is
// parsed once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/delta/protocol/action_reader.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

struct PartitionColumnSpec {
  std::string physical_name;
  Field field;
};

// Not thread-safe.
class PartitionReader {
 public:
  explicit PartitionReader(const std::vector<PartitionColumnSpec>& columns);

  // A number that stands for the file's value in that column: equal values have
  // equal codes, as long as full() isn't answered by clear(). A file that
  // doesn't name the column has null there.
  std::uint32_t code(std::size_t column, const FileActionView& file);
  // Of a code. Throws Error(CorruptTable) that names the column if the text is
  // no value of its type.
  const Value& value(std::size_t column, std::uint32_t code);
  // Whether so many values were seen that they had better be forgotten.
  bool full() const { return full_; }
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Column {
    std::string name;
    Field field;
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> codes;
    std::vector<const std::string*> texts;     // by code - 1
    std::vector<std::optional<Value>> values;  // by code - 1
    std::uint32_t last = 0;                    // most files come after one of the same value
  };
  std::vector<Column> columns_;
  bool full_ = false;
  Value null_;
};

}  // namespace lakelet::delta
