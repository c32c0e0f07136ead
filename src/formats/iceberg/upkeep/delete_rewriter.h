// Writes the delete files that a plan puts together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/iceberg/upkeep/delete_plan.h"
#include "formats/iceberg/write/delete_files.h"
#include "lakelet/cancellation.h"

namespace lakelet::iceberg {

// What a commit does to a table's delete files; no row changes by it.
struct RewrittenDeletes {
  std::vector<AddedFile> added;
  std::map<std::string, PlacedFile> removed;  // by delete_key()
  std::map<std::string, PlacedFile> vectors;  // data files that get one of their own
  std::vector<Location> files;                // that were written for it
};

// Durable when it returns. New files have the age (data sequence number) of the youngest of those that they are made
// of: each of their rows names its data file, so nothing that is younger is under them. Leaves no file behind when it
// throws: what reading position deletes does, and Error(Cancelled).
RewrittenDeletes rewrite_deletes(const IcebergSnapshot& snapshot, const DeletePlan& plan,
                                 const Cancellation& cancellation);

}  // namespace lakelet::iceberg
