#include "formats/iceberg/scan/delete_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "formats/iceberg/scan/file_judge.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

const ColumnMetrics* DeleteIndex::metrics_of(const ManifestEntry& entry, const std::vector<std::int32_t>& wanted,
                                             std::int32_t id) const {
  const auto at = std::lower_bound(wanted.begin(), wanted.end(), id);
  const auto index = static_cast<std::size_t>(at - wanted.begin());
  return at == wanted.end() || *at != id || index >= entry.metrics.size() ? nullptr : &entry.metrics[index];
}

void DeleteIndex::add(ManifestEntry entry, int spec_id) {
  entries_.push_back(std::make_unique<ManifestEntry>(std::move(entry)));
  const ManifestEntry* added = entries_.back().get();
  if (added->content == FileContent::EqualityDeletes) {
    if (added->equality_ids.empty()) {
      throw Error(ErrorCode::CorruptTable, fmt::format("the equality deletes {} name no columns", added->path));
    }
    if (fields_.spec(spec_id).unpartitioned()) {
      equality_everywhere_.push_back(added);
    } else {
      equality_by_partition_[added->partition_key].push_back(added);
    }
    return;
  }
  if (added->format == "puffin") {
    if (!added->referenced_file || !added->content_offset || !added->content_size) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("a deletion vector in {} names no data file or no place", added->path));
    }
    if (!vectors_.emplace(*added->referenced_file, added).second) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("the data file {} has two deletion vectors", *added->referenced_file));
    }
    return;
  }
  std::optional<std::string> only = added->referenced_file;
  const ColumnMetrics* paths = metrics_of(*added, wanted_, kDeletedPathId);
  if (!only && paths && paths->lower && paths->lower == paths->upper) only = paths->lower;
  auto& files = only ? positions_by_path_[*only] : positions_by_partition_[added->partition_key];
  files.push_back(added);
}

std::vector<std::int32_t> DeleteIndex::equality_ids() const {
  std::set<std::int32_t> ids;
  for (const auto& entry : entries_) ids.insert(entry->equality_ids.begin(), entry->equality_ids.end());
  return {ids.begin(), ids.end()};
}

// Whether a position delete file of a whole partition may name the data file, by the bounds of its paths.
bool DeleteIndex::may_name(const ManifestEntry& deletes, const std::string& path) const {
  const ColumnMetrics* paths = metrics_of(deletes, wanted_, kDeletedPathId);
  return !paths || ((!paths->lower || path >= *paths->lower) && (!paths->upper || path <= *paths->upper));
}

// Whether a row of both may be equal in every column that the deletes compare.
bool DeleteIndex::may_equal(const ManifestEntry& data, const std::vector<std::int32_t>& data_wanted,
                            const ManifestEntry& deletes) const {
  for (const std::int32_t id : deletes.equality_ids) {
    const KnownField* known = fields_.find(id);
    const ColumnMetrics* ours = metrics_of(data, data_wanted, id);
    const ColumnMetrics* theirs = metrics_of(deletes, wanted_, id);
    // Metrics say nothing of a column that the file doesn't have, nor of what stands in for it.
    if (!known || !ours || !theirs || !ours->values || known->field.initial_default) continue;
    const ColumnStatistics mine = to_statistics(*ours, known->field), other = to_statistics(*theirs, known->field);
    if (mine.has_nan && other.has_nan) continue;
    const bool both_null = mine.null_count != std::int64_t{0} && other.null_count != std::int64_t{0};
    if (both_null) continue;
    if (!mine.min || !mine.max || !other.min || !other.max) continue;
    if (mine.min->storage().index() != other.min->storage().index()) continue;
    if (compare_values(*mine.max, *other.min) < 0 || compare_values(*other.max, *mine.min) < 0) return false;
  }
  return true;
}

ApplyingDeletes DeleteIndex::find(const ManifestEntry& data, const std::vector<std::int32_t>& data_wanted) const {
  ApplyingDeletes result;
  if (entries_.empty()) return result;
  const auto vector = vectors_.find(data.path);
  if (vector != vectors_.end() && data.sequence_number <= vector->second->sequence_number)
    result.vector = vector->second;
  const auto add_positions = [&](const auto& index, const std::string& key) {
    const auto found = index.find(key);
    if (found == index.end() || result.vector) return;
    for (const ManifestEntry* each : found->second) {
      if (data.sequence_number <= each->sequence_number && may_name(*each, data.path)) result.positions.push_back(each);
    }
  };
  add_positions(positions_by_path_, data.path);
  add_positions(positions_by_partition_, data.partition_key);
  const auto add_equality = [&](const std::vector<const ManifestEntry*>& files) {
    for (const ManifestEntry* each : files) {
      if (data.sequence_number < each->sequence_number && may_equal(data, data_wanted, *each)) {
        result.equality.push_back(each);
      }
    }
  };
  const auto here = equality_by_partition_.find(data.partition_key);
  if (here != equality_by_partition_.end()) add_equality(here->second);
  add_equality(equality_everywhere_);
  return result;
}

}  // namespace lakelet::iceberg
