#include "operations/optimize_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/uuid.h"
#include "lakelet/error.h"
#include "operations/written_files.h"
#include "table/clustering.h"
#include "table/given_files.h"

namespace lakelet::operations {
namespace {

using Clock = std::chrono::steady_clock;

// So often is a table planned anew, and so often a commit tried on top of others' changes, before it is given up.
constexpr int kMostPasses = 8, kMostCommits = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A group whose rows are in new files that no commit has yet.
struct WrittenGroup {
  std::vector<const FileTask*> old_files;
  std::vector<DataFile> new_files;
  std::optional<FileClustering> clustering;  // of the new ones
  std::int64_t rows = 0, purged = 0;
};

std::int64_t deleted_rows(const FileTask& task) {
  return task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
}

bool same_rows(const FileTask& a, const FileTask& b) {
  const auto& left = a.deletes.positions;
  const auto& right = b.deletes.positions;
  const bool same_positions = !left == !right && (!left || left == right || *left == *right);
  return same_positions && a.deletes.equality.size() == b.deletes.equality.size() &&
         a.deletes.merge_logs == b.deletes.merge_logs;
}

// At which size a file of the group is closed: so that all are about as large. What becomes one file does so although
// it turns out somewhat larger than it was.
std::uint64_t file_target(const FileGroup& group, std::uint64_t target_bytes) {
  const auto count = static_cast<std::uint64_t>(files_for(group.live_bytes, target_bytes));
  if (count == 1) return std::max(target_bytes, group.live_bytes + group.live_bytes / 8);
  return (group.live_bytes + count - 1) / count;
}

// A file that has more or fewer rows than the table says isn't made to disappear behind one that has them.
void require_all_rows(const sql::RewriteStep& step, const sql::Rewritten& rewritten) {
  std::int64_t written = 0;
  for (const DataFile& file : rewritten.files) written += file.rows.value_or(0);
  std::int64_t expected = 0;
  bool known = true;
  for (const FileTask& task : step.files) {
    const auto rows = live_rows(task);
    known = known && rows;
    expected += rows.value_or(0);
  }
  if (!known) expected = rewritten.rows;
  if (written == expected && rewritten.rows == expected) return;
  throw Error(ErrorCode::CorruptTable,
              fmt::format("{} files have {} rows by what the table says of them, and {} were read: they are left as "
                          "they are, the first is {}",
                          step.files.size(), expected, rewritten.rows, step.files.front().file.path));
}

// Whether files that were written for the one fit the other.
bool same_shape(const Snapshot& a, const Snapshot& b) {
  return a.schema() == b.schema() && a.partitioning().columns() == b.partitioning().columns() &&
         a.properties() == b.properties() && a.metadata().protocol == b.metadata().protocol;
}

class Optimizer {
 public:
  Optimizer(FormatTable& table, const OptimizeOptions& options, const CommitOptions& commit, const Workspace& workspace,
            sql::FileRewriter& rewriter)
      : table_(table),
        options_(options),
        commit_(commit),
        workspace_(workspace),
        rewriter_(rewriter),
        orphans_(workspace.stores) {}

  OptimizeReport run() {
    const auto start = Clock::now();
    for (int pass = 0; pass < kMostPasses; ++pass) {
      announce("plan");
      const PlannedOptimize plan = plan_optimize(table_, options_, workspace_);
      if (pass == 0) report_.files_considered = static_cast<std::int64_t>(plan.files.size());
      if (plan.empty()) break;
      lost_ = 0;
      do_pass(plan);
      report_.groups_lost += lost_;
      // Rows that were placed by this run stay where they are; small files that several groups left are another matter.
      const bool leftovers = plan.columns.empty() && options_.commit_bytes;
      if (lost_ == 0 && !leftovers) break;
      if (pass + 1 == kMostPasses && lost_ > 0 && last_conflict_) {
        throw Error(
            ErrorCode::Conflict,
            fmt::format("other writers went on changing the files that optimize wrote again: {}", last_conflict_->what),
            "what was committed stays; run it again when there is less going on");
      }
    }
    report_.seconds = seconds_since(start);
    return report_;
  }

 private:
  void announce(const std::string& stage) const {
    if (commit_.events) commit_.events({EventKind::Stage, {}, stage, -1});
  }

  void do_pass(const PlannedOptimize& plan) {
    std::uint64_t all_bytes = 0, done_bytes = 0, pending_bytes = 0;
    for (const FileGroup& group : plan.groups) all_bytes += group.bytes;
    auto last_commit = Clock::now();
    began_ = last_commit;
    for (const FileGroup& group : plan.groups) {
      commit_.cancellation.check();
      if (options_.commit_bytes && pending_bytes > 0 && pending_bytes + group.bytes > *options_.commit_bytes) {
        commit(plan);
        pending_bytes = 0;
        last_commit = Clock::now();
      }
      const double before =
          static_cast<double>(done_bytes) / static_cast<double>(std::max<std::uint64_t>(1, all_bytes));
      const double share =
          static_cast<double>(group.bytes) / static_cast<double>(std::max<std::uint64_t>(1, all_bytes));
      rewrite(plan, group, before, share);
      done_bytes += group.bytes;
      pending_bytes += group.bytes;
      if (options_.commit_interval && Clock::now() - last_commit >= *options_.commit_interval) {
        commit(plan);
        pending_bytes = 0;
        last_commit = Clock::now();
      }
    }
    commit(plan);
  }

  std::unique_ptr<Transaction> begin(std::shared_ptr<const Snapshot> base, const PlannedOptimize& plan) {
    auto transaction = table_.begin(std::move(base));
    DataFileOptions files = options_.write.files;
    files.target_bytes = plan.target_bytes;
    transaction->set_data_file_options(std::move(files));
    return transaction;
  }

  void rewrite(const PlannedOptimize& plan, const FileGroup& group, double before, double share) {
    const auto start = Clock::now();
    WrittenGroup written;
    sql::RewriteStep step;
    for (const std::size_t index : group.files) {
      const FileTask& task = plan.files[index];
      step.files.push_back(task);
      written.old_files.push_back(&task);
      written.purged += deleted_rows(task);
    }
    step.placement = plan.placement;
    step.columns = plan.columns;
    if (plan.columns.size() == 1 && plan.columns[0].size() == 1) step.placement = sql::Placement::Sorted;
    step.target_bytes = file_target(group, plan.target_bytes);
    CommitOptions options = commit_;
    if (commit_.events) {
      options.events = [sink = commit_.events, before, share](Event event) {
        if (event.fraction >= 0) event.fraction = before + share * event.fraction;
        sink(event);
      };
    }
    const auto transaction = begin(plan.base, plan);
    sql::Rewritten rewritten = rewriter_.rewrite(*transaction, step, options);
    orphans_.add(rewritten.files);
    require_all_rows(step, rewritten);
    written.rows = rewritten.rows;
    written.new_files = in_sequence(std::move(rewritten.files), step);
    if (!plan.columns.empty()) {
      written.clustering = FileClustering{column_names(plan.columns), placement_name(plan.placement), make_uuid_text(),
                                          plan.by_table, false};
    }
    pending_.push_back(std::move(written));
    report_.bytes_read += rewritten.bytes_read;
    report_.bytes_spilled = std::max(report_.bytes_spilled, rewritten.bytes_spilled);
    report_.files_scanned += static_cast<std::int64_t>(group.files.size());
    add_stage("rewrite", seconds_since(start));
    if (commit_.events) commit_.events({EventKind::Progress, {}, {}, before + share});
  }

  // Deletes that came after the old files apply to the new ones.
  static std::vector<DataFile> in_sequence(std::vector<DataFile> files, const sql::RewriteStep& step) {
    std::optional<std::int64_t> greatest;
    for (const FileTask& task : step.files) {
      const auto& number = task.file.sequence_number;
      if (number) greatest = std::max(greatest.value_or(*number), *number);
    }
    for (DataFile& file : files) file.sequence_number = greatest;
    return files;
  }

  void add_stage(const std::string& name, double seconds) {
    for (Stage& stage : report_.stages) {
      if (stage.name == name) {
        stage.seconds += seconds;
        return;
      }
    }
    report_.stages.push_back({name, seconds});
  }

  Reorganization reorganization(const PlannedOptimize& plan) const {
    Reorganization how;
    (plan.by_table ? how.cluster_by : how.z_order_by) = column_names(plan.columns);
    how.full = options_.full;
    how.purge = options_.purge;
    return how;
  }

  CommitInfo info() const {
    CommitInfo info;
    info.operation = Operation::Optimize;
    if (!options_.where.empty()) info.predicate = options_.where;
    info.user_metadata = options_.write.user_metadata;
    for (const WrittenGroup& group : pending_) info.metrics.rows_copied += group.rows;
    info.metrics.seconds = seconds_since(began_);
    info.metrics.stages = report_.stages;
    return info;
  }

  // Commits what is pending; groups that others changed are lost.
  void commit(const PlannedOptimize& plan) {
    if (pending_.empty()) return;
    commit_.cancellation.check();
    const auto start = Clock::now();
    announce("commit");
    auto base = plan.base;
    for (int attempt = 0; !pending_.empty(); ++attempt) {
      const CommitOutcome outcome = try_commit(plan, base);
      if (const auto* conflict = std::get_if<Conflict>(&outcome)) {
        last_conflict_ = *conflict;
        if (conflict->version_moved || attempt + 1 == kMostCommits) require_committed(outcome, table_.location().uri);
        base = table_.snapshot(LatestVersion{});
        drop_lost(plan, *base);
        continue;
      }
      count(require_committed(outcome, table_.location().uri));
    }
    began_ = Clock::now();
    add_stage("commit", seconds_since(start));
  }

  CommitOutcome try_commit(const PlannedOptimize& plan, const std::shared_ptr<const Snapshot>& base) {
    const auto transaction = begin(base, plan);
    ClusteringTransaction* const clustering = clustering_transaction(*transaction);
    for (const WrittenGroup& group : pending_) {
      for (const FileTask* task : group.old_files) {
        const DataFile& file = base == plan.base ? task->file : current_.at(task->file.path).file;
        transaction->read_file(file);
        transaction->remove(file);
      }
      for (const DataFile& file : group.new_files) {
        clustering&& group.clustering ? clustering->add_clustered(file, *group.clustering) : transaction->add(file);
      }
    }
    if (clustering) clustering->describe(reorganization(plan));
    const CommitInfo said = info();
    orphans_.keep();  // unless we learn that it didn't happen
    try {
      CommitOutcome outcome = transaction->commit(said, commit_);
      if (std::holds_alternative<Conflict>(outcome)) orphans_.keep(false);
      return outcome;
    } catch (const Error& error) {
      // A store that failed in the middle may have more of the commit than it said.
      const bool unknown = error.code() == ErrorCode::CommitUnknown || error.code() == ErrorCode::Unavailable ||
                           error.code() == ErrorCode::Internal;
      orphans_.keep(unknown);
      throw;
    }
  }

  void count(const Committed& committed) {
    for (const WrittenGroup& group : pending_) {
      for (const FileTask* task : group.old_files) report_.bytes_removed += static_cast<std::int64_t>(task->file.bytes);
      for (const DataFile& file : group.new_files) report_.bytes_added += static_cast<std::int64_t>(file.bytes);
      report_.files_removed += static_cast<std::int64_t>(group.old_files.size());
      report_.files_added += static_cast<std::int64_t>(group.new_files.size());
      report_.rows_copied += group.rows;
      report_.rows_purged += group.purged;
      ++report_.groups;
    }
    report_.version = committed.version;
    report_.commit_retries += committed.retries;
    ++report_.commits;
    if (commit_.if_version) commit_.if_version = committed.version;
    pending_.clear();
    orphans_.forget();
    orphans_.keep(false);
  }

  // Groups of which a file is gone or has fewer rows by now, or all if the table isn't what it was.
  void drop_lost(const PlannedOptimize& plan, const Snapshot& now) {
    current_.clear();
    const bool fits = same_shape(*plan.base, now);
    if (fits) {
      const auto files = now.plan({});
      while (auto task = files->next()) current_.insert_or_assign(task->file.path, *std::move(task));
    }
    const auto lost = [&](const WrittenGroup& group) {
      return std::any_of(group.old_files.begin(), group.old_files.end(), [&](const FileTask* task) {
        const auto found = current_.find(task->file.path);
        return found == current_.end() || !same_rows(*task, found->second);
      });
    };
    std::erase_if(pending_, [&](const WrittenGroup& group) {
      if (!lost(group)) return false;
      ++lost_;
      orphans_.remove(group.new_files);
      return true;
    });
  }

  FormatTable& table_;
  const OptimizeOptions& options_;
  CommitOptions commit_;
  const Workspace& workspace_;
  sql::FileRewriter& rewriter_;
  OptimizeReport report_;
  WrittenFiles orphans_;  // of pending groups
  std::vector<WrittenGroup> pending_;
  std::map<std::string, FileTask> current_;  // by path, after a conflict
  std::optional<Conflict> last_conflict_;
  int lost_ = 0;
  Clock::time_point began_;
};

}  // namespace

OptimizeReport run_optimize(FormatTable& table, const OptimizeOptions& options, const CommitOptions& commit,
                            const Workspace& workspace, sql::FileRewriter& rewriter) {
  return Optimizer(table, options, commit, workspace, rewriter).run();
}

}  // namespace lakelet::operations
