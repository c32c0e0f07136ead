// Putting the next metadata file in the place of the newest one, whoever says which that is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/snapshot.h"
#include "table/prepared_commit.h"

namespace lakelet::iceberg {

class MetadataCommit : public CommitSteps {
 public:
  struct Callbacks {
    // The metadata that comes after `head`, null for a table that is being created, with all that it names written; or
    // why it can't be.
    std::function<std::variant<TableMetadataFile, Conflict>(const IcebergSnapshot* head)> make;
    // Whether ours can go on top of `head`.
    std::function<std::optional<Conflict>(const IcebergSnapshot& head)> check;
  };

  // Of metadata files. That of the base; 0 where the table is created.
  virtual Version base_version() const = 0;
  // The newest snapshot that was seen. After a race that rebase() didn't look at, it is looked for.
  Version head_version();
  std::string winner(Version version) override;

  // What the last try wrote is nobody's: nothing was committed.
  virtual void abandon() {}
  // Null where a folder says which metadata is the newest.
  virtual CatalogMover* mover() { return nullptr; }

  // A conflict that put() came upon: the commit ends with it.
  const std::optional<Conflict>& conflict() const { return conflict_; }
  const std::optional<TableMetadataFile>& made() const { return made_; }

 protected:
  MetadataCommit(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
                 Callbacks callbacks);

  bool creates() const { return base_->version() == kNoTable; }
  // The metadata that comes next, kept as made(). Throws Error(Conflict), kept as conflict().
  const TableMetadataFile& make();
  // Goes on from this metadata, which another writer committed as `version`.
  std::optional<Conflict> adopt_head(std::shared_ptr<const TableMetadataFile> newest, Version version);
  virtual std::shared_ptr<const TableMetadataFile> newest_metadata() = 0;
  [[noreturn]] void throw_exists() const;

  const FormatContext& context_;
  const TablePlace place_;
  const std::shared_ptr<const IcebergSnapshot> base_;
  std::shared_ptr<const IcebergSnapshot> head_;  // null: none is there

 private:
  std::shared_ptr<const IcebergSnapshot> snapshot_of(std::shared_ptr<const TableMetadataFile> metadata) const;

  const Callbacks callbacks_;
  std::optional<TableMetadataFile> made_;
  std::optional<Conflict> conflict_;
  std::map<Version, std::string> winners_;
};

// As the table was found: by its folder or in a catalog. `base` of version kNoTable: the table is created.
std::unique_ptr<MetadataCommit> commit_of(const FormatContext& context, TablePlace place,
                                          std::shared_ptr<const IcebergSnapshot> base,
                                          MetadataCommit::Callbacks callbacks);

// The snapshot that the branch has in this metadata; that of a table without any if it has none.
const SnapshotEntry* newest_entry(const TableMetadataFile& metadata, const std::optional<std::string>& branch);

// Throws Error(UnsupportedFeature) where a catalog, and not the folder, says which metadata is the newest.
void require_folder_table(const TablePlace& place, const TableMetadataFile& metadata, const std::string& uri);

// Whether metadata files are packed, by the table's properties. Throws Error(UnsupportedFeature) for another codec than
// gzip.
bool wants_gzip(const TableMetadataFile& metadata);

}  // namespace lakelet::iceberg
