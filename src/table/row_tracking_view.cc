#include "table/row_tracking_view.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "table/snapshot_view.h"

namespace lakelet {

namespace {

// What the columns of the view are called; "" as long as they have no name yet.
struct Names {
  std::string stored_id, first_id, stored_version, file_version;
};

void give_numbers(FileTask& task, const std::string& first_id, const std::string& file_version) {
  const DataFile& file = task.file;
  task.constants.insert_or_assign(first_id, file.first_row_id ? Value(*file.first_row_id) : Value());
  task.constants.insert_or_assign(file_version, file.row_version ? Value(*file.row_version) : Value());
}

class TrackedPlan final : public ScanPlan {
 public:
  TrackedPlan(std::unique_ptr<ScanPlan> files, const Names& names, bool complete)
      : files_(std::move(files)), names_(names), complete_(complete) {}

  std::optional<FileTask> next() override {
    auto task = files_->next();
    if (!task) return std::nullopt;
    const DataFile& file = task->file;
    if (complete_ && (!file.first_row_id || !file.row_version)) {
      throw Error(ErrorCode::CorruptTable, fmt::format("{}: the table keeps track of its rows, but the file has no {}",
                                                       file.path, file.first_row_id ? "row version" : "first row id"));
    }
    give_numbers(*task, names_.first_id, names_.file_version);
    return task;
  }
  ScanCounts counts() const override { return files_->counts(); }

 private:
  std::unique_ptr<ScanPlan> files_;
  Names names_;
  bool complete_;
};

class TrackedView final : public SnapshotView {
 public:
  TrackedView(std::shared_ptr<const Snapshot> base, Schema schema, Names names, bool complete)
      : SnapshotView(std::move(base)), schema_(std::move(schema)), names_(std::move(names)), complete_(complete) {}

  const Schema& schema() const override { return schema_; }
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override {
    return std::make_unique<TrackedPlan>(base()->plan(request), names_, complete_);
  }
  void require(Access access) const override {
    base()->require(access);
    if (access == Access::Read) return;
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("rows of {} with their ids can only be read", location().uri));
  }

 private:
  Schema schema_;
  Names names_;
  bool complete_;
};

// Adds a bigint column that is found in files as `in_files` is, under a name that no other column has.
std::string add_column(std::vector<Field>& fields, const std::string& wanted, const Field& in_files) {
  const Schema schema(fields);
  std::string name = wanted;
  while (schema.find(name)) name += '_';
  Field field;
  field.name = name;
  field.type = TypeKind::Int64;
  field.id = in_files.id;
  field.physical_name = in_files.file_name();
  fields.push_back(std::move(field));
  return name;
}

class StoredIdsView final : public SnapshotView {
 public:
  StoredIdsView(std::shared_ptr<const Snapshot> base, Schema schema)
      : SnapshotView(std::move(base)), schema_(std::move(schema)) {}
  const Schema& schema() const override { return schema_; }

 private:
  Schema schema_;
};

std::optional<RowTracking> tracking_of(const Snapshot& snapshot) {
  try {
    return snapshot.row_tracking();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::UnsupportedFeature) return std::nullopt;
    throw;
  }
}

}  // namespace

std::shared_ptr<const Snapshot> with_stored_row_ids(std::shared_ptr<const Snapshot> snapshot) {
  const auto tracking = tracking_of(*snapshot);
  if (!tracking) return snapshot;
  std::vector<Field> fields = snapshot->schema().fields();
  add_column(fields, "stored_row_id", tracking->row_id);
  return std::make_shared<StoredIdsView>(std::move(snapshot), Schema(std::move(fields)));
}

TrackedRows track_rows(std::shared_ptr<const Snapshot> snapshot) {
  const RowTracking tracking = snapshot->row_tracking();
  for (const Field* shown : {&tracking.row_id, &tracking.row_version}) {
    if (!snapshot->schema().find(shown->name)) continue;
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{} has a column {} of its own: its rows can't be read with their ids",
                            snapshot->location().uri, shown->name),
                "leave row_ids out");
  }
  return tracked_files(std::move(snapshot));
}

FileTask tracked_file(const TrackedRows& tracked, FileTask task) {
  give_numbers(task, tracked.row_id.otherwise, tracked.row_version.otherwise);
  return task;
}

TrackedRows tracked_files(std::shared_ptr<const Snapshot> snapshot) {
  const RowTracking tracking = snapshot->row_tracking();
  std::vector<Field> fields = snapshot->schema().fields();
  Names names;
  names.stored_id = add_column(fields, "stored_row_id", tracking.row_id);
  names.first_id = add_column(fields, "first_row_id", {});
  names.stored_version = add_column(fields, "stored_row_version", tracking.row_version);
  names.file_version = add_column(fields, "file_row_version", {});
  TrackedRows result;
  result.row_id = {tracking.row_id.name, names.stored_id, names.first_id};
  result.row_version = {tracking.row_version.name, names.stored_version, names.file_version};
  result.rows = std::make_shared<TrackedView>(std::move(snapshot), Schema(std::move(fields)), std::move(names),
                                              tracking.complete);
  return result;
}

}  // namespace lakelet
