// Fields that tables are partitioned or sorted by, as text.
#pragma once

#include <string>

#include "lakelet/partitioning.h"

namespace lakelet {

// One of the columns that rows are sorted by in new files, the first counts most.
struct SortField {
  std::string column;  // logical name; nested: dotted
  Transform transform = Transform::Identity;
  int argument = 0;  // as in PartitionField
  bool descending = false;
  bool nulls_first = true;
};

// "city", "bucket(16, id)", "truncate(10, name)", "day(ts)" with or without an s at the end of a time: a field without
// a name. Throws Error(InvalidArgument).
PartitionField parse_partition_field(const std::string& text);
// "city", "day(ts) desc nulls last"; nulls are first of those that ascend if nobody says. Throws
// Error(InvalidArgument).
SortField parse_sort_field(const std::string& text);
// "bucket(16, id)", "day(ts)", "city": as parse_partition_field() takes it.
std::string to_string(const PartitionField& field);

}  // namespace lakelet
