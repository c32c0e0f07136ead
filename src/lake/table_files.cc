// Files that other writers made, in a table.
#include <chrono>

#include "lake/table_state.h"
#include "operations/change_files.h"

namespace lakelet {

Report Table::change_files(const FileChanges& changes, const FileChangeOptions& options) {
  constexpr const char* kVerb = "change_files";
  if (!options.dry_run) impl_->state->require_writable(kVerb);
  impl_->require_latest(kVerb);
  const auto start = std::chrono::steady_clock::now();
  const RunningVerb running(*impl_->state, kVerb);
  CommitOptions commit = running.options();
  commit.if_version = options.if_version;
  const auto plan =
      operations::plan_change_files(impl_->table(), impl_->state->context, changes, options, commit.cancellation);
  Report report = options.dry_run ? operations::describe(plan) : operations::run(plan, impl_->table(), commit);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (report.version >= 0) impl_->stand_at(report.version);
  return report;
}

}  // namespace lakelet
