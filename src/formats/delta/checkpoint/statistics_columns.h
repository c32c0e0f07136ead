// The JSON statistics of files as typed columns of a checkpoint ("stats_parsed": PROTOCOL.md, "Checkpoint Schema").
#pragma once

#include <nanoarrow/nanoarrow.h>

#include <string_view>
#include <vector>

#include "formats/delta/statistics/statistics_reader.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

// numRecords, minValues, maxValues, nullCount and tightBounds, the middle three as trees that mirror the schema by the
// names that columns have in files. Values are those of the text, none wider and none narrower; a bound that isn't of
// its column's type is null. Not thread-safe.
class StatisticsColumns {
 public:
  // `columns`: the leaves that have statistics, by their logical paths.
  StatisticsColumns(const Schema& schema, const std::vector<ColumnPath>& columns);

  void set_type(ArrowSchema* schema) const;
  // Appends one row to an array of that type: null where `json` is empty.
  void append(std::string_view json, ArrowArray* array);

  struct Node {
    std::string name;
    int leaf = -1;
    std::vector<Node> children = {};
  };

 private:
  enum class Part { Min, Max, Nulls };
  void set_tree(ArrowSchema* schema, const Node& node, Part part) const;
  void append_tree(const Node& node, Part part, const FileStatistics& statistics, ArrowArray* array) const;

  std::vector<StatisticsReader::Column> leaves_;
  Node bounds_, nulls_;  // of the leaves that have bounds, and of all
  StatisticsReader reader_;
};

}  // namespace lakelet::delta
