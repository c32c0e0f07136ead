#include "table/snapshot.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet {

const Partitioning& Snapshot::partitioning_of(int id) const {
  const Partitioning& current = partitioning();
  if (current.id == id) return current;
  throw Error(ErrorCode::CorruptTable, fmt::format("a file of '{}' names the partitioning {}, the table has only {}",
                                                   location().uri, id, current.id));
}

RowTracking Snapshot::row_tracking() const {
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} doesn't keep track of its rows", location().uri));
}

}  // namespace lakelet
