#include "table/change_feed.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "table/file_knowledge.h"
#include "table/snapshot_view.h"
#include "table/table_format.h"

namespace lakelet {

namespace {

class ChangeScanPlan final : public ScanPlan {
 public:
  explicit ChangeScanPlan(std::unique_ptr<ChangePlan> changes) : changes_(std::move(changes)) {}

  std::optional<FileTask> next() override {
    auto change = changes_->next();
    if (!change) return std::nullopt;
    FileTask task = std::move(change->file);
    if (change->type) task.constants.insert_or_assign(kChangeTypeColumn, Value(std::string(to_string(*change->type))));
    task.constants.insert_or_assign(kCommitVersionColumn, Value(change->version));
    task.constants.insert_or_assign(kCommitTimestampColumn, Value(change->timestamp_us));
    return task;
  }
  ScanCounts counts() const override { return changes_->counts(); }

 private:
  std::unique_ptr<ChangePlan> changes_;
};

class ChangeView final : public SnapshotView {
 public:
  explicit ChangeView(std::shared_ptr<const ChangeFeed> feed)
      : SnapshotView(feed->snapshot()), feed_(std::move(feed)), schema_(change_schema(base()->schema())) {}

  const Schema& schema() const override { return schema_; }
  RowTracking row_tracking() const override { return Snapshot::row_tracking(); }
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override {
    return std::make_unique<ChangeScanPlan>(feed_->plan(request.predicate));
  }
  // Not known before the commits are read.
  TableSize size() const override { return {}; }
  void require(Access access) const override {
    base()->require(access);
    if (access == Access::Read) return;
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("changes of {} can only be read", location().uri));
  }

 private:
  std::shared_ptr<const ChangeFeed> feed_;
  Schema schema_;
};

}  // namespace

std::string_view to_string(ChangeType type) {
  switch (type) {
    case ChangeType::Insert:
      return "insert";
    case ChangeType::Delete:
      return "delete";
    case ChangeType::UpdateBefore:
      return "update_preimage";
    case ChangeType::UpdateAfter:
      return "update_postimage";
  }
  return "";
}

Schema change_schema(const Schema& columns) {
  std::vector<Field> fields = columns.fields();
  // An older version may not have had a column that never holds a null now.
  for (Field& field : fields) field.nullable = true;
  const std::pair<const char*, TypeKind> added[] = {{kChangeTypeColumn, TypeKind::String},
                                                    {kCommitVersionColumn, TypeKind::Int64},
                                                    {kCommitTimestampColumn, TypeKind::TimestampTz}};
  for (const auto& [name, kind] : added) {
    if (columns.find(name)) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the table has a column {}, which is the name of a column of its changes", name));
    }
    Field field;
    field.name = name;
    field.type = kind;
    fields.push_back(std::move(field));
  }
  return Schema(std::move(fields));
}

Match match_change(const Predicate& predicate, const ChangeTask& task, const Schema& schema) {
  return match(predicate, [&](const ColumnPath& path) -> std::optional<KnownColumn> {
    const Field* field = path.size() == 1 ? schema.find(path[0]) : nullptr;
    if (!field) return std::nullopt;
    std::optional<Value> value;
    if (field->name == kCommitVersionColumn) {
      value = Value(task.version);
    } else if (field->name == kCommitTimestampColumn) {
      value = Value(task.timestamp_us);
    } else if (field->name == kChangeTypeColumn) {
      if (task.type) value = Value(std::string(to_string(*task.type)));
    } else if (const auto at = task.file.constants.find(field->name); at != task.file.constants.end()) {
      value = at->second;
    }
    if (!value) return std::nullopt;
    return constant_column(field->type, *value, std::nullopt);
  });
}

std::shared_ptr<const Snapshot> scannable(std::shared_ptr<const ChangeFeed> feed) {
  return std::make_shared<ChangeView>(std::move(feed));
}

std::shared_ptr<const ChangeFeed> FormatTable::changes(std::shared_ptr<const Snapshot> newest, const ChangeRange&) {
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the changes of {} can't be read: its format doesn't record them", newest->location().uri),
              "compare two versions");
}

}  // namespace lakelet
