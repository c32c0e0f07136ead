#include "formats/iceberg/write/metadata_commit.h"

#include <fmt/format.h>

#include "formats/iceberg/write/catalog_commit.h"
#include "formats/iceberg/write/folder_commit.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

bool wants_gzip(const TableMetadataFile& metadata) {
  const auto codec = metadata.properties.find("write.metadata.compression-codec");
  if (codec == metadata.properties.end() || codec->second == "none" || codec->second == "NONE") return false;
  if (codec->second == "gzip" || codec->second == "GZIP") return true;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("metadata files can't be packed with '{}' (write.metadata.compression-codec)", codec->second),
              "set it to gzip or none");
}

const SnapshotEntry* newest_entry(const TableMetadataFile& metadata, const std::optional<std::string>& branch) {
  if (!branch) return metadata.current_snapshot_id ? metadata.find_snapshot(*metadata.current_snapshot_id) : nullptr;
  const auto found = metadata.references.find(*branch);
  return found == metadata.references.end() ? nullptr : metadata.find_snapshot(found->second.snapshot_id);
}

void require_folder_table(const TablePlace& place, const TableMetadataFile& metadata, const std::string& uri) {
  if (place.metadata_file) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("can't write to '{}': a metadata file is one state of a table", uri),
                "name the table's folder, or go through its catalog");
  }
  if (folder_version(metadata.file)) return;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("can't write to the table '{}': its metadata {} is that of a catalog, which has to hear of "
                          "every commit",
                          uri, metadata.file),
              "write to it through its catalog: ATTACH '...' AS c (TYPE lakelet)");
}

std::unique_ptr<MetadataCommit> commit_of(const FormatContext& context, TablePlace place,
                                          std::shared_ptr<const IcebergSnapshot> base,
                                          MetadataCommit::Callbacks callbacks) {
  if (auto catalog = catalog_table_of(base->location())) {
    return std::make_unique<CatalogCommit>(context, std::move(place), std::move(base), std::move(callbacks),
                                           std::move(catalog));
  }
  return std::make_unique<FolderCommit>(context, std::move(place), std::move(base), std::move(callbacks));
}

MetadataCommit::MetadataCommit(const FormatContext& context, TablePlace place,
                               std::shared_ptr<const IcebergSnapshot> base, Callbacks callbacks)
    : context_(context),
      place_(std::move(place)),
      base_(std::move(base)),
      head_(base_->version() != kNoTable ? base_ : nullptr),
      callbacks_(std::move(callbacks)) {}

std::shared_ptr<const IcebergSnapshot> MetadataCommit::snapshot_of(
    std::shared_ptr<const TableMetadataFile> metadata) const {
  const SnapshotEntry* entry = newest_entry(*metadata, base_->branch());
  const int schema = metadata->current_schema_id;
  return std::make_shared<const IcebergSnapshot>(context_, base_->location(), place_.root, std::move(metadata), entry,
                                                 schema, base_->branch());
}

const TableMetadataFile& MetadataCommit::make() {
  auto made = callbacks_.make(head_.get());
  if (auto* conflict = std::get_if<Conflict>(&made)) {
    conflict_ = *conflict;
    throw Error(ErrorCode::Conflict, conflict_->what);
  }
  made_ = std::get<TableMetadataFile>(std::move(made));
  return *made_;
}

std::optional<Conflict> MetadataCommit::adopt_head(std::shared_ptr<const TableMetadataFile> newest, Version version) {
  head_ = snapshot_of(std::move(newest));
  const auto conflict = callbacks_.check(*head_);
  if (head_->entry()) {
    const auto operation = head_->entry()->summary.find("operation");
    if (operation != head_->entry()->summary.end()) winners_[version] = operation->second;
  }
  return conflict;
}

Version MetadataCommit::head_version() {
  try {
    const auto metadata = newest_metadata();
    const SnapshotEntry* entry = newest_entry(*metadata, base_->branch());
    return entry ? entry->id : kNoSnapshot;
  } catch (const Error&) {
    return head_ ? head_->version() : kNoSnapshot;
  }
}

std::string MetadataCommit::winner(Version version) {
  const auto found = winners_.find(version);
  return found == winners_.end() ? CommitSteps::winner(version) : found->second;
}

void MetadataCommit::throw_exists() const {
  throw Error(ErrorCode::AlreadyExists, "there is an Iceberg table at " + base_->location().uri + " already",
              "open it, or choose another location");
}

}  // namespace lakelet::iceberg
