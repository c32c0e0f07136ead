// The files that a query over one bound snapshot would read.
#include <duckdb/planner/operator/logical_get.hpp>
#include <vector>

#include "engine/engine_error.h"
#include "engine/scan.h"
#include "sql/session/statement_run.h"
#include "sql/sql_session.h"

namespace lakelet::sql {
namespace {

void collect_scans(const duckdb::LogicalOperator& op, std::vector<const duckdb::LogicalGet*>& scans) {
  if (op.type == duckdb::LogicalOperatorType::LOGICAL_GET) scans.push_back(&op.Cast<duckdb::LogicalGet>());
  for (const auto& child : op.children) collect_scans(*child, scans);
}

}  // namespace

std::vector<FileTask> planned_files(OpenConnection& open, const std::string& text, const Snapshot& snapshot) {
  return engine::on_engine([&] {
    const auto plan = open.connection->ExtractPlan(text);
    std::vector<const duckdb::LogicalGet*> scans;
    collect_scans(*plan, scans);
    std::vector<FileTask> files;
    if (scans.empty()) return files;  // nothing can satisfy the query
    const auto scan = scans[0]->bind_data ? engine::scan_of(*scans[0]->bind_data) : nullptr;
    if (scans.size() > 1 || !scan || scan->snapshot().get() != &snapshot) {
      throw Error(ErrorCode::InvalidArgument, "a predicate with a query of its own can't be split",
                  "read those rows first, or read the scan as a whole");
    }
    const auto planned = engine::plan_of(*scans[0]->bind_data, false);
    while (auto task = planned->next()) files.push_back(std::move(*task));
    return files;
  });
}

}  // namespace lakelet::sql
