// How a table's rows are spread over partitions. A table may have had several (partition evolution): each file says
// which.
#pragma once

#include <string>
#include <vector>

namespace lakelet {

// Unknown: one that lakelet can't compute. Files are read as if the field weren't there, and new ones can't be written.
enum class Transform { Identity, Year, Month, Day, Hour, Bucket, Truncate, Void, Unknown };

struct PartitionField {
  std::string column;  // the source column's logical name today; nested: dotted; empty: it was dropped
  Transform transform = Transform::Identity;
  int argument = 0;  // buckets, or the truncation width
  std::string name;  // of the partition itself; for identity the column's name
};

struct Partitioning {
  int id = 0;
  std::vector<PartitionField> fields;

  bool empty() const { return fields.empty(); }
  bool identity_only() const;
  // The source columns, in order.
  std::vector<std::string> columns() const;
};

}  // namespace lakelet
