// Changes to one Iceberg table.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/upkeep/delete_rewriter.h"
#include "formats/iceberg/upkeep/expiry.h"
#include "formats/iceberg/write/conflict.h"
#include "formats/iceberg/write/delete_files.h"
#include "formats/iceberg/write/file_changes.h"
#include "formats/iceberg/write/picked_snapshot.h"
#include "table/table_layout_change.h"

namespace lakelet::iceberg {

class IcebergTransaction final : public Transaction,
                                 public ReferenceChanges,
                                 public SortOrderChanges,
                                 public VersionPicking {
 public:
  // `base` of version kNoTable: the transaction makes the table, as base's metadata has it.
  // `clone_of`: whose files it takes over then, null: nobody's.
  IcebergTransaction(const FormatContext& context, TablePlace place, std::shared_ptr<const IcebergSnapshot> base,
                     std::shared_ptr<const IcebergSnapshot> clone_of = nullptr);

  const Snapshot& base() const override { return *base_; }
  void add(DataFile file) override;
  // Of a table that is made, takes a file of any other one, or, of a clone, those of its source.
  void adopt(const FileTask& task, const std::string& uri) override;
  void remove(const DataFile& file) override;
  void remove_rows(const DataFile& file, RowPositions positions) override;
  void set_schema(Schema schema) override;
  void set_partitioning(Partitioning partitioning) override;
  void set_properties(Properties properties) override;
  void set_name(std::string name, std::string description) override;
  void set_sort_order(const std::vector<SortField>& fields) override;
  void forget_gone_columns() override;
  void change_reference(const ReferenceChange& change) override;
  void set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) override;
  Report cherry_pick(const Snapshot& version) override;
  // Forgets the snapshots that the rules don't keep, as they are when the commit is made.
  void expire(const ExpiryRules& rules) { expire_ = rules; }
  // The same files in fewer manifests.
  void merge_manifests() { merges_manifests_ = true; }
  // Other delete files that say the same.
  void rewrite_deletes(RewrittenDeletes rewritten) { rewritten_deletes_ = std::move(rewritten); }
  // Once it is committed: manifests and their list, below the table's folder.
  const std::vector<std::string>& manifests_written() const { return manifests_written_; }
  std::uint64_t manifest_bytes_written() const { return manifest_bytes_; }
  Restoration restore(const Snapshot& version, const std::set<std::string>& missing) override;
  std::shared_ptr<const Snapshot> preview() const override;
  RowRemoval row_removal() const override;
  std::optional<RowTracking> row_tracking() const override;
  void read_where(const Predicate& predicate) override;
  void read_file(const DataFile& file) override;
  void set_application_version(const std::string& application, std::int64_t version) override;
  WriteLayout write_layout() const override;
  std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const override;
  bool empty() const override;
  CommitOutcome commit(const CommitInfo& info, const CommitOptions& options) override;
  std::shared_ptr<Catalog> commit_catalog() const override;
  std::variant<CommitOutcome, std::unique_ptr<PreparedCommit>> prepare(const CommitInfo& info,
                                                                       const CommitOptions& options) override;

 private:
  class Ready;  // a PreparedCommit
  void take_name_mapping(const Schema& columns);
  void take_place(const std::string& uri);
  bool creates() const { return base_->version() == kNoTable; }
  bool metadata_changed() const;
  bool changes_rows() const {
    return !added_.empty() || !cloned_.empty() || !picked_.added.empty() || !removed_.empty() || !removed_rows_.empty();
  }
  bool keeps_up() const { return merges_manifests_ || !rewritten_deletes_.removed.empty(); }
  // Nothing that what others commit meanwhile could stand in the way of.
  bool only_names() const;
  bool seen() const;  // an application's write that was made before
  void check() const;
  void check_branch() const;
  FileChanges file_changes(DeleteFiles& deletes);
  OwnChanges own_changes(Operation operation) const;
  AddedFile to_added(const DataFile& file, const Schema& schema) const;
  // The table's metadata on top of `head`, but for a new snapshot.
  TableMetadataFile next_metadata(const IcebergSnapshot* head) const;
  std::map<std::string, std::string> summary(const CommitInfo& info, const FileChanges& changes) const;
  void after_commit(const TableMetadataFile& made, Version version) const;

  const FormatContext context_;
  const TablePlace place_;
  const std::shared_ptr<const IcebergSnapshot> base_;
  TableMetadataFile metadata_;  // as it will be, but for snapshots
  const std::shared_ptr<const IcebergSnapshot> clone_of_;
  std::vector<DataFile> added_;
  std::map<std::string, std::string> cloned_;  // URIs of the source's files, by the paths that it has for them
  std::map<std::string, PlacedFile> removed_;
  std::map<std::string, RemovedRows> removed_rows_;
  std::vector<Predicate> reads_;
  std::map<std::string, PlacedFile> read_;
  std::map<std::string, std::int64_t> applications_;
  std::vector<ReferenceChange> reference_changes_;
  std::optional<ExpiryRules> expire_;
  bool merges_manifests_ = false;
  RewrittenDeletes rewritten_deletes_;
  std::vector<std::string> manifests_written_;
  std::uint64_t manifest_bytes_ = 0;
  std::optional<std::int64_t> restored_;  // the snapshot that becomes the current one
  std::optional<std::int64_t> source_;    // the snapshot that the picked files come from
  PickedChanges picked_;
  std::map<std::string, std::string> said_;  // of that, in the summary
};

// As metadata names a table's place. Local folders get the scheme that the specification asks for ("Paths in
// Metadata").
std::string location_text(const Location& location);

// The metadata of a table that isn't there yet. Throws Error(InvalidArgument), Error(UnsupportedFeature).
TableMetadataFile new_metadata(const Location& location, const CreateSpec& spec);

}  // namespace lakelet::iceberg
