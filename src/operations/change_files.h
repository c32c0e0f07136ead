// Parquet files that are there become files of a table that is there, and files of it leave it.
#pragma once

#include <memory>

#include "lakelet/cancellation.h"
#include "lakelet/file_changes.h"
#include "lakelet/report.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct FileChangePlan {
  FileChangeOptions options;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<DataFile> add, remove;
};

// Reads the footers of the new files. Throws NotFound (a file that isn't there, a path that the table doesn't list),
// AlreadyExists (a file that the table has), InvalidArgument (columns, types or folders that aren't the table's, a path
// given twice), ConstraintViolation (NULL where there may be none), UnsupportedFeature (rules that only rows can be
// held to, ids of columns that aren't the table's). Changes nothing.
FileChangePlan plan_change_files(FormatTable& table, const FormatContext& context, const FileChanges& changes,
                                 const FileChangeOptions& options, const Cancellation& cancellation);

// One commit; nothing to do is none.
Report run(const FileChangePlan& plan, FormatTable& table, const CommitOptions& commit);

// What the plan says, without doing it.
Report describe(const FileChangePlan& plan);

}  // namespace lakelet::operations
