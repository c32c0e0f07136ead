// Upsert: rows of a source change, enter or leave the table, in one commit.
#pragma once

#include "operations/plan.h"

namespace lakelet::operations {

// One WHEN clause as the caller gave it. `all` stands for every column that the source has; then `set` is empty.
struct MergeStep {
  MergeMatch match = MergeMatch::Matched;
  MergeAction action = MergeAction::Update;
  bool all = false;
  Assignments set;
  std::string condition;  // empty: always
};

// Throws InvalidArgument: no step, a column that the table or the source doesn't have, text that isn't one expression.
// ConstraintViolation where `all` would drop a column of the source that the table doesn't have; with the schema mode
// merge the table gets the source's columns that the steps write, in the same commit.
Plan plan_merge(const std::string& table_uri, const Schema& schema, const Relation& source, const std::string& on,
                const std::vector<MergeStep>& steps, const WriteOptions& options);

}  // namespace lakelet::operations
