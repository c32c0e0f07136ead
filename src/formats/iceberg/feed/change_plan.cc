#include "formats/iceberg/feed/change_plan.h"

#include <map>
#include <set>
#include <tuple>

#include "base/time.h"
#include "formats/iceberg/manifest/manifest_entries.h"
#include "formats/iceberg/scan/delete_index.h"
#include "formats/iceberg/scan/scan_plan.h"

namespace lakelet::iceberg {

namespace {

using Paths = std::set<std::string>;

Paths manifest_paths(const IcebergSnapshot* snapshot, bool deletes) {
  Paths paths;
  if (!snapshot) return paths;
  for (const ManifestFile& manifest : snapshot->manifests()) {
    if (manifest.deletes == deletes) paths.insert(manifest.path);
  }
  return paths;
}

bool same_equality(const Deletes& a, const Deletes& b) {
  const auto keys = [](const Deletes& deletes) {
    std::set<std::pair<std::string, std::int64_t>> result;
    for (const Deletes::Equality& each : deletes.equality) result.emplace(each.uri, each.sequence_number);
    return result;
  };
  return keys(a) == keys(b);
}

std::shared_ptr<const RowPositions> difference(const std::shared_ptr<const RowPositions>& of,
                                               const std::shared_ptr<const RowPositions>& less) {
  if (!of) return nullptr;
  RowPositions rest = *of;
  if (less) rest.remove_all(*less);
  return rest.empty() ? nullptr : std::make_shared<const RowPositions>(std::move(rest));
}

// The files of one side of a step, by path.
using Files = std::map<std::string, FileTask>;

class Step {
 public:
  Step(std::shared_ptr<const IcebergSnapshot> before, std::shared_ptr<const IcebergSnapshot> after,
       const Predicate& predicate)
      : before_(std::move(before)), after_(std::move(after)) {
    request_.predicate = predicate;
    find_changed_deletes();
    read(before_, manifest_paths(after_.get(), false), gone_);
    read(after_, manifest_paths(before_.get(), false), come_);
  }

  // Deletes before inserts; of a file that is on both sides, the rows in which they differ.
  std::vector<ChangeTask> take_changes() {
    std::vector<ChangeTask> deletes, inserts;
    for (auto& [path, task] : gone_) {
      const auto still = come_.find(path);
      if (still == come_.end()) {
        tell(ChangeType::Delete, std::move(task), deletes);
        continue;
      }
      tell_difference(std::move(task), std::move(still->second), deletes, inserts);
      come_.erase(still);
    }
    for (auto& [path, task] : come_) tell(ChangeType::Insert, std::move(task), inserts);
    for (ChangeTask& each : inserts) deletes.push_back(std::move(each));
    return deletes;
  }

 private:
  static void tell(ChangeType type, FileTask task, std::vector<ChangeTask>& into) {
    task.file.rows.reset();
    into.push_back({std::move(task), type});
  }

  static void tell_difference(FileTask before, FileTask after, std::vector<ChangeTask>& deletes,
                              std::vector<ChangeTask>& inserts) {
    if (!same_equality(before.deletes, after.deletes)) {  // which rows equal ones are, only reading them tells
      tell(ChangeType::Delete, std::move(before), deletes);
      tell(ChangeType::Insert, std::move(after), inserts);
      return;
    }
    const auto was = std::move(before.deletes.positions), is = std::move(after.deletes.positions);
    before.deletes.positions = after.deletes.positions = nullptr;
    before.only = difference(is, was);
    after.only = difference(was, is);
    if (before.only) tell(ChangeType::Delete, std::move(before), deletes);
    if (after.only) tell(ChangeType::Insert, std::move(after), inserts);
  }

  // A delete file is the same on both sides whatever manifest it is in.
  using DeleteKey = std::tuple<std::string, std::int64_t, std::int64_t>;

  void find_changed_deletes() {
    std::map<DeleteKey, std::pair<int, ManifestEntry>> before = deletes_of(before_.get(), after_.get()),
                                                       after = deletes_of(after_.get(), before_.get());
    const IcebergSnapshot& known = after_ ? *after_ : *before_;
    changed_deletes_ = std::make_unique<DeleteIndex>(known.fields(), std::vector<std::int32_t>{});
    former_deletes_ = std::make_unique<DeleteIndex>(known.fields(), std::vector<std::int32_t>{});
    for (auto& [key, each] : before) {
      if (!after.contains(key)) former_deletes_->add(std::move(each.second), each.first);
    }
    for (auto& [key, each] : after) {
      if (!before.contains(key)) changed_deletes_->add(std::move(each.second), each.first);
    }
  }

  // Of manifests that the other side doesn't have.
  static std::map<DeleteKey, std::pair<int, ManifestEntry>> deletes_of(const IcebergSnapshot* of,
                                                                       const IcebergSnapshot* other) {
    std::map<DeleteKey, std::pair<int, ManifestEntry>> result;
    if (!of) return result;
    const Paths shared = manifest_paths(other, true);
    for (const ManifestFile& manifest : of->manifests()) {
      if (!manifest.deletes || shared.contains(manifest.path) || !manifest.may_have_live_files()) continue;
      read_entries(*of, manifest, false, [&](ManifestEntry& entry) {
        if (entry.status == EntryStatus::Deleted) return;
        DeleteKey key{entry.path, entry.content_offset.value_or(-1), entry.sequence_number};
        entry.metrics.clear();
        result.try_emplace(std::move(key), manifest.spec_id.value_or(0), std::move(entry));
      });
    }
    return result;
  }

  bool may_differ(const ManifestEntry& data) const {
    const auto applies = [&](const DeleteIndex& index) {
      const ApplyingDeletes found = index.find(data, {});
      return found.vector || !found.positions.empty() || !found.equality.empty();
    };
    return applies(*former_deletes_) || applies(*changed_deletes_);
  }

  // All files of manifests that aren't `shared`; of those that are, the ones whose deletes may differ.
  void read(const std::shared_ptr<const IcebergSnapshot>& from, const Paths& shared, Files& into) const {
    if (!from) return;
    FileSelection own;
    own.manifest = [&](const ManifestFile& manifest) { return !shared.contains(manifest.path); };
    collect(from, own, into);
    if (former_deletes_->empty() && changed_deletes_->empty()) return;
    FileSelection common;
    common.manifest = [&](const ManifestFile& manifest) { return shared.contains(manifest.path); };
    common.file = [&](const ManifestEntry& entry) { return may_differ(entry); };
    collect(from, common, into);
  }

  // Equal rows meet the predicate on both sides, or on none: what is pruned here takes no half of a pair away.
  void collect(const std::shared_ptr<const IcebergSnapshot>& from, const FileSelection& selection, Files& into) const {
    const auto plan = make_scan_plan(from, request_, selection);
    while (auto task = plan->next()) {
      std::string path = task->file.path;
      into.emplace(std::move(path), *std::move(task));
    }
  }

  std::shared_ptr<const IcebergSnapshot> before_, after_;
  ScanRequest request_;
  std::unique_ptr<DeleteIndex> former_deletes_, changed_deletes_;
  Files gone_, come_;
};

class IcebergChangePlan final : public ChangePlan {
 public:
  IcebergChangePlan(std::shared_ptr<const IcebergChangeFeed> feed, const Predicate& predicate)
      : feed_(std::move(feed)), predicate_(predicate), schema_(change_schema(feed_->newest().schema())) {}

  std::optional<ChangeTask> next() override {
    while (true) {
      while (at_ < changes_.size()) {
        ChangeTask task = std::move(changes_[at_++]);
        place(task);
        ++counts_.files_total;
        counts_.bytes_total += task.file.file.bytes;
        if (match_change(predicate_, task, schema_) != Match::None) return task;
        ++counts_.files_pruned;
        counts_.bytes_pruned += task.file.file.bytes;
      }
      if (next_step_ == feed_->steps().size()) return std::nullopt;
      step_ = feed_->steps()[next_step_++];
      ChangeTask any;  // of whatever type
      place(any);
      if (match_change(predicate_, any, schema_) == Match::None) continue;
      changes_ = Step(feed_->at(step_.before), feed_->at(step_.after), predicate_).take_changes();
      at_ = 0;
    }
  }

  ScanCounts counts() const override { return counts_; }

 private:
  void place(ChangeTask& task) const {
    task.version = step_.after->id;
    task.timestamp_us = micros_of_millis(step_.after->timestamp_ms);
  }

  std::shared_ptr<const IcebergChangeFeed> feed_;
  Predicate predicate_;
  Schema schema_;
  SnapshotStep step_;
  std::size_t next_step_ = 0, at_ = 0;
  std::vector<ChangeTask> changes_;
  ScanCounts counts_;
};

}  // namespace

std::unique_ptr<ChangePlan> make_change_plan(std::shared_ptr<const IcebergChangeFeed> feed,
                                             const Predicate& predicate) {
  return std::make_unique<IcebergChangePlan>(std::move(feed), predicate);
}

}  // namespace lakelet::iceberg
