#include "operations/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/rate.h"
#include "base/time.h"
#include "lakelet/error.h"
#include "operations/file_check.h"
#include "operations/layout_advice.h"
#include "operations/upkeep_advice.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kFootersAtOnce = 8;
constexpr const char* kMissing = "missing file";
constexpr const char* kBackup = "restore it from a backup";

// Damage is what is looked for; everything else keeps us from looking.
bool is_damage(const Error& error) {
  return error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::NotFound;
}

// What is in the table's folder, by one listing; elsewhere each file is asked for.
class Folder {
 public:
  Folder(const Location& location, StoreRegistry& stores) : stores_(stores), location_(location) {
    const std::string prefix = location.path.ends_with('/') ? location.path : location.path + "/";
    location.store->list(prefix, {}, [&](const ObjectInfo& object) {
      sizes_.emplace(object.path, object.size);
      return true;
    });
  }
  std::optional<std::uint64_t> size_of(const DataFile& file) const {
    const Location at = stores_.resolve(file.uri);
    if (at.store == location_.store) {
      const auto listed = sizes_.find(at.path);
      if (listed != sizes_.end()) return listed->second;
    }
    const auto found = at.store->find(at.path);
    return found ? std::optional(found->size) : std::nullopt;
  }
  std::optional<std::uint64_t> size_of(const std::string& path) const {
    const auto listed = sizes_.find(location_.path + "/" + path);
    return listed == sizes_.end() ? std::nullopt : std::optional(listed->second);
  }

 private:
  StoreRegistry& stores_;
  const Location& location_;
  std::unordered_map<std::string, std::uint64_t> sizes_;
};

class FileExamination {
 public:
  FileExamination(DoctorPlan& plan, const FormatContext& context, const DoctorOptions& options,
                  const Workspace& workspace, const CommitOptions& commit)
      : plan_(plan),
        context_(context),
        options_(options),
        workspace_(workspace),
        commit_(commit),
        folder_(plan.snapshot->location(), *context.stores),
        columns_(options.full ? measurable_columns(*plan.snapshot) : std::vector<ColumnPath>()) {}

  void run() {
    ScanRequest request;
    request.with_statistics = true;
    try {
      files_ = plan_.snapshot->plan(request);
      expected_ = plan_.snapshot->size_estimate().files;
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      if (!files_) told(error);  // otherwise what is damaged is found below
    }
    if (!files_) {
      // Which files there are can't be told.
    } else if (options_.full) {
      work();  // rows are read by one query at a time, which uses all threads
    } else {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < kFootersAtOnce; ++i) threads.emplace_back([this] { work(); });
    }
    if (failure_) std::rethrow_exception(failure_);
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [number, finding] : findings_) plan_.report.findings.push_back(std::move(finding));
    for (Finding& finding : layout_.findings()) plan_.report.findings.push_back(std::move(finding));
    for (Finding& finding : upkeep_advice(*plan_.table, plan_.snapshot, now_us(),
                                          [&](const std::string& path) { return folder_.size_of(path); })) {
      plan_.report.findings.push_back(std::move(finding));
    }
  }

 private:
  using Number = std::int64_t;

  // Null at the end. What can't be planned is damage, of which the format told already if it could.
  std::optional<std::pair<Number, FileTask>> next() {
    const std::lock_guard lock(mutex_);
    for (int failures = 0; !failure_;) {
      try {
        commit_.cancellation.check();
        auto task = files_->next();
        if (!task) return std::nullopt;
        note(*task);
        return std::pair{plan_.report.files - 1, *std::move(task)};
      } catch (const Error& error) {
        if (!is_damage(error)) {
          failure_ = std::current_exception();
          return std::nullopt;
        }
        told(error);
        if (++failures > 1000) return std::nullopt;
      }
    }
    return std::nullopt;
  }

  void note(const FileTask& task) {
    ++plan_.report.files;
    plan_.report.bytes += task.file.bytes;
    layout_.add(task.file, task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0);
  }

  void told(const Error& error) {
    const bool known = std::any_of(plan_.report.findings.begin(), plan_.report.findings.end(),
                                   [](const Finding& finding) { return finding.severity == Severity::Damage; });
    if (!known) add(plan_.report.files, {Severity::Damage, "files", "", error.what(), kBackup, false, false});
  }

  void add(Number number, Finding finding) { findings_.emplace_back(number, std::move(finding)); }

  void work() {
    while (auto next_file = next()) {
      std::vector<Finding> found;
      bool missing = false;
      try {
        found = examine(next_file->second, missing);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        return;
      }
      const std::lock_guard lock(mutex_);
      for (Finding& finding : found) add(next_file->first, std::move(finding));
      if (missing) plan_.missing.push_back(next_file->second.file);
      tell();
    }
  }

  void tell() {
    ++done_;
    if (!commit_.events || expected_ <= 0) return;
    commit_.events({.kind = EventKind::Progress,
                    .operation = "doctor",
                    .text = rate_.add(done_),
                    .fraction = std::min(1.0, static_cast<double>(done_) / static_cast<double>(expected_))});
  }

  std::vector<Finding> examine(const FileTask& task, bool& missing) {
    const DataFile& file = task.file;
    if (file.uri.empty()) return {};  // rows that no file holds
    const auto damage = [&](const char* check, std::string message, std::string remedy, bool repairable = false) {
      return std::vector<Finding>{
          {Severity::Damage, check, file.path, std::move(message), std::move(remedy), repairable, false}};
    };
    try {
      const auto size = folder_.size_of(file);
      if (!size) {
        missing = true;
        return damage(kMissing, fmt::format("the data file isn't there: {}", file.uri),
                      "restore it from a backup; a repair takes it out of the table, with its rows", true);
      }
      if (*size != file.bytes) {
        return damage("file size", fmt::format("the table says that it has {} bytes, and it has {}", file.bytes, *size),
                      kBackup);
      }
      std::vector<Finding> found =
          check_footer(*plan_.snapshot, task, context_.tabular->parquet_footer(file.uri, task.deletes.none()));
      if (!options_.full) return found;
      for (Finding& finding :
           check_rows(*plan_.snapshot, task, measure_file(*plan_.snapshot, task, columns_, workspace_.session))) {
        const bool known = std::any_of(found.begin(), found.end(), [&](const Finding& other) {
          return other.check == finding.check && other.subject == finding.subject;
        });
        if (!known) found.push_back(std::move(finding));
      }
      return found;
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      return damage("unreadable file", error.what(), kBackup);
    }
  }

  DoctorPlan& plan_;
  const FormatContext& context_;
  const DoctorOptions& options_;
  const Workspace& workspace_;
  const CommitOptions& commit_;
  const Folder folder_;
  const std::vector<ColumnPath> columns_;
  std::unique_ptr<ScanPlan> files_;
  LayoutAdvice layout_{plan_.snapshot->write_layout().target_file_bytes};
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::int64_t expected_ = 0, done_ = 0;
  Rate rate_{"files"};
  std::vector<std::pair<Number, Finding>> findings_;  // by the file's number
};

void remove_missing(DoctorPlan& plan, const FormatContext& context, const CommitOptions& commit) {
  std::vector<DataFile> gone;
  for (const DataFile& file : plan.missing) {
    const Location at = context.stores->resolve(file.uri);
    if (!at.store->find(at.path)) gone.push_back(file);
  }
  if (gone.empty()) return;
  const auto transaction = plan.table->begin(plan.snapshot);
  CommitInfo info;
  info.operation = Operation::RemoveMissingFiles;
  info.user_metadata = plan.user_metadata;
  for (const DataFile& file : gone) {
    transaction->remove(file);
    ++info.metrics.files_removed;
    info.metrics.bytes_removed += static_cast<std::int64_t>(file.bytes);
  }
  const CommitOutcome outcome = transaction->commit(info, commit);
  plan.report.repaired_version = require_committed(outcome, plan.report.uri).version;
  for (Finding& finding : plan.report.findings) {
    finding.repaired |= finding.check == kMissing && std::any_of(gone.begin(), gone.end(), [&](const DataFile& file) {
                          return file.path == finding.subject;
                        });
  }
}

}  // namespace

DoctorPlan plan_doctor(const TableFormat& format, const FormatContext& context, const Location& location,
                       const DoctorOptions& options, const Workspace& workspace, const CommitOptions& commit) {
  DoctorPlan plan;
  plan.report.uri = location.uri;
  plan.user_metadata = options.user_metadata;
  plan.table = format.open(context, location);
  const auto add = [&](const Finding& finding) {
    commit.cancellation.check();
    plan.report.findings.push_back(finding);
  };
  ExamineOptions examination;
  examination.full = options.full;
  plan.table->examine(examination, add);
  try {
    plan.snapshot = plan.table->snapshot(LatestVersion{});
    plan.report.version = plan.snapshot->version();
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    add({Severity::Damage, "table", "", error.what(), kBackup, false, false});
    return plan;
  }
  FileExamination(plan, context, options, workspace, commit).run();
  return plan;
}

HealthReport run(DoctorPlan& plan, const FormatContext& context, const CommitOptions& commit) {
  for (Finding& finding : plan.report.findings) {
    if (!finding.repairable || finding.check == kMissing) continue;
    commit.cancellation.check();
    plan.table->mend(finding);
    finding.repaired = true;
  }
  if (!plan.missing.empty()) remove_missing(plan, context, commit);
  return plan.report;
}

}  // namespace lakelet::operations
