#include "lake/table_state.h"
#include "operations/optimize_run.h"

namespace lakelet {
namespace {

constexpr const char* kVerb = "optimize";

}  // namespace

OptimizeReport Table::optimize(const OptimizeOptions& options) {
  impl_->state->require_writable(kVerb);
  impl_->require_latest(kVerb);
  const std::shared_ptr<Lease> lease = impl_->state->borrow();
  CommitOptions commit = operations::commit_options(options.write).commit;
  commit.cancellation = lease->cancellation();
  if (const EventSink& sink = impl_->state->configuration.events) {
    commit.events = [sink](Event event) {
      if (event.operation.empty()) event.operation = kVerb;
      sink(event);
    };
  }
  sql::FileRewriter rewriter(impl_->state->engine());
  OptimizeReport report =
      operations::run_optimize(impl_->table(), options, commit, {lease->sql(), *impl_->state->stores}, rewriter);
  impl_->stand_at(report.version);
  return report;
}

OptimizePlan Table::plan_optimize(const OptimizeOptions& options) const {
  impl_->require_latest(kVerb);
  const std::shared_ptr<Lease> lease = impl_->state->borrow();
  return operations::describe(
      operations::plan_optimize(impl_->table(), options, {lease->sql(), *impl_->state->stores}));
}

}  // namespace lakelet
