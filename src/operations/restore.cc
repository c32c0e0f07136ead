#include "operations/restore.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "operations/object_work.h"

namespace lakelet::operations {
namespace {

bool is_there(StoreRegistry& stores, const std::string& uri) {
  const Location location = stores.resolve(uri);
  return location.store->find(location.path).has_value();
}

std::vector<std::string> find_missing(const Restoration& restoration, StoreRegistry& stores,
                                      const CommitOptions& commit) {
  const auto& files = restoration.restored;
  std::vector<char> gone(files.size(), 0);
  for_each_index(files.size(), commit.cancellation, [&](std::size_t i) {
    for (const std::string& uri : files[i].uris) gone[i] |= !is_there(stores, uri);
  });
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (gone[i]) missing.push_back(files[i].path);
  }
  return missing;
}

[[noreturn]] void throw_missing(const RestorePlan& plan) {
  const std::size_t count = plan.missing.size();
  throw Error(ErrorCode::NotFound,
              fmt::format("version {} of {} can't be restored: {} of its files {} gone, {}{}", plan.version->version(),
                          plan.version->location().uri, count, count == 1 ? "is" : "are", plan.missing.front(),
                          count == 1 ? "" : " and others"),
              "a vacuum deleted them, perhaps; --ignore-missing restores what is there, without their rows");
}

}  // namespace

RestorePlan plan_restore(FormatTable& table, StoreRegistry& stores, const VersionSelector& version,
                         const RestoreOptions& options, const CommitOptions& commit) {
  if (std::holds_alternative<LatestVersion>(version)) {
    throw Error(ErrorCode::InvalidArgument, "no version to restore is given",
                "name it: @v3, or the time when it was the newest");
  }
  RestorePlan plan;
  plan.options = options;
  const auto newest = table.snapshot(LatestVersion{});
  newest->require(Access::ChangeRows);
  plan.version = table.snapshot(version);
  plan.transaction = table.begin(newest);
  plan.restoration = plan.transaction->restore(*plan.version);
  if (commit.events) commit.events({EventKind::Stage, {}, "check", -1});
  plan.missing = find_missing(plan.restoration, stores, commit);
  if (plan.missing.empty()) return plan;
  if (!options.ignore_missing) throw_missing(plan);
  plan.restoration = plan.transaction->restore(*plan.version, {plan.missing.begin(), plan.missing.end()});
  return plan;
}

RestoreReport describe(const RestorePlan& plan) {
  RestoreReport report;
  report.restored = plan.version->version();
  report.files_restored = static_cast<std::int64_t>(plan.restoration.restored.size());
  for (const auto& file : plan.restoration.restored) report.bytes_restored += file.bytes;
  report.files_removed = plan.restoration.files_removed;
  report.bytes_removed = plan.restoration.bytes_removed;
  report.files = plan.restoration.files;
  report.bytes = plan.restoration.bytes;
  report.missing = plan.missing;
  return report;
}

RestoreReport run(RestorePlan& plan, const CommitOptions& commit) {
  RestoreReport report = describe(plan);
  if (plan.transaction->empty()) return report;
  CommitInfo info;
  info.operation = Operation::Restore;
  info.user_metadata = plan.options.user_metadata;
  CommitOptions options = commit;
  options.if_version = plan.options.if_version;
  if (options.events) options.events({EventKind::Stage, {}, "commit", -1});
  const std::string& uri = plan.version->location().uri;
  report.version = require_committed(plan.transaction->commit(info, options), uri).version;
  return report;
}

}  // namespace lakelet::operations
