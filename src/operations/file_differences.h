// Which files of two versions hold the rows in which they differ. A pure function of their file lists.
#pragma once

#include <string>
#include <vector>

#include "lakelet/diff.h"
#include "table/snapshot.h"

namespace lakelet::operations {

struct DifferingFiles {
  // What to read of each side. Of a file that both have, only rows that one of them has deleted.
  std::vector<FileTask> before, after;
  FileDifferences counts;
  std::vector<std::string> added, removed;  // paths
};

// Costs both versions' lists of files, the earlier one's twice; memory for the paths of the earlier one.
DifferingFiles differing_files(const Snapshot& before, const Snapshot& after);

}  // namespace lakelet::operations
