#include "operations/vacuum.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "base/time.h"
#include "lakelet/error.h"
#include "operations/object_work.h"

namespace lakelet::operations {
namespace {

using Standing = FileRetention::Standing;

std::string duration_text(std::int64_t us) {
  constexpr std::int64_t kSecond = 1'000'000, kHour = 3600 * kSecond;
  if (us == std::numeric_limits<std::int64_t>::max()) return "unlimited time";
  const auto text = [us](std::int64_t unit, const char* name) {
    return fmt::format("{} {}{}", us / unit, name, us / unit == 1 ? "" : "s");
  };
  if (us % (24 * kHour) == 0) return text(24 * kHour, "day");
  return us % kHour == 0 ? text(kHour, "hour") : text(kSecond, "second");
}

void check_retention(const VacuumPlan& plan) {
  const std::int64_t least = plan.retention->least_retention_us(), asked = plan.retention->retention_us();
  if (asked < 0) throw Error(ErrorCode::InvalidArgument, "a retention can't be negative");
  if (asked >= least || plan.options.force) return;
  throw Error(
      ErrorCode::InvalidArgument,
      fmt::format("a retention of {} is less than the {} that {} keeps", duration_text(asked), duration_text(least),
                  plan.newest->location().uri),
      "readers and writers that are at work may need what goes: --force (force => true in SQL) does it all the same");
}

// Other tables may be in folders of this one: whether one is on the way to a file is asked once for each folder.
class OtherTables {
 public:
  OtherTables(const Location& table, const FormatRegistry& formats) : table_(table), formats_(formats) {}

  bool hold(std::string_view path) {
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      const std::string folder(path.substr(0, slash));
      // Folders of partitions are the table's own, and there may be very many.
      if (folder.find('=', folder.rfind('/') + 1) != std::string::npos) continue;
      const auto known = known_.find(folder);
      const bool is = known != known_.end()
                          ? known->second
                          : known_.emplace(folder, formats_.try_detect(table_.child(folder)) != nullptr).first->second;
      if (is) return true;
    }
    return false;
  }

 private:
  const Location& table_;
  const FormatRegistry& formats_;
  std::map<std::string, bool> known_;
};

std::int64_t unnamed_age_us(const VacuumPlan& plan) {
  constexpr std::int64_t kHour = 3600 * kMicrosPerSecond;
  if (plan.options.uncommitted) return plan.options.uncommitted->count();
  return plan.options.force ? kHour : std::max(kHour, plan.retention->least_unnamed_age_us());
}

void find_by_listing(VacuumPlan& plan, const CommitOptions& commit) {
  const Location& table = plan.retention->folder();
  const std::string folder = table.path + "/";
  const std::int64_t young = plan.now_us - unnamed_age_us(plan);
  std::int64_t listed = 0;
  table.store->list(folder, "", [&](const ObjectInfo& object) {
    if (++listed % 4096 == 0) commit.cancellation.check();
    const std::string_view path = std::string_view(object.path).substr(folder.size());
    const Standing standing = plan.retention->standing(path);
    if (may_go(standing, object, plan.retention->cutoff_us(), young)) {
      plan.files.add(path, object.size, object.modified_us);
    } else if (standing == Standing::Unnamed) {
      ++plan.files_spared;
    }
    return true;
  });
}

void find_by_log(VacuumPlan& plan, const CommitOptions& commit) {
  const Location& table = plan.retention->folder();
  std::vector<std::string> paths;
  plan.retention->each_removed([&](const std::string& path) {
    paths.push_back(path);
    return true;
  });
  std::sort(paths.begin(), paths.end());
  const auto found = find_objects(*table.store, table.path + "/", paths, commit);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (found[i]) plan.files.add(paths[i], found[i]->size, found[i]->modified_us);
  }
}

std::unique_ptr<FileRetention> retention_of(FormatTable& table, const VacuumPlan& plan, const CommitOptions& commit) {
  RetentionRequest request;
  if (plan.options.retention) request.retention_us = plan.options.retention->count();
  request.now_us = plan.now_us;
  request.by_log = !plan.options.full;
  for (const Version version : plan.options.keep_versions) request.keep.push_back(table.snapshot(version));
  request.cancellation = commit.cancellation;
  return table.retention(plan.newest, request);
}

void list_files(const VacuumPlan& plan, VacuumReport& report) {
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    report.found.push_back({std::string(plan.files.path(i)), plan.files.bytes(i), plan.files.modified_us(i)});
  }
}

}  // namespace

void FileHeap::add(std::string_view path, std::uint64_t bytes, std::int64_t modified_us) {
  paths_ += path;
  ends_.push_back(paths_.size());
  bytes_.push_back(bytes);
  modified_.push_back(modified_us);
  total_bytes_ += bytes;
}

std::string_view FileHeap::path(std::size_t i) const {
  const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(paths_).substr(begin, ends_[i] - begin);
}

void FileHeap::keep_if(const std::function<bool(std::size_t)>& stays) {
  FileHeap kept;
  for (std::size_t i = 0; i < size(); ++i) {
    if (stays(i)) kept.add(path(i), bytes(i), modified_us(i));
  }
  *this = std::move(kept);
}

bool may_go(Standing standing, const ObjectInfo& object, std::int64_t cutoff_us, std::int64_t uncommitted_since_us) {
  switch (standing) {
    case Standing::Needed:
    case Standing::Exempt:
      return false;
    case Standing::Removed:
      return true;
    case Standing::Unnamed:
      return object.modified_us < cutoff_us && object.modified_us < uncommitted_since_us;
  }
  return false;
}

VacuumPlan plan_vacuum(FormatTable& table, const FormatRegistry& formats, const VacuumOptions& options,
                       std::int64_t now_us, const CommitOptions& commit) {
  VacuumPlan plan;
  plan.options = options;
  plan.now_us = now_us;
  plan.newest = table.snapshot(LatestVersion{});
  plan.newest->require(Access::Maintain);
  if (options.retention && options.retention->count() < 0) {
    throw Error(ErrorCode::InvalidArgument, "a retention can't be negative");
  }
  if (commit.events) commit.events({EventKind::Stage, {}, "find", -1});
  plan.retention = retention_of(table, plan, commit);
  check_retention(plan);
  options.full ? find_by_listing(plan, commit) : find_by_log(plan, commit);
  if (options.full) {
    OtherTables others(plan.retention->folder(), formats);
    plan.files.keep_if([&](std::size_t i) { return !others.hold(plan.files.path(i)); });
  }
  return plan;
}

VacuumReport describe(const VacuumPlan& plan) {
  VacuumReport report;
  report.version = plan.newest->version();
  report.retention = std::chrono::microseconds(plan.retention->retention_us());
  report.kept_since_us = plan.retention->cutoff_us();
  report.files = static_cast<std::int64_t>(plan.files.size());
  report.bytes = plan.files.bytes();
  report.files_spared = plan.files_spared;
  if (plan.options.dry_run) list_files(plan, report);
  return report;
}

VacuumReport run(VacuumPlan& plan, FormatTable& table, const CommitOptions& commit) {
  VacuumReport report = describe(plan);
  if (plan.files.size() == 0 && !plan.retention->forgets()) return report;
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  VacuumRecord record;
  record.least_retention_us = plan.retention->least_retention_us();
  record.now_us = plan.now_us;
  record.keep = plan.options.keep_versions;
  record.full = plan.options.full;
  record.retention_checked = !plan.options.force;
  if (plan.options.retention) record.given_retention_us = plan.options.retention->count();
  record.files = number(plan.files.size());
  record.bytes = plan.files.bytes();
  record.user_metadata = plan.options.user_metadata;
  table.record_vacuum(record, commit);
  // Who commits from here on finds the record. Who did before may have brought files back.
  const Version before = plan.newest->version();
  plan.newest = table.snapshot(LatestVersion{});
  // Files are as old as the store's clock says. It may be behind ours, as the time tells that it gave the record.
  const std::int64_t recorded_us = plan.newest->version() > before ? plan.newest->timestamp_us() : now_us();
  const std::int64_t behind = std::max<std::int64_t>(0, now_us() - recorded_us);
  plan.retention = retention_of(table, plan, commit);
  plan.files.keep_if([&](std::size_t i) {
    ObjectInfo object;
    object.modified_us = plan.files.modified_us(i);
    return may_go(plan.retention->standing(plan.files.path(i)), object, plan.retention->cutoff_us() - behind,
                  plan.now_us - behind - unnamed_age_us(plan));
  });
  if (plan.options.list) list_files(plan, report);
  if (commit.events) commit.events({EventKind::Stage, {}, "delete", -1});
  const Location location = plan.retention->folder();
  RemovedObjects removed;
  try {
    remove_objects(*location.store, location.path + "/", plan.files, commit, removed);
    record.step = VacuumRecord::Step::Completed;
  } catch (const Error&) {
    record.step = VacuumRecord::Step::Failed;
    record.files = removed.files;
    CommitOptions last = commit;
    last.cancellation = Cancellation();
    try {
      table.record_vacuum(record, last);
    } catch (const Error&) {
      // What made the deletion fail is more than that the history doesn't say so.
    }
    throw;
  }
  record.files = removed.files;
  record.bytes = removed.bytes;
  record.folders = removed.folders;
  table.record_vacuum(record, commit);
  report.files_deleted = removed.files;
  report.bytes_deleted = removed.bytes;
  return report;
}

}  // namespace lakelet::operations
