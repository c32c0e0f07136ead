// Merge (upsert): rows of a source change, enter or leave a table, in one commit.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lakelet/report.h"
#include "lakelet/source.h"
#include "lakelet/write_options.h"

namespace lakelet {

struct SessionState;

// Collects the clauses; execute() does the work. Expressions and conditions are SQL text in which the table's columns
// are `target.x` and the source's `source.x`. For each row the first clause whose condition holds applies; an empty
// condition always holds. Text that isn't one SQL expression ends execute(). Move-only; execute() once.
//
//   table.merge(Source::file("day2.csv"), "target.time = source.time")
//       .when_matched_update({{"temperature", "source.temperature"}})
//       .when_not_matched_insert_all()
//       .execute();
class MergeBuilder {
 public:
  MergeBuilder(MergeBuilder&&) noexcept;
  MergeBuilder& operator=(MergeBuilder&&) noexcept;
  ~MergeBuilder();

  MergeBuilder& when_matched_update(Assignments set, std::string condition = {});
  // Every column that the source has takes the source's value. SchemaMode::Merge: columns that clauses write, and that
  // the source has and the table doesn't, are added to the table.
  MergeBuilder& when_matched_update_all(std::string condition = {});
  MergeBuilder& when_matched_delete(std::string condition = {});
  // Columns that aren't named get their default, or NULL.
  MergeBuilder& when_not_matched_insert(Assignments values, std::string condition = {});
  MergeBuilder& when_not_matched_insert_all(std::string condition = {});
  // Rows of the table for which the source has none; only `target.x` may be used.
  MergeBuilder& when_not_matched_by_source_update(Assignments set, std::string condition = {});
  MergeBuilder& when_not_matched_by_source_delete(std::string condition = {});

  // Throws InvalidArgument (no clause, a column that isn't there), ConstraintViolation (a row doesn't fit; two rows of
  // the source for one of the table), Conflict, CommitUnknown, and what reading the source throws. Whatever it throws,
  // the table stays at the version that it had (CommitUnknown aside, whose hint says how to find out).
  Report execute();

 private:
  friend class Table;
  struct Impl;
  explicit MergeBuilder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet
