#include "memory_format/memory_snapshot.h"

#include <algorithm>

#include "memory_format/memory_properties.h"
#include "table/file_knowledge.h"

namespace lakelet {
namespace {

class MemoryScanPlan final : public ScanPlan {
 public:
  MemoryScanPlan(std::shared_ptr<const MemorySnapshot> snapshot, ScanRequest request)
      : snapshot_(std::move(snapshot)), request_(std::move(request)), next_(snapshot_->state().files.begin()) {
    for (const auto& [path, entry] : snapshot_->state().files) {
      ++counts_.files_total;
      counts_.bytes_total += entry.file.bytes;
    }
  }

  std::optional<FileTask> next() override {
    while (next_ != snapshot_->state().files.end()) {
      const MemoryFile& entry = (next_++)->second;
      if (match_file(request_.predicate, entry.file, snapshot_->schema(), snapshot_->partitioning()) == Match::None) {
        ++counts_.files_pruned;
        counts_.bytes_pruned += entry.file.bytes;
        continue;
      }
      FileTask task;
      task.file = entry.file;
      if (!request_.with_statistics) task.file.statistics.clear();
      task.deletes.positions = entry.deleted;
      return task;
    }
    return std::nullopt;
  }

  ScanCounts counts() const override { return counts_; }

 private:
  const std::shared_ptr<const MemorySnapshot> snapshot_;
  const ScanRequest request_;
  std::map<std::string, MemoryFile>::const_iterator next_;
  ScanCounts counts_;
};

// The fields as they stand in data files: under their physical names.
std::vector<Field> file_fields(const std::vector<Field>& fields) {
  std::vector<Field> result = fields;
  for (Field& field : result) {
    field.name = field.file_name();
    field.physical_name.clear();
    if (field.type.kind() == TypeKind::Struct) field.type = Type::structure(file_fields(field.type.children()));
  }
  return result;
}

void collect_leaves(const Field& field, ColumnPath path, std::vector<ColumnPath>& leaves) {
  path.push_back(field.name);
  if (field.type.kind() == TypeKind::Struct) {
    for (const Field& child : field.type.children()) collect_leaves(child, path, leaves);
  } else if (!field.type.nested()) {
    leaves.push_back(std::move(path));
  }
}

}  // namespace

WriteLayout memory_write_layout(const MemoryMetadata& metadata) {
  std::vector<Field> in_files;
  WriteLayout layout;
  for (const Field& field : metadata.schema.fields()) {
    const auto& parts = metadata.partitioning.fields;
    const bool partition = std::any_of(parts.begin(), parts.end(),
                                       [&](const PartitionField& part) { return same_name(part.column, field.name); });
    if (partition && !partition_columns_in_files(metadata.properties)) continue;
    in_files.push_back(field);
    collect_leaves(field, {}, layout.statistics_columns);
  }
  layout.file_schema = Schema(file_fields(in_files));
  const ColumnNaming naming = column_naming(metadata.properties);
  layout.matching = naming == ColumnNaming::Id ? ColumnMatching::ById : ColumnMatching::ByName;
  layout.field_ids = naming == ColumnNaming::Id;
  layout.target_file_bytes = target_file_bytes(metadata.properties, layout.target_file_bytes);
  return layout;
}

MemorySnapshot::MemorySnapshot(Location location, std::shared_ptr<const MemoryState> state)
    : location_(std::move(location)),
      state_(std::move(state)),
      schema_(with_lengths(state_->metadata.schema, state_->metadata.properties)) {
  metadata_.id = state_->metadata.id;
  metadata_.name = state_->metadata.name;
  metadata_.description = state_->metadata.description;
  metadata_.created_us = state_->metadata.created_us;
  metadata_.format = "memory_format";
}

RowRules MemorySnapshot::row_rules() const {
  return row_rules_of(properties());
}

WriteLayout MemorySnapshot::write_layout() const {
  return memory_write_layout(state_->metadata);
}

RowTracking MemorySnapshot::row_tracking() const {
  const auto stored = stored_row_ids(properties());
  if (!stored) return Snapshot::row_tracking();
  const auto column = [](const char* name, const std::string& in_files) {
    Field field;
    field.name = name;
    field.type = TypeKind::Int64;
    field.physical_name = in_files;
    return field;
  };
  return {column("_row_id", *stored), column("_row_version", *stored + " version"), true};
}

void MemorySnapshot::require(Access access) const {
  require_features(properties(), access, location_.uri);
}

std::unique_ptr<ScanPlan> MemorySnapshot::plan(const ScanRequest& request) const {
  return std::make_unique<MemoryScanPlan>(std::static_pointer_cast<const MemorySnapshot>(shared_from_this()), request);
}

TableSize MemorySnapshot::size() const {
  TableSize size;
  size.rows = 0;
  for (const auto& [path, entry] : state_->files) {
    ++size.files;
    size.bytes += entry.file.bytes;
    if (!entry.file.rows) size.rows.reset();
    if (!size.rows) continue;
    *size.rows += *entry.file.rows - (entry.deleted ? static_cast<std::int64_t>(entry.deleted->count()) : 0);
  }
  return size;
}

}  // namespace lakelet
