// Commits to a table that is found by its folder: whoever puts the next v<N>.metadata.json first has it (spec.md, "File
// System Tables", with an atomic put-if-absent in the place of the rename).
#pragma once

#include <string>

#include "formats/iceberg/write/metadata_commit.h"

namespace lakelet::iceberg {

class FolderCommit final : public MetadataCommit {
 public:
  FolderCommit(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
               Callbacks callbacks)
      : MetadataCommit(context, std::move(place), std::move(base), std::move(callbacks)) {}

  Version base_version() const override;
  Put put(Version version) override;
  std::optional<bool> is_own(Version version) override;
  std::variant<Version, Conflict> rebase(Version from) override;

 private:
  std::shared_ptr<const TableMetadataFile> newest_metadata() override;

  std::string name_, bytes_;  // of the last attempt
  Version attempted_ = -1;
};

}  // namespace lakelet::iceberg
