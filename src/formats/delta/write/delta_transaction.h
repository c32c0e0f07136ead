// The transaction behind begin_transaction() and create_transaction().
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "formats/delta/protocol/commit_info.h"
#include "formats/delta/schema/schema_change.h"
#include "formats/delta/snapshot.h"
#include "formats/delta/write/adopted_files.h"
#include "formats/delta/write/change_files.h"
#include "formats/delta/write/conflict.h"
#include "formats/delta/write/feature_rules.h"
#include "formats/delta/write/removed_rows.h"
#include "formats/delta/write/restored_table.h"
#include "table/clustering.h"
#include "table/table_format.h"

namespace lakelet::delta {

class DeltaTransaction final : public Transaction, public ClusteringTransaction {
 public:
  // `base` of version -1: the transaction creates the table, with the base's protocol and metadata.
  DeltaTransaction(const FormatContext& context, std::shared_ptr<const DeltaSnapshot> base, AdoptedFiles adopted = {});

  const Snapshot& base() const override { return *base_; }
  void add(DataFile file) override;
  void add_clustered(DataFile file, const FileClustering& clustering) override;
  void describe(Reorganization how) override { reorganization_ = std::move(how); }
  // Beside Transaction: what the property kClusterBy asks for.
  void set_clustering(const std::vector<ColumnPath>& columns);
  void remove(const DataFile& file) override;
  void adopt(const FileTask& file, const std::string& uri) override;
  void set_statistics(const DataFile& file) override;
  void remove_rows(const DataFile& file, RowPositions positions) override;
  void set_schema(Schema schema) override;
  void set_partitioning(Partitioning partitioning) override;
  void set_properties(Properties properties) override;
  void set_name(std::string name, std::string description) override;
  void set_constraint(const std::string& name, const std::optional<std::string>& condition) override;
  void set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) override;
  void clear_rules() override;
  void set_domain(const std::string& name, const std::optional<std::string>& text) override;
  void set_identity_mark(const std::string& column, std::int64_t value) override;
  Restoration restore(const Snapshot& version, const std::set<std::string>& missing) override;
  std::shared_ptr<const Snapshot> preview() const override;
  RowRemoval row_removal() const override;
  void read_where(const Predicate& predicate) override;
  void read_file(const DataFile& file) override;
  void set_application_version(const std::string& application, std::int64_t version) override;
  WriteLayout write_layout() const override;
  std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const override;
  ChangeRecording* change_recording() override;
  std::optional<RowTracking> row_tracking() const override;
  bool empty() const override;
  CommitOutcome commit(const CommitInfo& info, const CommitOptions& options) override;

 private:
  // Of files with these partition values, relative to the table.
  std::string folder_of(const std::vector<Value>& partition_values) const;
  bool creates() const { return base_->version() < 0; }
  bool metadata_changed() const {
    return creates() || !identity_marks_.empty() || !(metadata_ == base_->metadata_action());
  }
  Metadata metadata_with_marks() const;
  // clustering_change.cc
  std::map<std::string, DomainMetadata> domains_now() const;
  void require_statistics(const std::vector<ColumnPath>& columns) const;
  std::optional<ClusteringChange> clustering_change() const;
  // rule_change.cc: the columns with other rules, and the protocol that those need.
  void record_rules(Schema schema);
  // Throws for a column that is computed from now on, in a table with files that go on.
  void require_computed_before() const;
  bool replaces_all_files() const;
  FilesThere files_there() const;
  // metadata_change.cc
  ColumnMappingMode mapping_mode() const;  // once this is committed
  EvolutionRules evolution_rules() const;
  bool partitioned_otherwise() const;
  // Partition columns go by the names that they have in `schema`.
  void follow_partition_columns(const Schema& schema);
  void map_columns();
  void keep_row_tracking(const Properties& before);
  void number_files();
  // Whether files of the base's schema and partition columns no longer fit.
  bool replaces_columns() const;
  // Whether an application version of ours is in the table already.
  bool seen() const;
  // Throws for what the whole of the changes may not be, in the order in which people want to hear of it.
  void check(Operation operation) const;
  std::vector<Action> actions(Operation operation, std::int64_t now_ms) const;
  CommitFacts facts(const std::vector<Action>& actions) const;
  OwnChanges own_changes() const;
  // What changed of the list of files: without those that are only told of anew.
  std::vector<Action> changes_of_files(std::vector<Action> actions) const;
  // Every live file in which what was read may lie, by canonical path.
  std::set<std::string> files_in_reach() const;
  // Before the metadata changes: see without_unhonoured_rules(). As Spark does.
  void forget_unhonoured_rules();

  FormatContext context_;
  std::shared_ptr<const DeltaSnapshot> base_;
  Protocol protocol_;
  Metadata metadata_;
  Schema schema_;
  Schema files_schema_;  // the base's, with the ids that this transaction gave if it turned column mapping on
  Partitioning partitioning_;
  std::vector<DataFile> added_;
  std::map<std::string, FileClustering> clustered_;  // by uri, of those
  Reorganization reorganization_;
  std::map<std::string, AddFile> removed_;  // by path in the log
  RemovedRows removed_rows_;                // of other files
  std::vector<AddFile> numbered_;           // that go on with row ids
  std::vector<VectorChange> file_changes_;  // what they come to, once commit() has written the vectors
  void take_vectors();
  AdoptedFiles adopted_;
  // Of files of other tables that a new one takes, by URI: the rows that are gone, and how the log says so.
  std::map<std::string, std::shared_ptr<const RowPositions>> removed_when_taken_;
  std::map<std::string, DeletionVectorDescriptor> vectors_when_taken_;
  std::vector<AddFile> adopted_adds_;         // what they come to, likewise
  std::map<std::string, DataFile> restated_;  // files that stay, with other statistics; by path in the log
  ChangeFiles change_files_;
  std::vector<Predicate> reads_;
  std::set<std::string> files_read_;  // canonical paths
  std::map<std::string, std::int64_t> applications_;
  std::map<std::string, std::int64_t> identity_marks_;  // by column
  std::optional<RestoredTable> restored_;
  std::map<std::string, DomainMetadata> domains_;  // that change
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace lakelet::delta
