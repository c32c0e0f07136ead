#include "engine/scan_file_list.h"

#include <algorithm>
#include <duckdb/common/multi_file/multi_file_options.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/pushed_filter.h"

namespace lakelet::engine {

namespace {

// So many files are looked at to estimate the rows that survive a filter.
constexpr duckdb::idx_t kEstimateFiles = 256;
// Column statistics are gathered over at most so many files, of a table with at most so many: they take a second plan.
constexpr duckdb::idx_t kStatisticsFiles = 512;
constexpr std::int64_t kStatisticsTotalFiles = 20'000;

// The files that a caller named, all of them.
class GivenFiles final : public ScanPlan {
 public:
  explicit GivenFiles(const std::vector<FileTask>& files) : files_(files) {
    counts_.files_total = static_cast<std::int64_t>(files.size());
    for (const FileTask& task : files) counts_.bytes_total += task.file.bytes;
  }
  std::optional<FileTask> next() override {
    if (next_ == files_.size()) return std::nullopt;
    return files_[next_++];
  }
  ScanCounts counts() const override { return counts_; }

 private:
  const std::vector<FileTask>& files_;
  std::size_t next_ = 0;
  ScanCounts counts_;
};

std::int64_t rows_of(const FileTask& task, std::int64_t otherwise) {
  if (!task.file.rows) return otherwise;
  const auto deleted = task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
  return std::max<std::int64_t>(0, *task.file.rows - deleted);
}

}  // namespace

duckdb::unique_ptr<ScanFileList> ScanFileList::narrowed(std::vector<Predicate> parts) const {
  auto list = duckdb::make_uniq<ScanFileList>(state_);
  list->conjuncts_ = conjuncts_;
  std::vector<Predicate> all;
  if (!conjuncts_.empty()) all.push_back(predicate_);
  const std::size_t before = all.size();
  for (Predicate& part : parts) {
    if (part.kind() == PredicateKind::True || part.kind() == PredicateKind::Unknown) continue;
    if (list->conjuncts_.insert(to_string(part)).second) all.push_back(std::move(part));
  }
  if (all.size() == before) return nullptr;
  list->predicate_ = Predicate::all_of(std::move(all));
  return list;
}

duckdb::unique_ptr<duckdb::MultiFileList> ScanFileList::ComplexFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&, duckdb::MultiFilePushdownInfo& info,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const {
  return inside_engine([&]() -> duckdb::unique_ptr<duckdb::MultiFileList> {
    std::vector<Predicate> parts;
    for (const auto& filter : filters) {
      parts.push_back(
          to_predicate(context, *filter, state_->snapshot()->schema(), info.table_index, info.column_indexes));
    }
    auto list = narrowed(std::move(parts));
    if (list) state_->set_predicate(list->predicate());
    return list;
  });
}

duckdb::unique_ptr<duckdb::MultiFileList> ScanFileList::DynamicFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&, const duckdb::vector<duckdb::string>&,
    const duckdb::vector<duckdb::LogicalType>&, const duckdb::vector<duckdb::column_t>& columns,
    duckdb::TableFilterSet& filters) const {
  return inside_engine([&]() -> duckdb::unique_ptr<duckdb::MultiFileList> {
    std::vector<Predicate> parts;
    for (const auto& [index, filter] : filters.filters) {
      if (index >= columns.size()) continue;
      const Predicate predicate = to_predicate(context, *filter, state_->snapshot()->schema(), columns[index]);
      if (predicate.kind() == PredicateKind::And) {
        parts.insert(parts.end(), predicate.parts().begin(), predicate.parts().end());
      } else {
        parts.push_back(predicate);
      }
    }
    auto list = narrowed(std::move(parts));
    auto pruning = RuntimePruning::of(filters, columns, state_->snapshot()->schema());
    if (!pruning) return list;
    if (!list) list = duckdb::unique_ptr_cast<duckdb::MultiFileList, ScanFileList>(Copy());
    list->pruning_ = pruning;
    list->pruning_number_ = state_->keep(std::move(pruning));
    return list;
  });
}

std::unique_ptr<ScanPlan> ScanFileList::plan(bool with_statistics, std::vector<ColumnPath> columns) const {
  const auto& files = state_->source().files;
  if (files) return std::make_unique<GivenFiles>(*files);
  return state_->snapshot()->plan({predicate_, with_statistics, std::move(columns), with_statistics});
}

duckdb::unique_ptr<duckdb::BaseStatistics> ScanFileList::statistics(duckdb::column_t column) const {
  return inside_engine([&]() -> duckdb::unique_ptr<duckdb::BaseStatistics> {
    const std::lock_guard lock(mutex_);
    if (!statistics_) {
      statistics_.emplace();
      if (!has_file(kStatisticsFiles) && plan_->counts().files_total <= kStatisticsTotalFiles) {
        const auto files = plan(true);
        statistics_ = scan_statistics(*state_->snapshot(), *files);
      }
    }
    if (column >= statistics_->size() || !(*statistics_)[column]) return nullptr;
    return (*statistics_)[column]->ToUnique();
  });
}

void ScanFileList::pull() const {
  if (!plan_) plan_ = pruning_ ? plan(true, pruning_->columns()) : plan(false);
  if (auto task = plan_->next()) {
    const FileTask known = pruning_ ? *task : FileTask{};
    numbers_.push_back(state_->number_of(std::move(*task)));
    if (pruning_) pruning_->add(numbers_.back(), known);
    return;
  }
  complete_ = true;
  state_->set_planned(plan_->counts());
}

bool ScanFileList::has_file(duckdb::idx_t index) const {
  while (!complete_ && numbers_.size() <= index) pull();
  return numbers_.size() > index;
}

duckdb::OpenFileInfo ScanFileList::open_info(std::uint64_t number) const {
  const FileTask& task = state_->task(number);
  duckdb::OpenFileInfo info(to_engine_path(task.file.uri));
  info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
  auto& options = info.extended_info->options;
  options["file_number"] = duckdb::Value::UBIGINT(number);
  options["file_size"] = duckdb::Value::UBIGINT(task.file.bytes);
  options["has_deletes"] = duckdb::Value::BOOLEAN(!task.deletes.none() || task.only);
  if (pruning_) options["runtime_pruning"] = duckdb::Value::UBIGINT(pruning_number_);
  // A table's data files never change under their name.
  options["validate_external_file_cache"] = duckdb::Value::BOOLEAN(false);
  return info;
}

duckdb::OpenFileInfo ScanFileList::GetFile(duckdb::idx_t index) const {
  return inside_engine([&] {
    const std::lock_guard lock(mutex_);
    return has_file(index) ? open_info(numbers_[index]) : duckdb::OpenFileInfo();
  });
}

bool ScanFileList::FileIsAvailable(duckdb::idx_t index) const {
  const std::lock_guard lock(mutex_);
  return complete_ || numbers_.size() > index;
}

bool ScanFileList::at_most(duckdb::idx_t most) const {
  return inside_engine([&] {
    const std::lock_guard lock(mutex_);
    return !has_file(most);
  });
}

duckdb::idx_t ScanFileList::GetTotalFileCount() const {
  return inside_engine([&] {
    const std::lock_guard lock(mutex_);
    while (!complete_) pull();
    return static_cast<duckdb::idx_t>(numbers_.size());
  });
}

duckdb::MultiFileCount ScanFileList::GetFileCount(duckdb::idx_t min_exact_count) const {
  return inside_engine([&] {
    const std::lock_guard lock(mutex_);
    has_file(min_exact_count);
    return duckdb::MultiFileCount(numbers_.size(), complete_ ? duckdb::FileExpansionType::ALL_FILES_EXPANDED
                                                             : duckdb::FileExpansionType::NOT_ALL_FILES_KNOWN);
  });
}

duckdb::vector<duckdb::OpenFileInfo> ScanFileList::GetAllFiles() const {
  const duckdb::idx_t count = GetTotalFileCount();
  duckdb::vector<duckdb::OpenFileInfo> files;
  for (duckdb::idx_t i = 0; i < count; ++i) files.push_back(GetFile(i));
  return files;
}

duckdb::vector<duckdb::OpenFileInfo> ScanFileList::GetDisplayFileList(duckdb::optional_idx max_files) const {
  duckdb::vector<duckdb::OpenFileInfo> files;
  const duckdb::idx_t most = max_files.IsValid() ? max_files.GetIndex() : GetTotalFileCount();
  const std::lock_guard lock(mutex_);
  for (duckdb::idx_t i = 0; i < std::min<duckdb::idx_t>(most, numbers_.size()); ++i) {
    files.emplace_back(state_->task(numbers_[i]).file.uri);
  }
  return files;
}

// "Several" also for one file, or DuckDB would read it with one thread: it takes the number of row groups from a reader
// that it opens while binding, and we open none.
duckdb::FileExpandResult ScanFileList::GetExpandResult() const {
  return duckdb::FileExpandResult::MULTIPLE_FILES;
}

duckdb::unique_ptr<duckdb::NodeStatistics> ScanFileList::GetCardinality(duckdb::ClientContext&) const {
  return inside_engine([&]() -> duckdb::unique_ptr<duckdb::NodeStatistics> {
    const auto& source = state_->source();
    if (!source.files && conjuncts_.empty()) {
      const TableSize size = source.snapshot->size_estimate();
      if (size.rows && size.files > static_cast<std::int64_t>(kEstimateFiles)) {
        return duckdb::make_uniq<duckdb::NodeStatistics>(
            static_cast<duckdb::idx_t>(std::max<std::int64_t>(0, *size.rows)));
      }
    }
    const std::lock_guard lock(mutex_);
    has_file(kEstimateFiles);
    double rows = 0;
    bool exact = complete_;
    const duckdb::idx_t looked_at = std::min<duckdb::idx_t>(numbers_.size(), kEstimateFiles);
    for (duckdb::idx_t i = 0; i < looked_at; ++i) {
      const FileTask& task = state_->task(numbers_[i]);
      exact = exact && task.file.rows;
      rows += static_cast<double>(rows_of(task, static_cast<std::int64_t>(task.file.bytes / 50)));
    }
    // With files left to plan, assume that the filter keeps as many of them.
    if (!complete_ && looked_at > 0) {
      const ScanCounts counts = plan_->counts();
      const double seen = static_cast<double>(counts.files_pruned) + static_cast<double>(numbers_.size());
      rows *= std::max(1.0, static_cast<double>(counts.files_total) / std::max(1.0, seen));
    }
    const auto estimate = static_cast<duckdb::idx_t>(rows);
    return exact ? duckdb::make_uniq<duckdb::NodeStatistics>(estimate, estimate)
                 : duckdb::make_uniq<duckdb::NodeStatistics>(estimate);
  });
}

duckdb::unique_ptr<duckdb::MultiFileList> ScanFileList::Copy() const {
  auto copy = duckdb::make_uniq<ScanFileList>(state_);
  copy->predicate_ = predicate_;
  copy->conjuncts_ = conjuncts_;
  return copy;
}

ScanCounts ScanFileList::counts() const {
  return inside_engine([&] {
    const std::lock_guard lock(mutex_);
    if (!plan_ && conjuncts_.empty() && !state_->source().files) {
      // Nothing prunes, so there is nothing to find out: EXPLAIN asks before the filters are pushed down, too.
      const TableSize size = state_->snapshot()->size_estimate();
      ScanCounts all;
      all.files_total = size.files;
      all.bytes_total = size.bytes;
      return all;
    }
    while (!complete_) pull();
    return plan_->counts();
  });
}

}  // namespace lakelet::engine
