#include "formats/iceberg/write/picked_snapshot.h"

#include <fmt/format.h>

#include <set>

#include "formats/iceberg/manifest/manifest_entries.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::string said(const SnapshotEntry& entry, const char* key) {
  const auto found = entry.summary.find(key);
  return found == entry.summary.end() ? std::string() : found->second;
}

}  // namespace

bool has_picked(const TableMetadataFile& metadata, const SnapshotEntry* newest, std::int64_t snapshot_id) {
  const SnapshotEntry* const picked = metadata.find_snapshot(snapshot_id);
  const std::string staged = picked ? said(*picked, kStagedId) : std::string(), id = std::to_string(snapshot_id);
  std::set<std::int64_t> walked;  // parents may go in circles
  for (const SnapshotEntry* each = newest; each && walked.insert(each->id).second;) {
    if (each->id == snapshot_id || said(*each, kSourceSnapshot) == id) return true;
    if (!staged.empty() && (said(*each, kStagedId) == staged || said(*each, kPublishedId) == staged)) return true;
    each = each->parent_id ? metadata.find_snapshot(*each->parent_id) : nullptr;
  }
  return false;
}

PickedChanges changes_of(const IcebergSnapshot& snapshot) {
  const SnapshotEntry& own = *snapshot.entry();
  const std::string operation = said(own, "operation");
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the snapshot {} of {} can't be picked: {}", own.id, snapshot.location().uri, what),
                "`lakelet merge` takes its rows over, `lakelet restore` the whole of it");
  };
  const bool replaces = operation == "overwrite" && said(own, kReplacesPartitions) == "true";
  if (operation != "append" && !replaces) {
    refuse(fmt::format("it is neither an append nor a dynamic overwrite but {}",
                       operation.empty() ? "doesn't say what it did" : operation));
  }
  PickedChanges result;
  result.parent = own.parent_id;
  for (const ManifestFile& manifest : snapshot.manifests()) {
    if (manifest.snapshot_id != own.id) continue;
    const int spec_id = manifest.spec_id.value_or(0);
    read_entries(snapshot, manifest, true, [&](ManifestEntry& entry) {
      if (entry.status == EntryStatus::Existing || entry.snapshot_id != own.id) return;
      const bool added = entry.status == EntryStatus::Added;
      if (entry.content != FileContent::Data) {
        if (added) refuse("it has delete files");
        return;  // they go with their data files
      }
      if (added && replaces) result.partitions.insert(entry.partition_key);
      if (added) {
        entry.sequence_number = 0;
        entry.file_sequence_number.reset();
        entry.first_row_id.reset();
        result.added.push_back({spec_id, std::move(entry), true});
      } else if (replaces) {
        result.places.emplace(entry.path, PlacedFile{spec_id, entry.partition, entry.partition_key});
        result.removed.push_back(std::move(entry));
      } else {
        refuse(fmt::format("it is an append that removed {}", entry.path));
      }
    });
  }
  return result;
}

namespace {

// The snapshots after `parent` up to `newest`; nullopt: it isn't among them.
std::optional<std::vector<const SnapshotEntry*>> snapshots_since(const TableMetadataFile& metadata,
                                                                 const SnapshotEntry* newest,
                                                                 std::optional<std::int64_t> parent) {
  std::vector<const SnapshotEntry*> result;
  std::set<std::int64_t> walked;  // parents may go in circles
  for (const SnapshotEntry* each = newest; each && each->id != parent;) {
    if (!walked.insert(each->id).second) return std::nullopt;
    result.push_back(each);
    if (each->parent_id == parent) return result;
    if (!each->parent_id) return std::nullopt;
    each = metadata.find_snapshot(*each->parent_id);
    if (!each) return std::nullopt;
  }
  return result;
}

}  // namespace

std::optional<std::string> find_changed_partition(const IcebergSnapshot& head, const PickedChanges& picked) {
  if (picked.partitions.empty()) return std::nullopt;
  const TableMetadataFile& metadata = head.table_metadata();
  const auto since = snapshots_since(metadata, head.entry(), picked.parent);
  if (!since) return "it put other rows into partitions of a version that the table doesn't come from";
  std::optional<std::string> changed;
  for (const SnapshotEntry* each : *since) {
    const IcebergSnapshot at(head.context(), head.location(), head.root(), head.metadata_pointer(), each,
                             metadata.current_schema_id, std::nullopt);
    for (const ManifestFile& manifest : at.manifests()) {
      if (manifest.deletes || manifest.snapshot_id != each->id || changed) continue;
      read_entries(at, manifest, false, [&](ManifestEntry& entry) {
        const bool added = entry.status == EntryStatus::Added && entry.snapshot_id == each->id;
        if (!added || changed || !picked.partitions.contains(entry.partition_key)) return;
        changed =
            fmt::format("it put other rows into a partition to which the snapshot {} added {}", each->id, entry.path);
      });
    }
  }
  return changed;
}

Report IcebergTransaction::cherry_pick(const Snapshot& version) {
  base_->require(Access::Append);
  const auto* picked = dynamic_cast<const IcebergSnapshot*>(&version);
  if (!picked || !picked->entry()) throw Error(ErrorCode::InvalidArgument, "there is no such snapshot to pick");
  if (!empty()) throw Error(ErrorCode::InvalidArgument, "a snapshot is picked in a commit of its own");
  const SnapshotEntry& entry = *picked->entry();
  const TableMetadataFile& metadata = base_->table_metadata();
  if (has_picked(metadata, base_->entry(), entry.id)) {
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("{} has what the snapshot {} added", base_->location().uri, entry.id));
  }
  Report report;
  const bool next = entry.parent_id == (base_->entry() ? std::optional(base_->entry()->id) : std::nullopt);
  if (next) {
    restored_ = entry.id;
    return report;
  }
  source_ = entry.id;
  picked_ = changes_of(*picked);
  if (auto changed = find_changed_partition(*base_, picked_)) {
    throw Error(ErrorCode::Conflict, fmt::format("the snapshot {} can't be picked: {}", entry.id, *changed),
                "`lakelet merge` takes its rows over, `lakelet restore` the whole of it");
  }
  if (!picked_.removed.empty()) base_->require(Access::ChangeRows);
  removed_ = picked_.places;
  said_[kSourceSnapshot] = std::to_string(entry.id);
  if (const std::string staged = said(entry, kStagedId); !staged.empty()) said_[kPublishedId] = staged;
  for (const AddedFile& file : picked_.added) {
    ++report.files_added;
    report.bytes_added += static_cast<std::int64_t>(file.entry.bytes);
    report.rows_inserted += file.entry.records;
  }
  for (const ManifestEntry& file : picked_.removed) {
    ++report.files_removed;
    report.bytes_removed += static_cast<std::int64_t>(file.bytes);
    report.rows_deleted += file.records;
  }
  return report;
}

}  // namespace lakelet::iceberg
