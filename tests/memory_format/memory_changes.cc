#include "memory_format/memory_changes.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet {
namespace {

// Partition values are constants of a change: its file needn't be one of the newest partitioning.
FileTask to_task(const DataFile& file, const MemoryMetadata& metadata) {
  FileTask task;
  task.file = file;
  task.file.rows.reset();
  const auto& fields = metadata.partitioning.fields;
  for (std::size_t i = 0; i < fields.size(); ++i) task.constants[fields[i].column] = file.partition_values[i];
  return task;
}

std::vector<ChangeTask> changes_of(const MemoryState& before, const MemoryState& after, const MemoryCommit& commit) {
  std::vector<ChangeTask> tasks;
  const auto add = [&](FileTask file, ChangeType type) {
    tasks.push_back({std::move(file), type, after.version, after.timestamp_us});
  };
  for (const DataFile& file : commit.change_files) {
    tasks.push_back({to_task(file, after.metadata), std::nullopt, after.version, after.timestamp_us});
  }
  if (!tasks.empty() || commit.same_rows) return tasks;
  for (const std::string& path : commit.removed) {
    const MemoryFile& gone = before.files.at(path);
    FileTask task = to_task(gone.file, before.metadata);
    task.deletes.positions = gone.deleted;
    add(std::move(task), ChangeType::Delete);
  }
  for (const auto& [path, rows] : commit.removed_rows) {
    FileTask task = to_task(before.files.at(path).file, before.metadata);
    task.only = std::make_shared<const RowPositions>(rows);
    add(std::move(task), ChangeType::Delete);
  }
  for (const DataFile& file : commit.added) add(to_task(file, after.metadata), ChangeType::Insert);
  return tasks;
}

class MemoryChangePlan final : public ChangePlan {
 public:
  MemoryChangePlan(const std::vector<ChangeTask>& tasks, const Predicate& predicate, const Schema& schema) {
    for (const ChangeTask& task : tasks) {
      ++counts_.files_total;
      if (match_change(predicate, task, schema) == Match::None) {
        ++counts_.files_pruned;
      } else {
        tasks_.push_back(task);
      }
    }
  }
  std::optional<ChangeTask> next() override {
    if (next_ == tasks_.size()) return std::nullopt;
    return tasks_[next_++];
  }
  ScanCounts counts() const override { return counts_; }

 private:
  std::vector<ChangeTask> tasks_;
  std::size_t next_ = 0;
  ScanCounts counts_;
};

class MemoryChangeFeed final : public ChangeFeed {
 public:
  MemoryChangeFeed(std::shared_ptr<const Snapshot> snapshot, std::vector<ChangeTask> tasks)
      : snapshot_(std::move(snapshot)), tasks_(std::move(tasks)) {}
  const std::shared_ptr<const Snapshot>& snapshot() const override { return snapshot_; }
  std::unique_ptr<ChangePlan> plan(const Predicate& predicate) const override {
    return std::make_unique<MemoryChangePlan>(tasks_, predicate, change_schema(snapshot_->schema()));
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<ChangeTask> tasks_;
};

using States = std::vector<std::shared_ptr<const MemoryState>>;

Version first_of(const States& states, const VersionSelector& from) {
  if (const Version* version = std::get_if<Version>(&from)) return *version;
  if (const AtTimestamp* at = std::get_if<AtTimestamp>(&from)) {
    for (const auto& state : states) {
      if (state->timestamp_us >= at->us) return state->version;
    }
    return static_cast<Version>(states.size());
  }
  return states.back()->version;
}

Version last_of(const States& states, const VersionSelector& to) {
  if (const Version* version = std::get_if<Version>(&to)) return *version;
  if (const AtTimestamp* at = std::get_if<AtTimestamp>(&to)) {
    Version last = -1;
    for (const auto& state : states) {
      if (state->timestamp_us <= at->us) last = state->version;
    }
    return last;
  }
  return states.back()->version;
}

}  // namespace

std::shared_ptr<const ChangeFeed> memory_changes(MemoryLog& log, std::shared_ptr<const MemorySnapshot> newest,
                                                 const ChangeRange& range) {
  States states = log.states();
  states.resize(static_cast<std::size_t>(newest->version() + 1));
  const Version first = first_of(states, range.from), last = std::min(last_of(states, range.to), newest->version());
  const std::string& uri = newest->location().uri;
  if (first < 0 || first > newest->version()) {
    throw Error(ErrorCode::NotFound, fmt::format("version {} of '{}' doesn't exist: it has versions 0 to {}", first,
                                                 uri, newest->version()));
  }
  if (last < first) throw Error(ErrorCode::InvalidArgument, "the end of the changes is before their beginning");
  std::vector<ChangeTask> tasks;
  for (Version version = first; version <= last; ++version) {
    const MemoryState nothing;
    const MemoryState& before = version == 0 ? nothing : *states[static_cast<std::size_t>(version - 1)];
    for (ChangeTask& task : changes_of(before, *states[static_cast<std::size_t>(version)], *log.commit(version))) {
      tasks.push_back(std::move(task));
    }
  }
  return std::make_shared<MemoryChangeFeed>(std::move(newest), std::move(tasks));
}

}  // namespace lakelet
