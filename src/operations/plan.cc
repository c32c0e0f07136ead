#include "operations/plan.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "lakelet/rows.h"

namespace lakelet::operations {
namespace {

sql::SchemaMode schema_mode(SchemaMode mode) {
  switch (mode) {
    case SchemaMode::Merge:
      return sql::SchemaMode::Merge;
    case SchemaMode::Overwrite:
      return sql::SchemaMode::Overwrite;
    case SchemaMode::Enforce:
      break;
  }
  return sql::SchemaMode::Enforce;
}

void drain(sql::Rows rows) {
  Rows all(std::move(rows.schema), std::move(rows.stream));
  while (all.next()) {
  }
}

void fill_spool(const Plan& plan, sql::SqlSession& session) {
  drain(session.query(
      fmt::format("CREATE OR REPLACE TEMP TABLE {} AS SELECT * FROM {}", plan.spool->table, plan.spool->from),
      plan.parameters));
  // NULL isn't true: such a row wouldn't have been among those that are replaced.
  sql::Rows counted = session.query(fmt::format("SELECT count(*)::BIGINT FROM {} WHERE (({}\n)) IS NOT TRUE",
                                                plan.spool->table, plan.spool->must_hold));
  Rows rows(std::move(counted.schema), std::move(counted.stream));
  const std::int64_t outside = rows.next() ? rows.value(0).integer() : 0;
  if (outside > 0) {
    throw Error(ErrorCode::ConstraintViolation,
                fmt::format("{} of the new rows {} outside of what is replaced: {}", outside,
                            outside == 1 ? "is" : "are", plan.spool->must_hold),
                "new rows have to satisfy the predicate of the rows that they replace");
  }
}

// Throws the error again, in the words of what the caller gave.
[[noreturn]] void explain(const Plan& plan, const Error& error, sql::SqlSession& session) {
  const bool arguments = error.code() == ErrorCode::InvalidArgument;
  const bool rows = error.code() == ErrorCode::ConstraintViolation;
  if (!arguments && !rows) throw error;
  if (const std::optional<std::string> bad_row = explain_bad_row(plan.csv_files, session)) {
    throw Error(ErrorCode::ConstraintViolation, *bad_row, "nothing was written; correct the row, or leave it out");
  }
  // Where in our own statement it is tells nobody anything.
  Error plain = arguments ? Error(error.code(), error.message(), error.hint()) : error;
  if (rows && !plan.source.empty()) plain.add_context(plan.source);
  throw plain;
}

}  // namespace

sql::WriteOptions commit_options(const WriteOptions& options) {
  sql::WriteOptions all;
  all.schema_mode = schema_mode(options.schema_mode);
  all.user_metadata = options.user_metadata;
  all.application_version = options.application_version;
  all.files = options.files;
  all.commit.if_version = options.if_version;
  all.commit.retry_budget = options.retry_budget;
  return all;
}

Report run(const Plan& plan, sql::SqlSession& session) {
  if (!plan.alterations.empty()) return session.alter(plan.table_uri, plan.alterations, plan.options);
  const auto drop_spool = [&] {
    if (!plan.spool) return;
    try {
      drain(session.query("DROP TABLE IF EXISTS " + plan.spool->table));
    } catch (const Error&) {
      // It goes with the session. What was committed, or why it wasn't, is more than that.
    }
  };
  try {
    if (!plan.spool) return session.execute(plan.statement, plan.options, plan.parameters);
    // In one transaction: a source that reads the table itself sees it as it is replaced.
    Report report = session.execute(plan.statement, plan.options, {}, [&] { fill_spool(plan, session); });
    drop_spool();
    return report;
  } catch (const Error& error) {
    drop_spool();
    explain(plan, error, session);
  }
}

}  // namespace lakelet::operations
