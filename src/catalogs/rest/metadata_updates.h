// What a commit asks of a catalog that writes the metadata itself: the difference between two metadata documents, as
// requirements and updates (rest-catalog-open-api.yaml, CommitTableRequest).
#pragma once

#include <optional>
#include <string>

namespace lakelet::catalogs {

struct TableChange {
  std::string requirements, updates;  // JSON arrays
};

// `before`: nullopt: the table is made. The requirements hold only while the table's columns, partitioning and sort
// order, its main branch and every reference that is moved are as they are in `before`. Throws
// Error(UnsupportedFeature) for a difference that no update can express, Error(CorruptTable) for what is no metadata.
TableChange table_change(const std::optional<std::string>& before, const std::string& after);

}  // namespace lakelet::catalogs
