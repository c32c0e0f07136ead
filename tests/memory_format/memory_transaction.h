// Changes to one "memory_format" table.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "memory_format/memory_snapshot.h"
#include "table/change_recording.h"
#include "table/transaction.h"

namespace lakelet {

// What a transaction read and changes, for the conflict check: a pure function of this and of the winner's commit.
struct MemoryChanges {
  MemoryCommit commit;
  std::vector<Predicate> read_where;
  std::set<std::string> read_files;
};

// Why `winner`, which came first, stands in the way; nullopt if it doesn't. `before`: the state that the winner saw.
std::optional<std::string> find_conflict(const MemoryChanges& ours, const MemoryCommit& winner,
                                         const MemoryState& before);

class MemoryTransaction final : public Transaction, public ClusteringTransaction {
 public:
  // `base` of version -1: the transaction makes the table.
  MemoryTransaction(std::shared_ptr<MemoryLog> log, std::shared_ptr<const MemorySnapshot> base,
                    std::string engine_info);

  const Snapshot& base() const override { return *base_; }
  void add(DataFile file) override;
  void add_clustered(DataFile file, const FileClustering& clustering) override;
  void describe(Reorganization how) override { reorganization_ = std::move(how); }
  void remove(const DataFile& file) override;
  void remove_rows(const DataFile& file, RowPositions positions) override;
  void set_schema(Schema schema) override;
  void set_partitioning(Partitioning partitioning) override;
  void set_properties(Properties properties) override;
  void set_name(std::string name, std::string description) override;
  void set_constraint(const std::string& name, const std::optional<std::string>& condition) override;
  void set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) override;
  void clear_rules() override;
  void set_identity_mark(const std::string& column, std::int64_t value) override;
  std::shared_ptr<const Snapshot> preview() const override;
  RowRemoval row_removal() const override;
  ChangeRecording* change_recording() override;
  std::optional<RowTracking> row_tracking() const override;
  void read_where(const Predicate& predicate) override;
  void read_file(const DataFile& file) override;
  void set_application_version(const std::string& application, std::int64_t version) override;
  WriteLayout write_layout() const override;
  std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const override;
  bool empty() const override;
  CommitOutcome commit(const CommitInfo& info, const CommitOptions& options) override;

 private:
  bool creates() const { return base_->version() < 0; }
  const MemoryMetadata& metadata() const;
  MemoryMetadata& new_metadata();
  void require_live(const DataFile& file) const;
  bool seen() const;

  const std::shared_ptr<MemoryLog> log_;
  const std::shared_ptr<const MemorySnapshot> base_;
  const std::string engine_info_;
  MemoryChanges changes_;
  Reorganization reorganization_;

  // Change files lie beside the data files.
  class ChangeFiles final : public ChangeRecording {
   public:
    explicit ChangeFiles(MemoryTransaction& transaction) : transaction_(transaction) {}
    WriteLayout layout() const override;
    std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const override;
    void add(DataFile file) override { transaction_.changes_.commit.change_files.push_back(std::move(file)); }

   private:
    MemoryTransaction& transaction_;
  };
  ChangeFiles change_files_{*this};
};

// Gives ids and physical names to the fields that lack them, as the properties want it. Ids go on from `last_id`.
Schema named_schema(const Schema& schema, const Properties& properties, std::int32_t& last_id);
// Whether every column of `before` is in `after`, by name.
bool keeps_columns(const Schema& before, const Schema& after);

}  // namespace lakelet
