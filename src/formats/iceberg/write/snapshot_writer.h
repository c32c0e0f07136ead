// Writes the manifests and the manifest list of a new snapshot, on top of another one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "formats/iceberg/manifest/manifest_writer.h"
#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"
#include "formats/iceberg/write/manifest_merge.h"

namespace lakelet::iceberg {

// A file that was to go, and isn't there any more.
struct GoneFile {
  std::string path;
};

// What is written once serves every attempt at the commit: only the manifest list is each attempt's own.
class SnapshotWriter {
 public:
  // `changes` must outlive it.
  SnapshotWriter(const IcebergSnapshot& base, const FileChanges& changes, std::int64_t snapshot_id,
                 const ManifestMerging& merging);

  // The snapshot on top of `head`, all of it durable. `next`: the table's metadata as it will be; its next row id goes
  // on. `operation`: of the summary, beside what `summary` says.
  std::variant<SnapshotEntry, GoneFile> write(const IcebergSnapshot& head, TableMetadataFile& next,
                                              std::map<std::string, std::string> summary);

  // What it wrote: nobody's, if nothing is committed.
  const std::vector<Location>& files() const { return files_; }
  std::uint64_t bytes_written() const { return bytes_; }

 private:
  struct Rewritten {
    std::optional<ManifestFile> manifest;  // nullopt: it has nothing that goes
    std::vector<ManifestEntry> removed;
  };

  std::vector<ManifestFile> added_manifests(const TableMetadataFile& next, bool deletes);
  const Rewritten& without_removed(const IcebergSnapshot& head, const TableMetadataFile& next,
                                   const ManifestFile& manifest);
  // Small ones put together, as far as that is worth it.
  std::vector<ManifestFile> merged(const IcebergSnapshot& head, const TableMetadataFile& next,
                                   std::vector<ManifestFile> manifests);
  std::optional<ManifestFile> merge(const IcebergSnapshot& head, const TableMetadataFile& next,
                                    const std::vector<ManifestFile>& manifests);
  bool may_have_removed(const IcebergSnapshot& head, const ManifestFile& manifest) const;
  bool goes(const ManifestEntry& entry) const;
  void count_files(const IcebergSnapshot& head, ManifestFile& manifest) const;
  ManifestHeader header(const TableMetadataFile& next, int spec_id, bool deletes) const;
  ManifestFile put(ManifestWriter& writer);
  std::string put(const std::string& name, const std::string& bytes);

  const FormatContext& context_;
  const Location root_;
  const TablePaths& paths_;
  const FileChanges& changes_;
  const std::int64_t snapshot_id_;
  const ManifestMerging merging_;
  const std::string unique_;
  std::unique_ptr<const KnownFields> fields_;  // of the metadata as it will be
  int manifests_ = 0, attempts_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<Location> files_;
  std::optional<std::vector<ManifestFile>> added_data_, added_deletes_;
  std::map<std::vector<std::string>, std::optional<ManifestFile>> merged_;  // by the paths of those put together
  std::map<std::string, Rewritten> rewritten_;  // by the path of the manifest that was there
};

// Deletes that tell of one data file alone: its path.
std::optional<std::string> only_data_file(const ManifestEntry& deletes);

}  // namespace lakelet::iceberg
