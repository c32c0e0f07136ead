#include "table/given_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "table/file_knowledge.h"

namespace lakelet {
namespace {

class GivenPlan final : public ScanPlan {
 public:
  GivenPlan(std::shared_ptr<const GivenSnapshot> snapshot, Predicate predicate)
      : snapshot_(std::move(snapshot)), predicate_(std::move(predicate)) {
    for (const FileTask& task : snapshot_->files()) {
      ++counts_.files_total;
      counts_.bytes_total += task.file.bytes;
    }
  }

  std::optional<FileTask> next() override {
    while (next_ < snapshot_->files().size()) {
      const FileTask& task = snapshot_->files()[next_++];
      // Columns that the task gives a value of are no longer those of the file.
      if (!task.constants.empty() || match_file(predicate_, task.file, snapshot_->schema(),
                                                snapshot_->partitioning_of(task.file.partitioning_id)) != Match::None) {
        return task;
      }
      ++counts_.files_pruned;
      counts_.bytes_pruned += task.file.bytes;
    }
    return std::nullopt;
  }

  ScanCounts counts() const override { return counts_; }

 private:
  const std::shared_ptr<const GivenSnapshot> snapshot_;
  const Predicate predicate_;
  std::size_t next_ = 0;
  ScanCounts counts_;
};

[[noreturn]] void refuse(const Location& location, const char* what) {
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: a part of a scan can't {}", location.uri, what),
              "open the table");
}

}  // namespace

std::optional<std::int64_t> live_rows(const FileTask& task) {
  if (!task.file.rows || !task.deletes.equality.empty() || task.merge || task.rows || task.only) return std::nullopt;
  const auto deleted = task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
  return std::max<std::int64_t>(0, *task.file.rows - deleted);
}

SnapshotFacts facts_of(const Snapshot& snapshot, const std::vector<FileTask>& files) {
  SnapshotFacts facts{snapshot.location(), snapshot.version(),         snapshot.timestamp_us(),
                      snapshot.schema(),   snapshot.column_matching(), {}};
  for (const FileTask& task : files) {
    const int id = task.file.partitioning_id;
    if (!facts.partitionings.contains(id)) facts.partitionings.emplace(id, snapshot.partitioning_of(id));
  }
  return facts;
}

const Partitioning& GivenSnapshot::partitioning_of(int id) const {
  const auto found = facts_.partitionings.find(id);
  return found == facts_.partitionings.end() ? none_ : found->second;
}

WriteLayout GivenSnapshot::write_layout() const {
  refuse(facts_.location, "be written to");
}

void GivenSnapshot::require(Access access) const {
  if (access != Access::Read) refuse(facts_.location, "be changed");
}

std::unique_ptr<ScanPlan> GivenSnapshot::plan(const ScanRequest& request) const {
  return std::make_unique<GivenPlan>(std::static_pointer_cast<const GivenSnapshot>(shared_from_this()),
                                     request.predicate);
}

TableSize GivenSnapshot::size() const {
  TableSize size;
  size.rows = 0;
  for (const FileTask& task : files_) {
    ++size.files;
    size.bytes += task.file.bytes;
    const auto rows = live_rows(task);
    if (!rows) size.rows.reset();
    if (size.rows) *size.rows += *rows;
  }
  return size;
}

}  // namespace lakelet
