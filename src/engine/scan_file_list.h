// The files of a scan, planned when they are first asked for and planned again when more filters arrive.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_list.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/scan_state.h"
#include "engine/scan_statistics.h"

namespace lakelet::engine {

class ScanFileList final : public duckdb::MultiFileList {
 public:
  explicit ScanFileList(std::shared_ptr<ScanState> state) : state_(std::move(state)) {}

  duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options, duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const override;
  duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(duckdb::ClientContext& context,
                                                                  const duckdb::MultiFileOptions& options,
                                                                  const duckdb::vector<duckdb::string>& names,
                                                                  const duckdb::vector<duckdb::LogicalType>& types,
                                                                  const duckdb::vector<duckdb::column_t>& columns,
                                                                  duckdb::TableFilterSet& filters) const override;

  duckdb::vector<duckdb::OpenFileInfo> GetAllFiles() const override;
  duckdb::FileExpandResult GetExpandResult() const override;
  duckdb::idx_t GetTotalFileCount() const override;
  duckdb::MultiFileCount GetFileCount(duckdb::idx_t min_exact_count) const override;
  duckdb::vector<duckdb::OpenFileInfo> GetDisplayFileList(duckdb::optional_idx max_files) const override;
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override;

  const Predicate& predicate() const { return predicate_; }
  // Whether it is every row of the table: no filter has narrowed it and no files were given instead.
  bool whole_table() const { return conjuncts_.empty() && !state_->source().files; }
  // Its files, planned anew.
  std::unique_ptr<ScanPlan> plan(bool with_statistics, std::vector<ColumnPath> columns = {}) const;
  // Of a column of the schema; null if nothing is certain, or if there are too many files to find out.
  duckdb::unique_ptr<duckdb::BaseStatistics> statistics(duckdb::column_t column) const;
  ScanCounts counts() const;  // plans to the end
  // Whether at most `most` files are left, without planning further than that.
  bool at_most(duckdb::idx_t most) const;

 protected:
  bool FileIsAvailable(duckdb::idx_t index) const override;
  duckdb::OpenFileInfo GetFile(duckdb::idx_t index) const override;

 private:
  // Pulls until there are more than `index` files or no more; both need the lock.
  bool has_file(duckdb::idx_t index) const;
  void pull() const;
  duckdb::OpenFileInfo open_info(std::uint64_t number) const;
  // This list with these conjuncts added; null if they say nothing new.
  duckdb::unique_ptr<ScanFileList> narrowed(std::vector<Predicate> parts) const;

  std::shared_ptr<ScanState> state_;
  Predicate predicate_;
  std::set<std::string> conjuncts_;  // of the predicate, as text
  std::shared_ptr<RuntimePruning> pruning_;
  std::uint64_t pruning_number_ = 0;  // ScanState::runtime_pruning

  mutable std::mutex mutex_;
  mutable std::unique_ptr<ScanPlan> plan_;
  mutable std::vector<std::uint64_t> numbers_;  // TableScan::task
  mutable bool complete_ = false;
  mutable std::optional<ColumnKnowledgeList> statistics_;
};

}  // namespace lakelet::engine
