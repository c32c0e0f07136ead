// Optimize: the same rows in fewer, larger and better ordered files.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/metadata.h"
#include "lakelet/report.h"
#include "lakelet/write_options.h"

namespace lakelet {

struct OptimizeOptions {
  // Only files in which a row may be for which this holds (SQL); empty: all. A condition on partition columns names
  // whole partitions.
  std::string where;
  // Of a new file; absent: as the table's properties have it. Files of three quarters of it and more are large enough.
  std::optional<std::uint64_t> target_bytes;
  // By whose values rows are placed in files, so that conditions on any of them read few: at most one list is given.
  std::vector<std::string> z_order;  // along a Z curve
  std::vector<std::string> hilbert;  // along a Hilbert curve
  std::vector<std::string> sort_by;  // by the first, then the second ...; rows are sorted throughout each file
  // A table that says itself by which columns it is to be clustered is, if none is. Files that were placed the same
  // way before stay as they are, but for those so small that the new ones are better placed with them.
  bool full = false;  // they, too, are written again
  // Files with a larger share of deleted rows are written again without them, however large they are.
  double most_deleted = 0.05;
  bool purge = false;  // all that have any are, and nothing else is done
  // Commits whenever so many bytes of files have been written again, or so much time has gone by since the last commit:
  // what is committed stays if the run is interrupted. Absent: once, at the end.
  std::optional<std::uint64_t> commit_bytes;
  std::optional<std::chrono::milliseconds> commit_interval;
  // if_version, retry_budget, user_metadata, and of files all but target_bytes; the others have no meaning.
  WriteOptions write;
};

// Files that are written again together.
struct OptimizeGroup {
  PartitionValues partition;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::int64_t deleted_rows = 0;  // that go; -1: not known
  std::int64_t files_after = 0;   // about
};

struct OptimizePlan {
  Version version = 0;                // that it was made for
  std::vector<OptimizeGroup> groups;  // none: there is nothing to do
  std::int64_t files_considered = 0;  // that `where` lets through
  std::uint64_t target_bytes = 0;
  std::string placement;             // "zorder", "hilbert", "sort"; empty: rows stay in the order they have
  std::vector<std::string> columns;  // by which
};

struct OptimizeReport : Report {
  int commits = 0;
  std::int64_t groups = 0;
  std::int64_t files_considered = 0;
  std::int64_t rows_purged = 0;  // deleted rows that are no longer in files
  int groups_lost = 0;           // whose files another writer changed meanwhile; they were planned again
};

}  // namespace lakelet
