// Statistics of data files, from their rows.
#pragma once

#include <memory>
#include <vector>

#include "lakelet/analyze.h"
#include "operations/file_measure.h"
#include "operations/relation.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct AnalyzePlan {
  std::shared_ptr<FormatTable> table;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<ColumnPath> columns;  // to be known of every file
  std::vector<FileTask> files;      // to be read
  AnalyzeOptions options;
  AnalyzeReport report;
};

// Throws InvalidArgument (a column that isn't there or has no statistics), UnsupportedFeature. Reads no rows.
AnalyzePlan plan_analyze(std::shared_ptr<FormatTable> table, const AnalyzeOptions& options);

// Reads the files, then commits what is known of those where it is something else than before: no row changes, so
// nobody who reads changes sees anything. Throws Conflict if somebody took one of the files away meanwhile.
AnalyzeReport run(const AnalyzePlan& plan, const Workspace& workspace, const CommitOptions& commit);

// Whether something that the columns' statistics should say isn't there.
bool lacks_statistics(const DataFile& file, const std::vector<ColumnPath>& columns);

// What is known of the file once it was read: as measured, and for columns that weren't, as before.
DataFile restated(const DataFile& file, const MeasuredFile& measured, std::int64_t deleted_rows);

// Whether readers would learn something from the one that the other doesn't tell, or that is wrong there.
bool tells_something_else(const DataFile& before, const DataFile& after, const Schema& schema);

}  // namespace lakelet::operations
