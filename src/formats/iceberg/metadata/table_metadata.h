// One metadata file of a table (spec.md, "Table Metadata").
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/layout_change.h"
#include "lakelet/metadata.h"
#include "lakelet/partitioning.h"
#include "lakelet/schema.h"

namespace lakelet::iceberg {

struct SpecField {
  std::int32_t source_id = 0;  // 0: several, of which we know no transform
  std::int32_t field_id = 0;
  std::string name;
  Transform transform = Transform::Unknown;
  int argument = 0;
};

struct PartitionSpec {
  int id = 0;
  std::vector<SpecField> fields;
  // No field says anything of a row's partition: equality deletes of such files apply everywhere.
  bool unpartitioned() const;
};

struct SnapshotEntry {
  std::int64_t id = 0;
  std::optional<std::int64_t> parent_id;
  std::int64_t sequence_number = 0;
  std::int64_t timestamp_ms = 0;
  std::string manifest_list;           // empty: `manifests`
  std::vector<std::string> manifests;  // of version 1
  std::map<std::string, std::string> summary;
  std::optional<int> schema_id;
  std::optional<std::int64_t> first_row_id, added_rows;
  std::optional<std::string> key_id;  // its manifest list is encrypted
};

struct ReferenceEntry {
  std::int64_t snapshot_id = 0;
  bool branch = false;
  ReferenceRetention retention{};
};

struct SortOrderField {
  std::int32_t source_id = 0;
  Transform transform = Transform::Identity;
  int argument = 0;
  bool descending = false, nulls_first = true;

  bool operator==(const SortOrderField&) const = default;
};

// A file with statistics of a snapshot, whichever kind they are.
struct StatisticsEntry {
  std::int64_t snapshot_id = 0;
  std::string path;
};

struct SnapshotLogEntry {
  std::int64_t timestamp_ms = 0, snapshot_id = 0;
};

struct MetadataLogEntry {
  std::int64_t timestamp_ms = 0;
  std::string file;
};

inline constexpr const char* kMainBranch = "main";
inline constexpr const char* kNameMappingProperty = "schema.name-mapping.default";

struct TableMetadataFile {
  int format_version = 0;
  std::string uuid, location;
  std::int64_t last_updated_ms = 0, last_sequence_number = 0;
  int last_column_id = 0, last_partition_id = 0;
  std::map<int, Schema> schemas;
  std::map<int, std::vector<std::int32_t>> identifiers;  // of schemas that say which columns identify a row
  int current_schema_id = 0, default_spec_id = 0, default_sort_order_id = 0;
  std::vector<std::int32_t> sort_columns;                  // ids of the columns that the default sort order goes by
  std::map<int, std::vector<SortOrderField>> sort_orders;  // of them Transform::Unknown is one that isn't known
  std::map<int, PartitionSpec> specs;
  Properties properties;
  std::optional<std::int64_t> current_snapshot_id;
  std::vector<SnapshotEntry> snapshots;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::map<std::string, ReferenceEntry> references;  // main too
  std::vector<StatisticsEntry> statistics;
  std::optional<std::int64_t> next_row_id;
  bool encrypted = false;
  std::shared_ptr<const Schema> name_mapping;  // empty where the table has none
  std::shared_ptr<const std::string> text;     // the JSON that it was read from; null: from none
  std::string file;                            // the name of the file that it was read from
  std::string file_location;                   // all of it, as a catalog says; empty: below the table's location

  const SnapshotEntry* find_snapshot(std::int64_t id) const;
  const Schema& current_schema() const { return schemas.at(current_schema_id); }
};

// Throws Error(CorruptTable) that says what contradicts the specification, Error(UnsupportedFeature) for a format
// version above 3.
TableMetadataFile read_table_metadata(std::string json);

// "bucket[16]" and the like; what isn't known is Transform::Unknown.
void read_transform(std::string_view text, SpecField& field);

}  // namespace lakelet::iceberg
