#include "formats/delta/upkeep/log_tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "formats/delta/checkpoint/checkpoint_writer.h"
#include "formats/delta/log/log_cleanup.h"
#include "formats/delta/log/log_compaction.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string below_table(std::string_view name) {
  return fmt::format("{}/{}", kLogFolder, name);
}

bool is_there(const LogListing& listing, Version first, Version last) {
  return std::any_of(listing.compactions.begin(), listing.compactions.end(),
                     [&](const CompactedCommits& each) { return each.first == first && each.last == last; });
}

bool has_commit(const LogListing& listing, Version version) {
  return std::any_of(listing.commits.begin(), listing.commits.end(),
                     [&](const LogFile& each) { return each.version == version; });
}

void plan_compaction(const LogRequest& request, LogPlan& plan) {
  const Location& table = plan.newest->location();
  const LogListing listing = list_log(table, 0);
  const bool given = request.first || request.last;
  plan.last = request.last.value_or(plan.newest->version());
  Version checkpoint = -1;
  for (const CheckpointFiles& each : listing.checkpoints) {
    if (each.version <= plan.last) checkpoint = std::max(checkpoint, each.version);
  }
  plan.first = request.first.value_or(checkpoint + 1);
  if (plan.last > plan.newest->version() || plan.first < 0) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} has versions 0 to {}, not {} to {}", table.uri,
                                                        plan.newest->version(), plan.first, plan.last));
  }
  if (plan.first >= plan.last) {
    if (!given) return;
    throw Error(ErrorCode::InvalidArgument, "a compaction needs two commits or more",
                fmt::format("the newest version is {}", plan.newest->version()));
  }
  for (Version version = plan.first; version <= plan.last; ++version) {
    if (has_commit(listing, version)) continue;
    throw Error(ErrorCode::NotFound, fmt::format("the commit of version {} of {} was cleaned up", version, table.uri),
                "compact later versions");
  }
  if (!is_there(listing, plan.first, plan.last)) {
    plan.writes.push_back(below_table(compaction_name(plan.first, plan.last)));
  }
}

void plan_clean_up(const LogRequest& request, LogPlan& plan) {
  const auto& newest = dynamic_cast<const DeltaSnapshot&>(*plan.newest);
  for (std::string& path : expired_log_files(newest.context(), newest.location(), newest.protocol(),
                                             newest.metadata_action(), request.now_us / 1000, true)) {
    const auto info = newest.location().store->find(path);
    plan.removes.push_back(info ? *info : ObjectInfo{.path = std::move(path)});
  }
}

// Asks the log and not the snapshot, which may be older than a checkpoint of its version.
bool has_checkpoint(const DeltaSnapshot& newest) {
  const LogListing listing = list_log(newest.location(), newest.version());
  return std::any_of(listing.checkpoints.begin(), listing.checkpoints.end(),
                     [&](const CheckpointFiles& each) { return each.version == newest.version(); });
}

LogReport write_checkpoint_of(const DeltaSnapshot& newest) {
  const CheckpointResult written = write_checkpoint(newest);
  LogReport report;
  report.version = written.version;
  report.bytes_written = written.bytes;
  for (const CheckpointFiles& each : list_log(newest.location(), written.version).checkpoints) {
    if (each.version != written.version) continue;
    for (const LogFile& part : each.parts) {
      report.files_written.push_back(below_table(part.path.substr(part.path.rfind('/') + 1)));
    }
  }
  return report;
}

}  // namespace

LogPlan plan_log_task(std::shared_ptr<const DeltaSnapshot> newest, const LogRequest& request) {
  newest->require(Access::Maintain);
  LogPlan plan;
  plan.task = request.task;
  plan.newest = newest;
  switch (request.task) {
    case LogTask::Checkpoint:
      if (!has_checkpoint(*newest)) plan.writes.push_back(below_table(checkpoint_name(newest->version())));
      break;
    case LogTask::Compact:
      plan_compaction(request, plan);
      break;
    case LogTask::CleanUp:
      plan_clean_up(request, plan);
      break;
  }
  return plan;
}

LogReport run_log_task(const LogPlan& plan, const CommitOptions& options) {
  const Location& table = plan.newest->location();
  LogReport report;
  if (!plan.writes.empty() && plan.task == LogTask::Checkpoint) {
    report = write_checkpoint_of(dynamic_cast<const DeltaSnapshot&>(*plan.newest));
  }
  if (!plan.writes.empty() && plan.task == LogTask::Compact) {
    compact_log(table, plan.first, plan.last);
    report.version = plan.last;
    report.files_written = plan.writes;
    const auto info = table.store->find(log_path(table, compaction_name(plan.first, plan.last)));
    report.bytes_written = info ? info->size : 0;
  }
  for (const ObjectInfo& object : plan.removes) {
    options.cancellation.check();
    table.store->remove(object.path);
    report.version = plan.newest->version();
    report.files_removed.push_back(object.path.substr(table.path.size() + 1));
    report.bytes_removed += object.size;
  }
  return report;
}

}  // namespace lakelet::delta
