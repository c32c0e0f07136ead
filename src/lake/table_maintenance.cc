// What keeps a table healthy, and copies of it.
#include <algorithm>

#include "lake/table_state.h"
#include "lakelet/error.h"
#include "lakelet/session.h"
#include "operations/analyze.h"
#include "operations/clone.h"
#include "operations/convert.h"
#include "operations/doctor.h"
#include "operations/register.h"

namespace lakelet {
namespace {

// What a verb outside of SQL is given for its commit.
CommitOptions commit_options(const SessionState& state, const Lease& lease, const std::string& verb) {
  CommitOptions options;
  options.cancellation = lease.cancellation();
  if (const EventSink& sink = state.configuration.events) {
    options.events = [sink, verb](Event event) {
      if (event.operation.empty()) event.operation = verb;
      sink(event);
    };
  }
  return options;
}

}  // namespace

CloneReport Table::clone(const std::string& destination, const CloneOptions& options) const {
  SessionState& state = *impl_->state;
  if (!options.dry_run) state.require_writable("clone");
  const ResolvedReference to = state.resolve_latest(destination, "clone to");
  const TableFormat& format = *state.tables->open(impl_->location).format;
  const auto plan = operations::plan_clone(*state.formats, format, impl_->snapshot(), to.location, options);
  const auto lease = state.borrow();
  return operations::run(plan, state.context, commit_options(state, *lease, "clone"));
}

ConvertReport Session::convert(const std::string& folder, const ConvertOptions& options) {
  if (!options.dry_run) state_->require_writable("convert");
  const Location from = state_->resolve_latest(folder, "convert").location;
  const Location to = options.into.empty() ? from : state_->resolve_latest(options.into, "convert to").location;
  const auto lease = state_->borrow();
  const CommitOptions commit = commit_options(*state_, *lease, "convert");
  const auto plan = operations::plan_convert(*state_->formats, state_->context, from, to, options, commit);
  if (options.dry_run) return plan.report;
  return operations::run(plan, state_->context, commit);
}

Table Session::register_table(const std::string& reference, const std::string& metadata) {
  state_->require_writable("register");
  const ResolvedReference resolved = state_->resolve_latest(reference, "register");
  const RunningVerb running(*state_, "register");
  operations::register_table(*state_->formats, state_->context, resolved.location, state_->stores->resolve(metadata));
  return open(reference);
}

AnalyzeReport Table::analyze(const AnalyzeOptions& options) {
  if (!options.dry_run) impl_->state->require_writable("analyze");
  impl_->require_latest("analyze");
  SessionState& state = *impl_->state;
  const auto plan = operations::plan_analyze(state.tables->open(impl_->location).table, options);
  const auto lease = state.borrow();
  const auto report = operations::run(plan, {lease->sql(), *state.stores}, commit_options(state, *lease, "analyze"));
  impl_->refresh();
  return report;
}

HealthReport Session::doctor(const std::string& reference, const DoctorOptions& options) {
  if (options.repair) state_->require_writable("repair");
  const ResolvedReference resolved = state_->resolve_latest(reference, "examine");
  const TableFormat& format = state_->formats->detect(resolved.location);
  const auto lease = state_->borrow();
  const CommitOptions commit = commit_options(*state_, *lease, "doctor");
  const auto look = [&] {
    return operations::plan_doctor(format, state_->context, resolved.location, options, {lease->sql(), *state_->stores},
                                   commit);
  };
  operations::DoctorPlan plan = look();
  if (!options.repair) return plan.report;
  HealthReport report = operations::run(plan, state_->context, commit);
  const bool mended = std::any_of(report.findings.begin(), report.findings.end(),
                                  [](const Finding& finding) { return finding.repaired; });
  if (plan.snapshot || !mended) return report;
  // What kept the table from being read is gone: now its files can be looked at.
  std::vector<Finding> repaired;
  for (Finding& finding : report.findings) {
    if (finding.repaired) repaired.push_back(std::move(finding));
  }
  plan = look();
  report = operations::run(plan, state_->context, commit);
  report.findings.insert(report.findings.begin(), repaired.begin(), repaired.end());
  return report;
}

}  // namespace lakelet
