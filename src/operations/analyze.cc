#include "operations/analyze.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "base/rate.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

std::int64_t deleted_rows(const FileTask& task) {
  return task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
}

std::vector<ColumnPath> wanted_columns(const Snapshot& snapshot, const std::vector<std::string>& names) {
  const std::vector<ColumnPath> all = measurable_columns(snapshot);
  const std::set<ColumnPath> measurable(all.begin(), all.end());
  std::vector<ColumnPath> kept;
  for (const ColumnPath& path : snapshot.write_layout().statistics_columns) {
    if (measurable.contains(path)) kept.push_back(path);
  }
  if (names.empty()) return kept;
  std::vector<ColumnPath> wanted;
  for (const std::string& name : names) {
    const auto path = resolve_dotted(snapshot.schema(), name);
    if (!path || std::find(kept.begin(), kept.end(), *path) == kept.end()) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{} is no column of which {} keeps statistics", name, snapshot.location().uri),
                  path ? "the table's properties say of which it does" : "columns: " + to_string(snapshot.schema()));
    }
    wanted.push_back(*path);
  }
  return wanted;
}

// Whether a table can keep it: infinities have no place in JSON.
bool can_be_kept(const ColumnStatistics& known, const Type& type) {
  if (!known.min || !known.max || known.has_nan) return false;
  if (type.kind() != TypeKind::Float && type.kind() != TypeKind::Double) return type.kind() != TypeKind::Binary;
  return std::isfinite(known.min->number()) && std::isfinite(known.max->number());
}

bool wrong(const ColumnStatistics& before, const ColumnStatistics& after, std::int64_t rows) {
  if (before.min && after.min && compare_values(*before.min, *after.min) > 0) return true;
  if (before.max && after.max && compare_values(*before.max, *after.max) < 0) return true;
  return before.null_count && after.null_count && *before.null_count != *after.null_count && rows >= 0;
}

}  // namespace

bool lacks_statistics(const DataFile& file, const std::vector<ColumnPath>& columns) {
  if (!file.rows) return true;
  return std::any_of(columns.begin(), columns.end(), [&](const ColumnPath& path) {
    const auto known = file.statistics.find(path);
    return known == file.statistics.end() || !known->second.null_count;
  });
}

DataFile restated(const DataFile& file, const MeasuredFile& measured, std::int64_t deleted) {
  DataFile result = file;
  result.rows = measured.rows + deleted;
  for (const auto& [path, statistics] : measured.statistics) result.statistics.insert_or_assign(path, statistics);
  return result;
}

bool tells_something_else(const DataFile& before, const DataFile& after, const Schema& schema) {
  if (before.rows != after.rows) return true;
  for (const auto& [path, now] : after.statistics) {
    const auto known = before.statistics.find(path);
    if (known == before.statistics.end()) return true;
    const Field* column = find_field(schema, path);
    const ColumnStatistics& was = known->second;
    if (was.null_count.has_value() != now.null_count.has_value() || wrong(was, now, after.rows.value_or(0)))
      return true;
    if (column && !was.min && can_be_kept(now, column->type)) return true;
  }
  return false;
}

AnalyzePlan plan_analyze(std::shared_ptr<FormatTable> table, const AnalyzeOptions& options) {
  AnalyzePlan plan;
  plan.table = std::move(table);
  plan.snapshot = plan.table->snapshot(LatestVersion{});
  plan.options = options;
  plan.snapshot->require(Access::Append);
  plan.columns = wanted_columns(*plan.snapshot, options.columns);
  ScanRequest request;
  request.with_statistics = true;
  const auto files = plan.snapshot->plan(request);
  while (auto task = files->next()) {
    ++plan.report.files;
    if (task->file.uri.empty() || (!options.full && !lacks_statistics(task->file, plan.columns))) continue;
    plan.files.push_back(*std::move(task));
  }
  plan.report.read = static_cast<std::int64_t>(plan.files.size());
  return plan;
}

AnalyzeReport run(const AnalyzePlan& plan, const Workspace& workspace, const CommitOptions& commit) {
  const auto start = std::chrono::steady_clock::now();
  AnalyzeReport report = plan.report;
  if (plan.options.dry_run) return report;
  const auto transaction = plan.table->begin(plan.snapshot);
  const std::vector<ColumnPath> all = wanted_columns(*plan.snapshot, {});
  std::int64_t done = 0;
  Rate rate("files");
  for (const FileTask& task : plan.files) {
    commit.cancellation.check();
    // What is known of a file with deleted rows may be of all of them: it is told of those that are left, or not at
    // all.
    const std::int64_t deleted = deleted_rows(task);
    const auto measured = measure_file(*plan.snapshot, task, deleted > 0 ? all : plan.columns, workspace.session);
    const DataFile now = restated(task.file, measured, deleted);
    if (tells_something_else(task.file, now, plan.snapshot->schema())) {
      transaction->set_statistics(now);
      ++report.changed;
    }
    if (commit.events) {
      commit.events({.kind = EventKind::Progress,
                     .operation = "analyze",
                     .text = rate.add(++done),
                     .fraction = static_cast<double>(done) / static_cast<double>(plan.files.size())});
    }
  }
  if (report.changed > 0) {
    CommitInfo info;
    info.operation = Operation::Analyze;
    info.user_metadata = plan.options.user_metadata;
    report.version = require_committed(transaction->commit(info, commit), plan.snapshot->location().uri).version;
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace lakelet::operations
