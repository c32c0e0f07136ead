#include "formats/iceberg/write/iceberg_transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/uuid.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/metadata/name_mapping.h"
#include "formats/iceberg/scan/planned_file.h"
#include "formats/iceberg/write/columns_in_use.h"
#include "formats/iceberg/write/evolution.h"
#include "formats/iceberg/write/layout.h"
#include "formats/iceberg/write/metrics.h"
#include "formats/iceberg/write/own_properties.h"
#include "formats/iceberg/write/reference_change.h"
#include "lakelet/error.h"
#include "table/partition_fields.h"
#include "table/upkeep.h"

namespace lakelet::iceberg {

namespace {

constexpr int kUsualFormatVersion = 2;
constexpr std::int32_t kGreatestId = 2147483447;  // of columns: "Reserved Field IDs"

bool merges_on_read(const Properties& properties, const char* key) {
  const auto mode = properties.find(key);
  return mode != properties.end() && mode->second == "merge-on-read";
}

PlacedFile place_of(const PlannedFile& planned) {
  return {planned.spec_id, planned.entry.partition, planned.entry.partition_key};
}

std::int32_t greatest_id(const std::vector<Field>& fields) {
  std::int32_t greatest = 0;
  for (const Field& field : fields) {
    greatest = std::max({greatest, field.id.value_or(0), greatest_id(field.type.children())});
  }
  return greatest;
}

// Whatever ids are in the files, no later column of the table gets one of them.
void take_ids(TableMetadataFile& metadata, const DataFile& file) {
  const auto note = [&](const auto& self, const std::vector<Field>& fields) -> void {
    for (const Field& field : fields) {
      const std::int32_t id = field.id.value_or(0);
      if ((id == kRowIdId || id == kLastUpdatedId) && metadata.format_version >= 3) {
        throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} keeps row ids, which are another table's", file.uri),
                    "choose format-version 2, or write the rows to a new table");
      }
      if (id <= kGreatestId) metadata.last_column_id = std::max(metadata.last_column_id, id);
      self(self, field.type.children());
    }
  };
  note(note, file.columns->fields());
}

// Files that have no ids are read by the names of their columns (spec.md, "Column Projection").
void take_files(TableMetadataFile& metadata, const CreateSpec& spec) {
  if (metadata.properties.contains(kNameMappingProperty)) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} is made of what the files have", kNameMappingProperty), "leave it out");
  }
  std::string mapping = write_name_mapping(metadata.current_schema(), spec.schema);
  metadata.name_mapping = read_name_mapping(mapping);
  metadata.properties[kNameMappingProperty] = std::move(mapping);
}

}  // namespace

std::string location_text(const Location& location) {
  std::string text = location.uri;
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text.starts_with('/') ? "file://" + text : text;
}

TableMetadataFile new_metadata(const Location& location, const CreateSpec& spec) {
  TableMetadataFile metadata;
  metadata.properties = spec.properties;
  metadata.format_version = take_format_version(metadata.properties).value_or(kUsualFormatVersion);
  if (metadata.format_version >= 3) metadata.next_row_id = 0;
  metadata.uuid = make_uuid_text();
  metadata.location = location_text(location);
  if (spec.schema.empty()) throw Error(ErrorCode::InvalidArgument, "a table needs a column");
  metadata.last_column_id = greatest_id(spec.schema.fields());
  Schema schema = storable_schema(spec.schema, metadata.format_version, metadata.last_column_id);
  adopt_schema(metadata, std::move(schema));
  adopt_partitioning(metadata, parse_partitioning(metadata.current_schema(), spec.partition_by));
  adopt_sort_order(metadata, {});
  if (!spec.description.empty()) metadata.properties[kCommentProperty] = spec.description;
  if (!spec.name.empty()) metadata.properties[kNameProperty] = spec.name;
  metadata.name_mapping = std::make_shared<const Schema>();
  if (spec.for_files) take_files(metadata, spec);
  return metadata;
}

IcebergTransaction::IcebergTransaction(const FormatContext& context, TablePlace place,
                                       std::shared_ptr<const IcebergSnapshot> base,
                                       std::shared_ptr<const IcebergSnapshot> clone_of)
    : context_(context),
      place_(std::move(place)),
      base_(std::move(base)),
      metadata_(base_->table_metadata()),
      clone_of_(std::move(clone_of)) {}

void IcebergTransaction::add(DataFile file) {
  if (!creates()) base_->require(Access::Append);
  if (file.columns) take_name_mapping(*file.columns);
  added_.push_back(std::move(file));
}

// Files of others are nobody's to delete: engines that expire snapshots by the paths of their files heed it.
void IcebergTransaction::take_place(const std::string& uri) {
  const std::string& root = place_.root.uri;
  const bool own = uri.starts_with(root.ends_with('/') ? root : root + "/");
  if (!own) metadata_.properties.try_emplace("gc.enabled", "false");
}

void IcebergTransaction::adopt(const FileTask& task, const std::string& uri) {
  if (!creates()) return Transaction::adopt(task, uri);
  if (!task.deletes.equality.empty()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("rows of {} are deleted by their values (equality deletes), which doesn't go over to "
                            "another table",
                            task.file.uri),
                "`lakelet optimize` writes such files anew");
  }
  DataFile file = task.file;
  PlacedFile place{metadata_.default_spec_id, file.partition_values, {}};
  if (clone_of_) place = place_of(planned_file(task.file));
  place.partition_key = partition_key(place.spec_id, place.partition);
  if (task.deletes.positions && !task.deletes.positions->empty()) {
    if (metadata_.format_version < 2) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("rows are gone from {}, which format version 1 can't say: it has no delete files", uri),
                  "choose format-version 2 or 3, or rewrite those files first");
    }
    removed_rows_[base_->paths().recorded(uri)] = {place, *task.deletes.positions};
  }
  take_place(uri);
  if (clone_of_) {
    cloned_[planned_file(task.file).entry.path] = uri;
    return;
  }
  if (file.columns) take_ids(metadata_, file);
  file.uri = uri;
  file.partitioning_id = metadata_.default_spec_id;
  file.sequence_number.reset();
  file.columns.reset();
  added_.push_back(std::move(file));
}

// Files without ids are read by the table's name mapping. One that is there isn't changed: it says how the files are
// read that came before.
void IcebergTransaction::take_name_mapping(const Schema& columns) {
  if (!metadata_.properties.contains(kNameMappingProperty)) {
    std::string mapping = write_name_mapping(columns, columns);
    metadata_.name_mapping = read_name_mapping(mapping);
    metadata_.properties[kNameMappingProperty] = std::move(mapping);
    return;
  }
  if (const auto missing = find_unmapped(*metadata_.name_mapping, columns)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the table's name mapping ({}) doesn't say that '{}' is the column of that name",
                            kNameMappingProperty, *missing),
                "append the rows of those files instead");
  }
}

void IcebergTransaction::remove(const DataFile& file) {
  base_->require(Access::ChangeRows);
  const PlannedFile& planned = planned_file(file);
  removed_rows_.erase(planned.entry.path);
  removed_.emplace(planned.entry.path, place_of(planned));
}

void IcebergTransaction::remove_rows(const DataFile& file, RowPositions positions) {
  base_->require(Access::ChangeRows);
  if (row_removal() == RowRemoval::Rewrite) {
    throw Error(ErrorCode::UnsupportedFeature, "the table takes no delete files: " + base_->location().uri,
                "write the file again without the rows, or set write.delete.mode to merge-on-read (format version 2 or "
                "later)");
  }
  const PlannedFile& planned = planned_file(file);
  if (removed_.contains(planned.entry.path)) return;
  const auto [rows, fresh] = removed_rows_.try_emplace(planned.entry.path);
  if (fresh) {
    rows->second.place = place_of(planned);
    if (planned.removed) rows->second.positions.add_all(*planned.removed);
  }
  rows->second.positions.add_all(positions);
}

void IcebergTransaction::set_schema(Schema schema) {
  std::int32_t last_id = metadata_.last_column_id;
  Schema stored = storable_schema(schema, metadata_.format_version, last_id);
  metadata_.last_column_id = last_id;
  adopt_schema(metadata_, std::move(stored));
}

void IcebergTransaction::set_partitioning(Partitioning partitioning) {
  adopt_partitioning(metadata_, partitioning);
}

void IcebergTransaction::set_sort_order(const std::vector<SortField>& fields) {
  adopt_sort_order(metadata_, fields);
}

void IcebergTransaction::forget_gone_columns() {
  iceberg::forget_gone_columns(metadata_);
}

void IcebergTransaction::change_reference(const ReferenceChange& change) {
  if (creates()) throw Error(ErrorCode::InvalidArgument, "a table that is made has no versions to name yet");
  base_->require(Access::Maintain);
  ReferenceChange settled = change;
  if (auto* set = std::get_if<SetReference>(&settled)) {
    const bool known = metadata_.references.contains(set->name);
    if (!(known && set->keep)) set->version = snapshot_meant(metadata_, set->version);
  }
  iceberg::change_reference(metadata_, settled);
  reference_changes_.push_back(std::move(settled));
}

void IcebergTransaction::set_properties(Properties properties) {
  const auto version = take_format_version(properties);
  if (version && *version < metadata_.format_version) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("the format version of {} can't go back from {} to {}",
                                                           base_->location().uri, metadata_.format_version, *version));
  }
  if (version) metadata_.format_version = *version;
  if (metadata_.format_version >= 3 && !metadata_.next_row_id) metadata_.next_row_id = 0;
  metadata_.properties = with_own_properties(std::move(properties), metadata_.properties);
}

void IcebergTransaction::set_name(std::string name, std::string description) {
  const auto set = [&](const char* key, std::string& value) {
    if (value.empty()) {
      metadata_.properties.erase(key);
    } else {
      metadata_.properties[key] = std::move(value);
    }
  };
  set(kNameProperty, name);
  set(kCommentProperty, description);
}

// The snapshot becomes the current one again, with the columns that it had. Properties have no versions.
Restoration IcebergTransaction::restore(const Snapshot& version, const std::set<std::string>& missing) {
  base_->require(Access::Maintain);
  const auto* then = dynamic_cast<const IcebergSnapshot*>(&version);
  if (!then || !then->entry()) throw Error(ErrorCode::InvalidArgument, "there is no such snapshot to go back to");
  if (!missing.empty()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{} files of the snapshot are missing, the first is {}", missing.size(), *missing.begin()),
                "go back to a snapshot whose files are all there");
  }
  restored_ = then->entry()->id;
  if (then->entry()->schema_id && metadata_.schemas.contains(*then->entry()->schema_id)) {
    metadata_.current_schema_id = *then->entry()->schema_id;
    forget_gone_columns();
  }
  std::map<std::string, std::uint64_t> now;
  const auto current = base_->plan({});
  while (const auto task = current->next()) now[task->file.path] = task->file.bytes;
  Restoration result;
  const auto plan = then->plan({});
  while (const auto task = plan->next()) {
    ++result.files;
    result.bytes += task->file.bytes;
    if (now.erase(task->file.path) > 0) continue;
    result.restored.push_back({task->file.path, task->file.bytes, {task->file.uri}});
  }
  for (const auto& [path, bytes] : now) {
    ++result.files_removed;
    result.bytes_removed += bytes;
  }
  return result;
}

std::shared_ptr<const Snapshot> IcebergTransaction::preview() const {
  if (!metadata_changed()) return base_;
  auto metadata = std::make_shared<const TableMetadataFile>(metadata_);
  const SnapshotEntry* entry = base_->entry() ? metadata->find_snapshot(base_->entry()->id) : nullptr;
  const int schema = metadata_.current_schema_id;
  return std::make_shared<const IcebergSnapshot>(context_, base_->location(), place_.root, std::move(metadata), entry,
                                                 schema, base_->branch());
}

Transaction::RowRemoval IcebergTransaction::row_removal() const {
  const Properties& properties = metadata_.properties;
  if (metadata_.format_version < 2) return RowRemoval::Rewrite;
  for (const char* key : {"write.delete.mode", "write.update.mode", "write.merge.mode"}) {
    if (properties.contains(key)) return merges_on_read(properties, key) ? RowRemoval::Positions : RowRemoval::Rewrite;
  }
  return RowRemoval::Rewrite;
}

std::optional<RowTracking> IcebergTransaction::row_tracking() const {
  if (creates() || base_->table_metadata().format_version < 3) return std::nullopt;
  return base_->row_tracking();
}

void IcebergTransaction::read_where(const Predicate& predicate) {
  if (predicate.kind() != PredicateKind::False) reads_.push_back(predicate);
}

void IcebergTransaction::read_file(const DataFile& file) {
  const PlannedFile& planned = planned_file(file);
  read_.emplace(planned.entry.path, place_of(planned));
}

void IcebergTransaction::set_application_version(const std::string& application, std::int64_t version) {
  applications_[application] = version;
}

WriteLayout IcebergTransaction::write_layout() const {
  return with_options(make_write_layout(metadata_, metadata_.current_schema()), data_file_options());
}

std::string IcebergTransaction::new_file_uri(const std::vector<Value>& partition_values,
                                             const std::string& unique) const {
  const auto now = preview();
  const std::string path = data_file_path(metadata_, now->partitioning(), now->schema(), partition_values, unique);
  const bool elsewhere = path.find("://") != std::string::npos || path.starts_with('/');
  return elsewhere ? path : place_.root.child(path).uri;
}

bool IcebergTransaction::metadata_changed() const {
  if (creates()) return true;
  const TableMetadataFile& before = base_->table_metadata();
  return before.format_version != metadata_.format_version || before.current_schema_id != metadata_.current_schema_id ||
         before.default_spec_id != metadata_.default_spec_id ||
         before.default_sort_order_id != metadata_.default_sort_order_id || before.properties != metadata_.properties;
}

bool IcebergTransaction::only_names() const {
  return !metadata_changed() && !changes_rows() && applications_.empty() && !restored_ && !keeps_up();
}

bool IcebergTransaction::empty() const {
  const bool rolls_back = restored_ && restored_ != base_->version();
  return !metadata_changed() && !changes_rows() && applications_.empty() && !rolls_back && reference_changes_.empty() &&
         !expire_ && !keeps_up();
}

bool IcebergTransaction::seen() const {
  return std::any_of(applications_.begin(), applications_.end(), [&](const auto& own) {
    const auto known = application_version(base_->table_metadata().properties, own.first);
    return known && *known >= own.second;
  });
}

AddedFile IcebergTransaction::to_added(const DataFile& file, const Schema& schema) const {
  AddedFile added;
  added.spec_id = metadata_.specs.contains(file.partitioning_id) ? file.partitioning_id : metadata_.default_spec_id;
  const PartitionSpec& spec = metadata_.specs.at(added.spec_id);
  if (file.partition_values.size() != spec.fields.size()) {
    throw Error(ErrorCode::Internal, fmt::format("{} has {} partition values, and the table {} partition fields",
                                                 file.uri, file.partition_values.size(), spec.fields.size()));
  }
  ManifestEntry& entry = added.entry;
  entry.path = base_->paths().recorded(file.uri);
  entry.format = file.format.empty() ? "parquet" : file.format;
  entry.partition = file.partition_values;
  entry.partition_key = partition_key(added.spec_id, file.partition_values);
  if (!file.rows) throw Error(ErrorCode::Internal, "a data file without the number of its rows: " + file.uri);
  entry.records = *file.rows;
  entry.bytes = file.bytes;
  entry.sort_order_id = 0;
  entry.details = make_details(file, schema, MetricsRules(metadata_.properties, schema));
  if (file.sequence_number && metadata_.format_version >= 2) {
    entry.sequence_number = *file.sequence_number;
    added.inherits = false;
  }
  return added;
}

}  // namespace lakelet::iceberg
