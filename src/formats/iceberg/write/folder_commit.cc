#include "formats/iceberg/write/folder_commit.h"

#include <fmt/format.h>

#include "formats/iceberg/metadata/metadata_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kCodec = "write.metadata.compression-codec";

bool wants_gzip(const TableMetadataFile& metadata) {
  const auto codec = metadata.properties.find(kCodec);
  return codec != metadata.properties.end() && (codec->second == "gzip" || codec->second == "GZIP");
}

[[noreturn]] void throw_exists(const Location& table) {
  throw Error(ErrorCode::AlreadyExists, "there is an Iceberg table at " + table.uri + " already",
              "open it, or choose another location");
}

}  // namespace

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
              "write to it through its catalog, with the engine that knows it");
}

FolderCommit::FolderCommit(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
                           Callbacks callbacks)
    : context_(context),
      place_(std::move(place)),
      base_(std::move(base)),
      callbacks_(std::move(callbacks)),
      head_(base_ && base_->version() != kNoTable ? base_ : nullptr) {}

Version FolderCommit::base_version() const {
  return base_->version() == kNoTable ? 0 : folder_version(base_->table_metadata().file).value_or(0);
}

std::shared_ptr<const IcebergSnapshot> FolderCommit::snapshot_of(
    std::shared_ptr<const TableMetadataFile> metadata) const {
  const SnapshotEntry* entry = newest_entry(*metadata, base_->branch());
  const int schema = metadata->current_schema_id;
  return std::make_shared<const IcebergSnapshot>(context_, base_->location(), place_.root, std::move(metadata), entry,
                                                 schema, base_->branch());
}

CommitSteps::Put FolderCommit::put(Version version) {
  // A put without an answer is tried again with the same bytes, so that either is known as ours.
  if (attempted_ != version || bytes_.empty()) {
    auto made = callbacks_.make(head_.get());
    if (auto* conflict = std::get_if<Conflict>(&made)) {
      conflict_ = *conflict;
      throw Error(ErrorCode::Conflict, conflict_->what);
    }
    made_ = std::get<TableMetadataFile>(std::move(made));
    const bool packed = wants_gzip(*made_);
    name_ = folder_file_name(version, packed);
    bytes_ = packed_metadata(name_, write_table_metadata(*made_));
    attempted_ = version;
  }
  const bool other_name = wants_gzip(*made_) || (head_ && wants_gzip(head_->table_metadata()));
  if (other_name && find_folder_version(place_, version)) return Put::Lost;
  const Location file = in_metadata(place_, name_);
  switch (file.store->put_if_absent(file.path, bytes_)) {
    case PutOutcome::Created:
      return Put::Won;
    case PutOutcome::Exists:
      return Put::Lost;
    case PutOutcome::Unknown:
      break;
  }
  return Put::NoAnswer;
}

std::optional<bool> FolderCommit::is_own(Version version) {
  if (attempted_ != version) return false;
  const Location file = in_metadata(place_, name_);
  try {
    return file.store->read_all(file.path) == bytes_;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::NotFound) return false;  // nobody's, so far
    return std::nullopt;
  }
}

std::variant<Version, Conflict> FolderCommit::rebase(Version from) {
  std::shared_ptr<const TableMetadataFile> newest;
  Version version = from - 1;
  while (const auto file = find_folder_version(place_, version + 1)) {
    if (base_->version() == kNoTable) throw_exists(place_.root);
    newest = load_metadata(*file, std::nullopt).contents;
    ++version;
  }
  if (!newest) return version;
  if (version == attempted_ && is_own(version) == true) return version;  // ours, arrived late
  head_ = snapshot_of(std::move(newest));
  bytes_.clear();
  const auto conflict = callbacks_.check(*head_);
  if (head_->entry()) {
    const auto operation = head_->entry()->summary.find("operation");
    if (operation != head_->entry()->summary.end()) winners_[version] = operation->second;
  }
  if (conflict) return *conflict;
  return version;
}

Version FolderCommit::head_version() {
  try {
    const auto metadata = load_metadata(find_newest_metadata(place_), std::nullopt).contents;
    const SnapshotEntry* entry = newest_entry(*metadata, base_->branch());
    return entry ? entry->id : kNoSnapshot;
  } catch (const Error&) {
    return head_ ? head_->version() : kNoSnapshot;
  }
}

std::string FolderCommit::winner(Version version) {
  const auto found = winners_.find(version);
  return found == winners_.end() ? CommitSteps::winner(version) : found->second;
}

}  // namespace lakelet::iceberg
