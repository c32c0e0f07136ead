// One step of an optimization on a session's connection.
#include <duckdb/parser/statement/logical_plan_statement.hpp>

#include "engine/engine_error.h"
#include "sql/rewrite/rewrite_operators.h"
#include "sql/session/statement_run.h"

namespace lakelet::sql {

Rewritten rewrite_files(OpenConnection& open, Transaction& transaction, const RewriteStep& step) {
  const auto work = std::make_shared<RewriteWork>(transaction, step);
  for (const ColumnPath& column : step.columns) {
    const ChunkPath path = chunk_path(work->base->schema(), column);
    if (step.placement == Placement::Sorted && path.size() > 1) {
      throw Error(ErrorCode::UnsupportedFeature, "rows can be sorted by whole columns only, not by a part of one",
                  "cluster by it along a curve instead");
    }
  }
  auto plan = duckdb::make_uniq<LogicalRewrite>(work);
  plan->ResolveOperatorTypes();
  StatementRun(open).run_plan(std::move(plan));
  return std::move(work->result);
}

}  // namespace lakelet::sql
