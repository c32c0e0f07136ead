// Statements that run again when their commit lost a race that no rebase wins, as with values that the table hands out.
#pragma once

#include <chrono>
#include <duckdb.hpp>

#include "lakelet/error.h"
#include "table/commit.h"

namespace lakelet::sql {

// Whether a second run means what the first one meant, as far as the text tells: INSERT of VALUES that no stored row
// has a part in. Whatever reads may read something that is gone (repeatable_source.h).
bool may_run_again(const duckdb::SQLStatement& statement);

// A copy of a statement that its plan may allow to run again; null for others.
duckdb::unique_ptr<duckdb::SQLStatement> copy_to_run_again(const duckdb::SQLStatement& statement);

// The runs of one statement.
class LostRaces {
 public:
  // `options` outlive it.
  explicit LostRaces(const CommitOptions& options);
  // After a pause; false at once for an error that isn't a lost race, for a commit on top of one version only, and once
  // the time for losing races is over. Throws Error(Cancelled).
  bool another_run(const Error& error);

 private:
  const CommitOptions& options_;
  const std::chrono::steady_clock::time_point deadline_;
  int lost_ = 0;
};

}  // namespace lakelet::sql
