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

std::vector<AddedFile> files_added_by(const IcebergSnapshot& snapshot) {
  const SnapshotEntry& own = *snapshot.entry();
  const std::string operation = said(own, "operation");
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the snapshot {} of {} can't be picked: {}", own.id, snapshot.location().uri, what),
                "`lakelet merge` takes its rows over, `lakelet restore` the whole of it");
  };
  if (operation != "append") {
    refuse(fmt::format("it is no append but {}", operation.empty() ? "doesn't say what it did" : operation));
  }
  std::vector<AddedFile> result;
  for (const ManifestFile& manifest : snapshot.manifests()) {
    if (!manifest.may_have_live_files()) continue;
    read_entries(snapshot, manifest, true, [&](ManifestEntry& entry) {
      if (entry.status != EntryStatus::Added || entry.snapshot_id != own.id) return;
      if (entry.content != FileContent::Data) refuse("it has delete files");
      entry.sequence_number = 0;
      entry.file_sequence_number.reset();
      entry.first_row_id.reset();
      result.push_back({manifest.spec_id.value_or(0), std::move(entry), true});
    });
  }
  return result;
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
  std::vector<AddedFile> files;
  const bool next = entry.parent_id == (base_->entry() ? std::optional(base_->entry()->id) : std::nullopt);
  if (next) {
    restored_ = entry.id;
    return report;
  }
  source_ = entry.id;
  picked_ = files_added_by(*picked);
  said_[kSourceSnapshot] = std::to_string(entry.id);
  if (const std::string staged = said(entry, kStagedId); !staged.empty()) said_[kPublishedId] = staged;
  for (const AddedFile& file : picked_) {
    ++report.files_added;
    report.bytes_added += static_cast<std::int64_t>(file.entry.bytes);
    report.rows_inserted += file.entry.records;
  }
  return report;
}

}  // namespace lakelet::iceberg
