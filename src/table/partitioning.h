// How a table's rows are spread over partitions. A table may have had several (partition evolution): each file says which.
#pragma once

#include <string>
#include <vector>

#include "lakelet/schema.h"

namespace lakelet {

enum class Transform { Identity, Year, Month, Day, Hour, Bucket, Truncate, Void };

struct PartitionField {
  std::string column;              // the source column's logical name; nested: dotted
  Transform transform = Transform::Identity;
  int argument = 0;                // buckets, or the truncation width
  std::string name;                // of the partition itself; for identity the column's name
};

struct Partitioning {
  int id = 0;
  std::vector<PartitionField> fields;

  bool empty() const { return fields.empty(); }
  bool identity_only() const;
  // The source columns, in order.
  std::vector<std::string> columns() const;
};

// The type of the values of a field: the column's own for identity and truncate, Int32 for the others.
Type partition_type(const PartitionField& field, const Schema& schema);

}  // namespace lakelet
