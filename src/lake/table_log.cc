// A table's checkpoints, compactions and the clean-up of its log.
#include <chrono>

#include "base/time.h"
#include "lake/table_state.h"
#include "table/upkeep.h"

namespace lakelet {
namespace {

LogReport as_planned(const LogPlan& plan) {
  LogReport report;
  if (!plan.writes.empty() || !plan.removes.empty()) report.version = plan.newest->version();
  report.files_written = plan.writes;
  const std::size_t folder = plan.newest->location().path.size() + 1;
  for (const ObjectInfo& object : plan.removes) {
    report.files_removed.push_back(object.path.substr(folder));
    report.bytes_removed += object.size;
  }
  return report;
}

}  // namespace

LogReport Table::Impl::keep_log(const std::string& verb, LogRequest request, bool dry_run) {
  if (!dry_run) state->require_writable(verb);
  require_latest(verb);
  const auto start = std::chrono::steady_clock::now();
  request.now_us = now_us();
  const RunningVerb running(*state, verb);
  const LogPlan plan = table().plan_log(request);
  LogReport report = dry_run ? as_planned(plan) : table().run_log(plan, running.options());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

LogReport Table::checkpoint(bool dry_run) {
  return impl_->keep_log("checkpoint", {.task = LogTask::Checkpoint}, dry_run);
}

LogReport Table::compact_log(std::optional<Version> first, std::optional<Version> last, bool dry_run) {
  return impl_->keep_log("compact the log of", {.task = LogTask::Compact, .first = first, .last = last}, dry_run);
}

LogReport Table::clean_log(bool dry_run) {
  return impl_->keep_log("clean the log of", {.task = LogTask::CleanUp}, dry_run);
}

}  // namespace lakelet
