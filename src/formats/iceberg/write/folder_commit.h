// Commits to a table that is found by its folder: whoever puts the next v<N>.metadata.json first has it (spec.md, "File
// System Tables", with an atomic put-if-absent in the place of the rename).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/snapshot.h"
#include "table/commit.h"

namespace lakelet::iceberg {

class FolderCommit final : public CommitSteps {
 public:
  struct Callbacks {
    // The metadata that comes after `head`, null for a table that is being created, with all that it names written; or
    // why it can't be.
    std::function<std::variant<TableMetadataFile, Conflict>(const IcebergSnapshot* head)> make;
    // Whether ours can go on top of `head`.
    std::function<std::optional<Conflict>(const IcebergSnapshot& head)> check;
  };

  // `base`: what the transaction began with; null: the table is created.
  FolderCommit(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
               Callbacks callbacks);

  // Of metadata files. That of the base; 0 where the table is created.
  Version base_version() const;
  // The same for what is put.
  Put put(Version version) override;
  std::optional<bool> is_own(Version version) override;
  std::variant<Version, Conflict> rebase(Version from) override;
  std::string winner(Version version) override;

  // A conflict that put() came upon: the commit ends with it.
  const std::optional<Conflict>& conflict() const { return conflict_; }
  const std::optional<TableMetadataFile>& made() const { return made_; }
  // The newest snapshot that was seen. After a race that rebase() didn't look at, it is looked for.
  Version head_version();

 private:
  std::shared_ptr<const IcebergSnapshot> snapshot_of(std::shared_ptr<const TableMetadataFile> metadata) const;

  const FormatContext& context_;
  const TablePlace place_;
  const std::shared_ptr<const IcebergSnapshot> base_;
  const Callbacks callbacks_;
  std::shared_ptr<const IcebergSnapshot> head_;  // null: none is there
  std::optional<TableMetadataFile> made_;
  std::optional<Conflict> conflict_;
  std::string name_, bytes_;  // of the last attempt
  Version attempted_ = -1;
  std::map<Version, std::string> winners_;
};

// The snapshot that the branch has in this metadata; that of a table without any if it has none.
const SnapshotEntry* newest_entry(const TableMetadataFile& metadata, const std::optional<std::string>& branch);

// Throws Error(UnsupportedFeature) where a catalog, and not the folder, says which metadata is the newest.
void require_folder_table(const TablePlace& place, const TableMetadataFile& metadata, const std::string& uri);

}  // namespace lakelet::iceberg
