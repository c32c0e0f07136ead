// Which deletes apply to which data file (spec.md, "Scan Planning"). Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/scan/known_fields.h"

namespace lakelet::iceberg {

struct ApplyingDeletes {
  const ManifestEntry* vector = nullptr;        // then `positions` is empty: the vector has them all
  std::vector<const ManifestEntry*> positions;  // position delete files
  std::vector<const ManifestEntry*> equality;   // equality delete files
};

class DeleteIndex {
 public:
  // `wanted`: the ids that the entries' metrics are of; for data files and delete files alike. `fields` must outlive
  // it.
  DeleteIndex(const KnownFields& fields, std::vector<std::int32_t> wanted)
      : fields_(fields), wanted_(std::move(wanted)) {}

  // A live file of deletes. Throws Error(CorruptTable) for a second vector of one data file.
  void add(ManifestEntry entry, int spec_id);
  bool empty() const { return entries_.empty(); }
  // Columns that equality deletes compare, ascending: their metrics in data files tell deletes that can't apply.
  std::vector<std::int32_t> equality_ids() const;

  // The pointers are valid as long as the index. `data_wanted`: the ids that the file's metrics are of.
  ApplyingDeletes find(const ManifestEntry& data, const std::vector<std::int32_t>& data_wanted) const;

 private:
  const ColumnMetrics* metrics_of(const ManifestEntry& entry, const std::vector<std::int32_t>& wanted,
                                  std::int32_t id) const;
  bool may_equal(const ManifestEntry& data, const std::vector<std::int32_t>& data_wanted,
                 const ManifestEntry& deletes) const;
  bool may_name(const ManifestEntry& deletes, const std::string& path) const;

  const KnownFields& fields_;
  std::vector<std::int32_t> wanted_;
  std::vector<std::unique_ptr<ManifestEntry>> entries_;
  std::unordered_map<std::string, const ManifestEntry*> vectors_;  // by data file
  std::unordered_map<std::string, std::vector<const ManifestEntry*>> positions_by_path_;
  std::unordered_map<std::string, std::vector<const ManifestEntry*>> positions_by_partition_;
  std::unordered_map<std::string, std::vector<const ManifestEntry*>> equality_by_partition_;
  std::vector<const ManifestEntry*> equality_everywhere_;
};

}  // namespace lakelet::iceberg
