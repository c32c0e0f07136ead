#include "formats/iceberg/scan/catalog_plan.h"

#include <algorithm>

#include "base/json_writer.h"
#include "formats/iceberg/scan/expression_json.h"
#include "formats/iceberg/scan/file_judge.h"
#include "formats/iceberg/scan/file_task.h"
#include "formats/iceberg/scan/removed_positions.h"
#include "formats/iceberg/scan/scan_tasks_json.h"
#include "formats/iceberg/snapshot.h"

namespace lakelet::iceberg {

namespace {

class CatalogPlan final : public ScanPlan {
 public:
  CatalogPlan(std::shared_ptr<const IcebergSnapshot> snapshot, const ScanRequest& request)
      : snapshot_(std::move(snapshot)),
        judge_(snapshot_->fields(), snapshot_->schema(), request.predicate),
        request_(plan_request(*snapshot_, request.predicate)),
        removed_(snapshot_->context(), snapshot_->paths()),
        done_(!snapshot_->entry() || judge_.never()) {}

  std::optional<FileTask> next() override {
    while (!done_) {
      while (at_ < tasks_.files.size()) {
        PlannedTask& task = tasks_.files[at_++];
        ++counts_.files_total;
        counts_.bytes_total += task.entry.bytes;
        if (judge_.partition_may_match(task.spec_id, task.entry.partition)) return give(task);
        ++counts_.files_pruned;
        counts_.bytes_pruned += task.entry.bytes;
      }
      if (!scan_) scan_ = snapshot_->planner()->plan(request_);
      const auto document = scan_->next();
      done_ = !document;
      tasks_ = document ? read_scan_tasks(*document, snapshot_->fields()) : ScanTasks();
      at_ = 0;
    }
    scan_.reset();
    return std::nullopt;
  }

  ScanCounts counts() const override { return counts_; }

 private:
  FileTask give(PlannedTask& task) {
    ApplyingDeletes deletes;
    for (const std::size_t index : task.deletes) {
      const ManifestEntry& entry = tasks_.deletes[index];
      if (entry.content == FileContent::EqualityDeletes) {
        deletes.equality.push_back(&entry);
      } else if (entry.content_offset) {
        deletes.vector = &entry;
      } else {
        deletes.positions.push_back(&entry);
      }
    }
    return make_file_task(*snapshot_, task.spec_id, std::move(task.entry), deletes, removed_);
  }

  std::shared_ptr<const IcebergSnapshot> snapshot_;
  FileJudge judge_;
  const std::string request_;
  RemovedPositions removed_;
  std::unique_ptr<CatalogScan> scan_;
  bool done_;
  ScanTasks tasks_;
  std::size_t at_ = 0;
  ScanCounts counts_;
};

// The reference implementation goes by the schema of the snapshot that is named, whatever use-snapshot-schema says.
const Schema* other_schema(const IcebergSnapshot& snapshot) {
  const TableMetadataFile& metadata = snapshot.table_metadata();
  if (snapshot.by_own_schema() || !snapshot.entry() || !snapshot.entry()->schema_id) return nullptr;
  const auto found = metadata.schemas.find(*snapshot.entry()->schema_id);
  return found == metadata.schemas.end() ? nullptr : &found->second;
}

}  // namespace

std::string plan_request(const IcebergSnapshot& snapshot, const Predicate& predicate) {
  JsonWriter out;
  out.begin_object();
  if (snapshot.entry()) out.key("snapshot-id").integer(snapshot.entry()->id);
  if (const auto filter = expression_json(predicate, snapshot.schema(), other_schema(snapshot))) {
    out.key("filter").raw(*filter);
  }
  out.key("case-sensitive").boolean(true);
  out.key("use-snapshot-schema").boolean(snapshot.by_own_schema()).end_object();
  return out.take();
}

std::unique_ptr<ScanPlan> make_catalog_plan(std::shared_ptr<const IcebergSnapshot> snapshot,
                                            const ScanRequest& request) {
  return std::make_unique<CatalogPlan>(std::move(snapshot), request);
}

}  // namespace lakelet::iceberg
