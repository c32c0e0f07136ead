// The files of a scan gathered into the results of count, min and max, by the values of partition columns.
#pragma once

#include <duckdb.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "table/snapshot.h"

namespace lakelet::sql {

// An expression over columns of the scan, whose column references are ColumnBinding(0, index into the schema).
using FileExpression = duckdb::unique_ptr<duckdb::Expression>;

enum class FileAggregateKind { CountRows, Count, Min, Max };
struct FileAggregate {
  FileAggregateKind kind = FileAggregateKind::CountRows;
  FileExpression argument;  // null for CountRows
  duckdb::LogicalType type;
};

struct FileQuestion {
  std::vector<FileExpression> filters;
  std::vector<FileExpression> groups;
  std::vector<FileAggregate> aggregates;

  // The columns of which statistics are needed: plain arguments.
  std::vector<ColumnPath> statistics_columns(const Schema& schema) const;
};

struct FileAnswer {
  std::vector<duckdb::vector<duckdb::Value>> rows;  // groups, then aggregates
  std::int64_t files = 0;
};

// Nothing if a file of the plan doesn't tell for certain: how many rows it has, whether a filter holds for all or none
// of them, which group they are of, and the result of each aggregate over them.
std::optional<FileAnswer> answer_from_files(duckdb::ClientContext& context, const Snapshot& snapshot, ScanPlan& plan,
                                            const FileQuestion& question);

}  // namespace lakelet::sql
