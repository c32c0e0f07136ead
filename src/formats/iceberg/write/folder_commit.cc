#include "formats/iceberg/write/folder_commit.h"

#include "formats/iceberg/metadata/metadata_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

Version FolderCommit::base_version() const {
  return creates() ? 0 : folder_version(base_->table_metadata().file).value_or(0);
}

CommitSteps::Put FolderCommit::put(Version version) {
  // A put without an answer is tried again with the same bytes, so that either is known as ours.
  if (attempted_ != version || bytes_.empty()) {
    const TableMetadataFile& next = make();
    name_ = folder_file_name(version, wants_gzip(next));
    bytes_ = packed_metadata(name_, write_table_metadata(next));
    attempted_ = version;
  }
  const bool other_name = wants_gzip(*made()) || (head_ && wants_gzip(head_->table_metadata()));
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
    if (creates()) throw_exists();
    newest = load_metadata(*file, std::nullopt).contents;
    ++version;
  }
  if (!newest) return version;
  if (version == attempted_ && is_own(version) == true) return version;  // ours, arrived late
  bytes_.clear();
  if (auto conflict = adopt_head(std::move(newest), version)) return *std::move(conflict);
  return version;
}

std::shared_ptr<const TableMetadataFile> FolderCommit::newest_metadata() {
  return load_metadata(find_newest_metadata(place_), std::nullopt).contents;
}

}  // namespace lakelet::iceberg
