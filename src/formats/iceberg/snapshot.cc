#include "formats/iceberg/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/time.h"
#include "formats/iceberg/features.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/scan/scan_plan.h"
#include "formats/iceberg/write/evolution.h"
#include "formats/iceberg/write/layout.h"
#include "formats/iceberg/write/own_properties.h"
#include "lakelet/error.h"
#include "table/given_files.h"
#include "table/schema_alteration.h"

namespace lakelet::iceberg {

namespace {

TableMetadata describe(const TableMetadataFile& from) {
  TableMetadata result;
  result.id = from.uuid;
  result.format = "iceberg";
  if (const auto comment = from.properties.find(kCommentProperty); comment != from.properties.end()) {
    result.description = comment->second;
  }
  if (const auto name = from.properties.find(kNameProperty); name != from.properties.end()) result.name = name->second;
  result.protocol = {{"format version", std::to_string(from.format_version)}};
  return result;
}

std::string dotted(const ColumnPath& path) {
  return fmt::format("{}", fmt::join(path, "."));
}

// The spec with the names that its columns have today. A name that would mean another column, or none, is left out: the
// field is read as if it weren't there.
Partitioning to_partitioning(const PartitionSpec& spec, const KnownFields& fields, const Schema& schema) {
  Partitioning result;
  result.id = spec.id;
  for (const SpecField& field : spec.fields) {
    PartitionField& added = result.fields.emplace_back();
    added.name = field.name;
    added.transform = field.transform;
    added.argument = field.argument;
    const KnownField* source = fields.find(field.source_id);
    if (!source || !source->current || !source->in_structs) continue;
    const std::string name = dotted(source->path);
    const auto meant = resolve_dotted(schema, name);
    if (meant && find_field(schema, *meant)->id == field.source_id) added.column = name;
    if (added.column.empty()) added.transform = Transform::Unknown;
  }
  return result;
}

}  // namespace

IcebergSnapshot::IcebergSnapshot(FormatContext context, Location location, Location root,
                                 std::shared_ptr<const TableMetadataFile> metadata, const SnapshotEntry* entry,
                                 int schema_id, std::optional<std::string> branch,
                                 std::shared_ptr<CatalogTable> planner)
    : context_(std::move(context)),
      location_(std::move(location)),
      root_(root),
      metadata_(std::move(metadata)),
      entry_(entry),
      schema_(metadata_->schemas.at(schema_id)),
      branch_(std::move(branch)),
      planner_(std::move(planner)),
      by_own_schema_(schema_id != metadata_->current_schema_id),
      properties_(without_own_properties(metadata_->properties)),
      described_(describe(*metadata_)),
      fields_(metadata_, schema_),
      paths_(std::move(root), metadata_->location) {
  for (const SnapshotEntry& each : metadata_->snapshots) {
    snapshot_times_.emplace(each.id, micros_of_millis(each.timestamp_ms));
  }
  for (const auto& [id, spec] : metadata_->specs) partitionings_[id] = to_partitioning(spec, fields_, schema_);
  require(Access::Read);
}

std::int64_t IcebergSnapshot::timestamp_us() const {
  return micros_of_millis(entry_ ? entry_->timestamp_ms : metadata_->last_updated_ms);
}

const Partitioning& IcebergSnapshot::partitioning_of(int id) const {
  const auto found = partitionings_.find(id);
  if (found != partitionings_.end()) return found->second;
  throw Error(
      ErrorCode::CorruptTable,
      fmt::format("a file of '{}' is of the partition spec {}, which the table doesn't have", location_.uri, id));
}

void IcebergSnapshot::require(Access access) const {
  require_features(*metadata_, entry_, access, location_.uri);
  const bool by_sequence_numbers =
      access == Access::Maintain || (access == Access::ChangeRows && metadata_->format_version >= 3);
  if (planner_ && by_sequence_numbers) {
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("the catalog plans the scans of {}, and doesn't tell the sequence numbers of files that this "
                    "needs",
                    location_.uri),
        "rows can be added, and in tables of format version 1 and 2 also changed");
  }
}

bool IcebergSnapshot::widens(const Type& from, const Type& to) const {
  return promotes(from, to, metadata_->format_version);
}

WriteLayout IcebergSnapshot::write_layout() const {
  return make_write_layout(*metadata_, schema_);
}

// spec.md, "Row Lineage".
RowTracking IcebergSnapshot::row_tracking() const {
  if (metadata_->format_version < 3) return Snapshot::row_tracking();
  RowTracking tracking;
  tracking.row_id.name = tracking.row_id.physical_name = "_row_id";
  tracking.row_id.type = Type(TypeKind::Int64);
  tracking.row_id.id = kRowIdId;
  tracking.row_version.name = tracking.row_version.physical_name = "_last_updated_sequence_number";
  tracking.row_version.type = Type(TypeKind::Int64);
  tracking.row_version.id = kLastUpdatedId;
  return tracking;
}

RowRules IcebergSnapshot::row_rules() const {
  RowRules rules;
  for (const Field& field : schema_.fields()) {
    if (auto value = write_default(field)) rules.defaults.push_back({field.name, std::move(*value)});
  }
  return rules;
}

std::vector<SortField> IcebergSnapshot::sort_order() const {
  const auto order = metadata_->sort_orders.find(metadata_->default_sort_order_id);
  if (order == metadata_->sort_orders.end()) return {};
  std::vector<SortField> result;
  for (const SortOrderField& field : order->second) {
    const auto column = find_by_id(schema_.fields(), field.source_id);
    if (!column || field.transform == Transform::Unknown) return {};
    result.push_back({to_string(column->path), field.transform, field.argument, field.descending, field.nulls_first});
  }
  return result;
}

std::int64_t IcebergSnapshot::added_us(const ManifestEntry& entry) const {
  const auto found = entry.snapshot_id ? snapshot_times_.find(*entry.snapshot_id) : snapshot_times_.end();
  return found == snapshot_times_.end() ? 0 : found->second;
}

const TablePaths& IcebergSnapshot::paths() const {
  if (!planner_) manifests();
  return paths_;
}

const std::vector<ManifestFile>& IcebergSnapshot::manifests() const {
  std::call_once(manifests_once_, [this] { manifests_ = read_manifests(); });
  return manifests_;
}

std::vector<ManifestFile> IcebergSnapshot::read_manifests() const {
  if (!entry_) return {};
  const std::string& first =
      entry_->manifest_list.empty() && !entry_->manifests.empty() ? entry_->manifests.front() : entry_->manifest_list;
  if (paths_.differs()) {
    const std::string here = paths_.below_root(first);
    if (!here.empty()) {
      const Location file = context_.stores->resolve(here);
      paths_.set_moved(file.store->find(file.path).has_value());
    }
  }
  if (entry_->manifest_list.empty()) {
    std::vector<ManifestFile> result;
    for (const std::string& path : entry_->manifests) {
      ManifestFile& manifest = result.emplace_back();
      manifest.path = path;
      manifest.snapshot_id = entry_->id;
    }
    return result;
  }
  const std::string uri = paths_.resolve(entry_->manifest_list);
  try {
    const Location file = context_.stores->resolve(uri);
    const std::string bytes = file.store->read_all(file.path);
    return read_manifest_list(std::as_bytes(std::span(bytes)));
  } catch (Error& error) {
    if (error.code() == ErrorCode::NotFound) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the manifest list {} is missing", uri),
                  "a table that was moved keeps its files below one folder; or read another snapshot");
    }
    throw error.add_context("manifest list " + uri);
  }
}

std::unique_ptr<ScanPlan> IcebergSnapshot::plan(const ScanRequest& request) const {
  return make_scan_plan(std::static_pointer_cast<const IcebergSnapshot>(shared_from_this()), request);
}

TableSize IcebergSnapshot::size() const {
  std::call_once(size_once_, [this] {
    TableSize sum;
    sum.rows = 0;
    const auto files = plan({});
    while (const auto task = files->next()) {
      ++sum.files;
      sum.bytes += task->file.bytes;
      const auto rows = live_rows(*task);
      if (!rows) sum.rows.reset();
      if (sum.rows) *sum.rows += *rows;
    }
    size_ = sum;
  });
  return size_;
}

// A plan of the catalog costs more than it is worth to know.
TableSize IcebergSnapshot::summarized_size() const {
  TableSize sum;
  sum.estimated = true;
  if (!entry_) return sum;
  const auto total = [&](const char* name) {
    const auto found = entry_->summary.find(name);
    return found == entry_->summary.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
  };
  sum.files = std::max(0LL, total("total-data-files"));
  sum.bytes = static_cast<std::uint64_t>(std::max(0LL, total("total-files-size")));
  sum.rows = std::max(0LL, total("total-records") - total("total-position-deletes"));
  return sum;
}

// By the manifest list alone, as far as it tells; a file's size as in the snapshot's summary.
TableSize IcebergSnapshot::size_estimate() const {
  if (planner_) return summarized_size();
  TableSize sum;
  sum.rows = 0;
  for (const ManifestFile& manifest : manifests()) {
    if (!manifest.added_files || !manifest.existing_files || !manifest.added_rows || !manifest.existing_rows)
      return size();
    const std::int64_t files = *manifest.added_files + *manifest.existing_files;
    if (manifest.deletes) {
      if (files > 0) sum.estimated = true;
      continue;
    }
    sum.files += files;
    *sum.rows += *manifest.added_rows + *manifest.existing_rows;
  }
  constexpr std::int64_t kFew = 64;
  if (sum.files <= kFew) return size();
  sum.estimated = true;
  if (entry_) {
    const auto bytes = entry_->summary.find("total-files-size");
    if (bytes != entry_->summary.end()) sum.bytes = std::strtoull(bytes->second.c_str(), nullptr, 10);
  }
  return sum;
}

}  // namespace lakelet::iceberg
