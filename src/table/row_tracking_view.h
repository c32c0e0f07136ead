// A snapshot's rows with what they are known by in other versions.
#pragma once

#include <memory>
#include <string>

#include "table/snapshot.h"

namespace lakelet {

struct TrackedRows {
  // Its columns are those of the table and then the four named below.
  std::shared_ptr<const Snapshot> rows;
  // A row's number is that in `stored`, or where it is null, what its file gives in `otherwise`: for row ids that of
  // the file's first row, to which the row's position in the file is added.
  struct Column {
    std::string name;  // as people see it
    std::string stored, otherwise;
  };
  Column row_id, row_version;
};

// Throws Error(UnsupportedFeature) where rows aren't tracked, and for a table that has a column of the same name as one
// of the two itself. Its plan throws Error(CorruptTable) naming a file that doesn't give what RowTracking says it must.
TrackedRows track_rows(std::shared_ptr<const Snapshot> snapshot);

}  // namespace lakelet
