// vacuum and restore of a table handle.
#include <chrono>

#include "base/time.h"
#include "lake/table_state.h"
#include "lakelet/error.h"
#include "operations/restore.h"
#include "operations/vacuum.h"

namespace lakelet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

VacuumReport Table::vacuum(const VacuumOptions& options) {
  if (!options.dry_run) impl_->state->require_writable("vacuum");
  impl_->require_latest("vacuum");
  const auto start = Clock::now();
  const RunningVerb running(*impl_->state, "vacuum");
  auto plan = operations::plan_vacuum(impl_->table(), *impl_->state->formats, options, now_us(), running.options());
  VacuumReport report =
      options.dry_run ? operations::describe(plan) : operations::run(plan, impl_->table(), running.options());
  report.seconds = seconds_since(start);
  if (options.dry_run) return report;
  try {
    impl_->refresh();  // its entries in the history are versions too
  } catch (const Error&) {
    // What is done is done; the next call reads them.
  }
  return report;
}

RestoreReport Table::restore(const VersionSelector& version, const RestoreOptions& options) {
  if (!options.dry_run) impl_->state->require_writable("restore");
  impl_->require_latest("restore");
  const auto start = Clock::now();
  const RunningVerb running(*impl_->state, "restore");
  auto plan = operations::plan_restore(impl_->table(), *impl_->state->stores, version, options, running.options());
  RestoreReport report = options.dry_run ? operations::describe(plan) : operations::run(plan, running.options());
  report.seconds = seconds_since(start);
  if (report.version >= 0) impl_->stand_at(report.version);
  return report;
}

}  // namespace lakelet
