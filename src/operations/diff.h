// What lies between two versions of a table.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lakelet/diff.h"
#include "operations/file_differences.h"

namespace lakelet::operations {

// The names under which the query of a diff has the rows of its two sides.
inline constexpr const char* kDiffBefore = "lakelet_diff_before";
inline constexpr const char* kDiffAfter = "lakelet_diff_after";

struct DiffPlan {
  std::shared_ptr<const Snapshot> before, after;  // of the differing files alone
  Version from = 0, to = 0;
  std::vector<NamedChange> columns, properties, metadata;
  FileDifferences files;
  std::vector<std::string> added_files, removed_files;
  std::string rows_query;   // over the two names above
  std::string count_query;  // inserted, deleted, updated
};

// Reads both lists of files, and no rows. Throws InvalidArgument (a key that isn't a column of both, or is named
// twice).
DiffPlan plan_diff(const Snapshot& before, const Snapshot& after, const DiffOptions& options);

// The parts of it that are pure.
std::vector<NamedChange> column_changes(const Schema& before, const Schema& after);
std::string diff_query(const Schema& before, const Schema& after, const std::vector<std::string>& key);

}  // namespace lakelet::operations
