// A verb as it will be done: the statement, how it commits, and what has to hold first. Made by plan_append(),
// plan_merge() ..., which change nothing; run() does it. So a dry run is a plan that isn't run.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/report.h"
#include "lakelet/write_options.h"
#include "operations/relation.h"
#include "sql/sql_session.h"

namespace lakelet::operations {

struct Plan {
  std::string verb;  // "append", "merge" ...
  std::string table_uri;
  std::string statement;                // one or more, committed as one
  std::vector<Alteration> alterations;  // instead of a statement
  sql::WriteOptions options;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<CsvFile> csv_files;  // that the statement reads: a failure is explained by their first bad row
  std::string source;              // what messages about its rows call the source; empty: nothing

  // The rows of the source, kept aside in a temporary table so that they can be checked before they are written.
  struct Spool {
    std::string table;
    std::string from;
    std::string must_hold;  // for every row
  };
  std::optional<Spool> spool;
};

// What the verbs share of the public options.
sql::WriteOptions commit_options(const WriteOptions& options);

// Throws what the statement throws; for rows that don't fit, Error(ConstraintViolation) with file, line and column.
Report run(const Plan& plan, sql::SqlSession& session);

}  // namespace lakelet::operations
