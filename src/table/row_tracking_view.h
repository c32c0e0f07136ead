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

// The same for writers, who give the two no name of their own: a column of such a name in the table is no hindrance.
TrackedRows tracked_files(std::shared_ptr<const Snapshot> snapshot);

// The snapshot with one more column at its end: the id that a row's file keeps for it, else null. The snapshot itself
// where rows aren't tracked.
std::shared_ptr<const Snapshot> with_stored_row_ids(std::shared_ptr<const Snapshot> snapshot);

// One of its files as the plan of TrackedRows::rows would give it.
FileTask tracked_file(const TrackedRows& tracked, FileTask task);

}  // namespace lakelet
