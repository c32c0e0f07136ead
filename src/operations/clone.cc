#include "operations/clone.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "base/rate.h"
#include "lakelet/error.h"
#include "operations/destination.h"
#include "operations/file_copy.h"
#include "table/catalog.h"

namespace lakelet::operations {
namespace {

constexpr std::size_t kCopiesAtOnce = 8;  // requests that wait for a store or a disk, not for a processor

std::string as_folder(const std::string& uri) {
  return uri.ends_with('/') ? uri : uri + "/";
}

// Feeds the files of a plan to threads that copy, and gathers where they went.
class Copies {
 public:
  Copies(const ClonePlan& plan, const FormatContext& context, const CommitOptions& commit, Transaction& transaction)
      : plan_(plan),
        context_(context),
        commit_(commit),
        transaction_(transaction),
        files_(plan.source->plan({})),
        layout_(plan.source->location().uri, plan.destination.uri) {}

  void run(CloneReport& report) {
    std::vector<std::jthread> threads;
    const auto wanted =
        std::min<std::size_t>(kCopiesAtOnce, static_cast<std::size_t>(std::max<std::int64_t>(plan_.files, 1)));
    for (std::size_t i = 0; i < wanted; ++i) threads.emplace_back([this, &report] { work(report); });
    threads.clear();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void work(CloneReport& report) {
    while (true) {
      FileTask task;
      std::string to;
      {
        const std::lock_guard lock(mutex_);
        if (failure_) return;
        try {
          auto next = files_->next();
          if (!next) return;
          task = *std::move(next);
          to = layout_.place(task.file.uri);
        } catch (...) {
          failure_ = std::current_exception();
          return;
        }
      }
      try {
        copy(task, to, report);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        return;
      }
    }
  }

  void copy(const FileTask& task, const std::string& to, CloneReport& report) {
    CopyOutcome outcome = CopyOutcome::Copied;
    try {
      outcome = copy_file(context_.stores->resolve(task.file.uri), context_.stores->resolve(to), commit_.cancellation);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::NotFound) throw;
      throw Error(ErrorCode::CorruptTable, fmt::format("the data file {} is missing", task.file.uri),
                  fmt::format("`lakelet doctor {}` lists what is missing", plan_.source->location().uri));
    }
    const std::lock_guard lock(mutex_);
    transaction_.adopt(task, to);
    ++(outcome == CopyOutcome::Copied ? report.copied_files : report.kept_files);
    if (outcome == CopyOutcome::Copied) report.copied_bytes += task.file.bytes;
    ++done_;
    if (commit_.events && plan_.files > 0) {
      commit_.events({.kind = EventKind::Progress,
                      .operation = "clone",
                      .text = rate_.add(done_),
                      .fraction = static_cast<double>(done_) / static_cast<double>(plan_.files)});
    }
  }

  const ClonePlan& plan_;
  const FormatContext& context_;
  const CommitOptions& commit_;
  Transaction& transaction_;
  std::mutex mutex_;
  std::unique_ptr<ScanPlan> files_;
  CloneLayout layout_;
  std::exception_ptr failure_;
  std::int64_t done_ = 0;
  Rate rate_{"files"};
};

void adopt_in_place(const Snapshot& source, Transaction& transaction) {
  const auto files = source.plan({});
  while (const auto task = files->next()) transaction.adopt(*task, task->file.uri);
}

CommitInfo commit_info(const ClonePlan& plan, const CloneReport& report) {
  CommitInfo info;
  info.operation = Operation::Clone;
  CloneOrigin origin;
  origin.source = plan.source->location().uri;
  origin.version = plan.source->version();
  origin.files = plan.files;
  origin.bytes = plan.bytes;
  origin.shallow = plan.options.shallow;
  if (!plan.options.shallow) {
    origin.copied_files = plan.files;
    origin.copied_bytes = plan.bytes;
  }
  info.clone = std::move(origin);
  info.metrics.files_added = report.files;
  info.metrics.bytes_added = static_cast<std::int64_t>(report.bytes);
  info.user_metadata = plan.options.user_metadata;
  return info;
}

}  // namespace

CloneLayout::CloneLayout(std::string source_uri, std::string destination_uri)
    : source_(as_folder(source_uri)), destination_(as_folder(destination_uri)) {}

std::string CloneLayout::place(const std::string& file_uri) {
  std::string path =
      file_uri.starts_with(source_) ? file_uri.substr(source_.size()) : file_uri.substr(file_uri.find_last_of('/') + 1);
  const int count = taken_[path]++;
  if (count > 0) path = fmt::format("{}/{}", count, path);
  return destination_ + path;
}

ClonePlan plan_clone(const FormatRegistry& formats, const TableFormat& format, std::shared_ptr<const Snapshot> source,
                     const Location& destination, const CloneOptions& options) {
  require_no_table_at(formats, destination);
  require_beside(source->location(), destination);
  if (options.shallow) require_empty(destination);
  if (!options.shallow && catalog_table_of(destination)) {
    throw Error(ErrorCode::UnsupportedFeature, "files can't be copied to a name in a catalog: " + destination.uri,
                "clone to a folder and register that table, or make a shallow clone");
  }
  ClonePlan plan{&format, std::move(source), destination, options};
  plan.source->require(Access::Append);
  const TableSize size = plan.source->size();
  plan.files = size.files;
  plan.bytes = size.bytes;
  return plan;
}

CloneReport run(const ClonePlan& plan, const FormatContext& context, const CommitOptions& commit) {
  const auto start = std::chrono::steady_clock::now();
  CloneReport report;
  report.uri = plan.destination.uri;
  report.source_version = plan.source->version();
  report.files = plan.files;
  report.bytes = plan.bytes;
  if (plan.options.dry_run) return report;
  const auto transaction = plan.format->clone(context, plan.destination, plan.source);
  if (plan.options.shallow) {
    adopt_in_place(*plan.source, *transaction);
  } else {
    Copies(plan, context, commit, *transaction).run(report);
  }
  commit.cancellation.check();
  const CommitOutcome outcome = transaction->commit(commit_info(plan, report), commit);
  report.version = require_committed(outcome, plan.destination.uri).version;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace lakelet::operations
