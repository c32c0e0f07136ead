// Commits to a table of a catalog: the metadata file is written under a name that nobody else has, and the catalog is
// made to say it, if it still says what it did (spec.md, "Metastore Tables").
#pragma once

#include <string>

#include "formats/iceberg/write/metadata_commit.h"
#include "table/catalog.h"
#include "table/commit_loop.h"
#include "table/prepared_commit.h"

namespace lakelet::iceberg {

// Unsent is what CatalogTable::move() throws for.
class CatalogCommit final : public MetadataCommit, public CatalogMover, public KnowsUnsent {
 public:
  CatalogCommit(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
                Callbacks callbacks, std::shared_ptr<CatalogTable> catalog);

  // A catalog counts no versions: those of the commit loop count its tries from here.
  Version base_version() const override { return 0; }
  Put put(Version) override { return put_moves({this}); }
  CatalogMove next_move() override;
  void moved(CatalogTable::Moved answer) override;
  void not_moved() override;
  void abandon() override { forget_next(); }
  CatalogMover* mover() override { return this; }
  std::optional<bool> is_own(Version version) override;
  std::variant<Version, Conflict> rebase(Version from) override;

 private:
  std::shared_ptr<const TableMetadataFile> newest_metadata() override;
  void write_next();
  void forget_next();
  // Whether the table is ours as this says, or others have committed on top of ours.
  bool is_ours(const CatalogPointer& pointer, const TableMetadataFile& newest) const;
  // What the base's or head's metadata was, as the catalog said it; nullopt: there was no table.
  std::optional<CatalogPointer> expected() const;

  const std::shared_ptr<CatalogTable> catalog_;
  CatalogPointer next_;  // of the last attempt; empty: it is to be made
  bool written_ = false;
  bool in_doubt_ = false;  // the catalog may say next_, now or soon
};

}  // namespace lakelet::iceberg
