// The files that a manifest names (spec.md, "Manifests").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/avro/container_reader.h"
#include "formats/iceberg/manifest/manifest_format.h"
#include "formats/iceberg/manifest/manifest_list.h"
#include "formats/iceberg/metadata/table_metadata.h"

namespace lakelet::iceberg {

// What is told of one column of a file; bounds as bytes.
struct ColumnMetrics {
  std::optional<std::int64_t> values{}, nulls{}, nans{};
  std::optional<std::string> lower{}, upper{};
};

// What a manifest tells of a file beside what readers need: for who writes the entry again.
struct FileDetails {
  std::map<std::int32_t, ColumnMetrics> metrics;  // of all columns, by id
  std::map<std::int32_t, std::int64_t> column_bytes;
  std::vector<std::int64_t> split_offsets;
};

struct ManifestEntry {
  EntryStatus status = EntryStatus::Existing;
  std::optional<std::int64_t> snapshot_id{};
  std::int64_t sequence_number = 0;  // of the data, inherited where need be
  std::optional<std::int64_t> file_sequence_number{};
  FileContent content = FileContent::Data;
  std::string path;
  std::string format;            // in small letters
  std::vector<Value> partition;  // one for each field of the spec
  std::string partition_key;     // the same text for the same spec and values
  std::int64_t records = 0;
  std::uint64_t bytes = 0;
  bool ruled_out = false;              // by the reader's keep_partition: it has no metrics then
  std::vector<ColumnMetrics> metrics;  // one for each of the wanted columns
  std::vector<std::int32_t> equality_ids;
  std::optional<std::int64_t> sort_order_id{};
  std::optional<std::int64_t> first_row_id{};  // inherited where need be
  std::optional<std::string> referenced_file{};
  std::optional<std::int64_t> content_offset{}, content_size{};
  std::shared_ptr<FileDetails> details{};  // only where they were asked for
};

// The same text for the same spec and values.
std::string partition_key(int spec_id, const std::vector<Value>& values);

// How the values of a manifest's partition fields are read.
struct PartitionLayout {
  const PartitionSpec* spec = nullptr;
  std::vector<Type> types;  // of the values of each field; Null: whatever they are
};
// By the spec's id. Throws Error(CorruptTable) for one that the table doesn't have.
using LayoutOf = std::function<PartitionLayout(int spec_id)>;

using KeepPartition = std::function<bool(int spec_id, const std::vector<Value>& partition)>;

// Reads the entries one after the other, those that are deleted too.
class ManifestReader {
 public:
  // `file` and `wanted` must outlive it. `wanted`: ids of the columns whose metrics are read, ascending. Throws
  // Error(CorruptTable) naming the byte or the file, Error(UnsupportedFeature) for an encrypted file.
  ManifestReader(std::span<const std::byte> file, const ManifestFile& manifest, const LayoutOf& layout_of,
                 const std::vector<std::int32_t>& wanted, bool with_details = false);

  int spec_id() const { return spec_id_; }
  // Entries of other partitions come ruled out: their metrics aren't decoded. Before the first next().
  void set_keep_partition(KeepPartition keep) { keep_partition_ = std::move(keep); }
  // False at the end. Overwrites `entry`.
  bool next(ManifestEntry& entry);

 private:
  void read_entry(ManifestEntry& entry);
  void read_file(const codec::avro::SchemaNode& record, ManifestEntry& entry);
  void read_file_field(const codec::avro::SchemaField& field, ManifestEntry& entry);
  void read_partition(codec::avro::NodeId type, ManifestEntry& entry);
  // Throws CorruptTable if a field that has values wasn't found.
  void finish_partition(const std::vector<bool>& found, ManifestEntry& entry);
  struct PairShape;
  void read_metrics(const codec::avro::SchemaField& field, ManifestEntry& entry);
  // Of the column `id`, of the kind that file_field names.
  void read_metric(std::int32_t kind, std::int64_t id, codec::avro::NodeId type, ColumnMetrics& column,
                   ManifestEntry& entry);
  ColumnMetrics* metrics_of(std::int64_t id, ManifestEntry& entry) const;
  void inherit(ManifestEntry& entry, bool has_sequence_number);

  const ManifestFile& manifest_;
  const std::vector<std::int32_t>& wanted_;
  const bool with_details_;
  codec::avro::ContainerReader container_;
  codec::avro::Decoder decoder_{{}};
  int spec_id_ = 0;
  PartitionLayout layout_;
  KeepPartition keep_partition_;
  std::int64_t left_ = 0;
  std::optional<std::int64_t> next_row_id_;
};

}  // namespace lakelet::iceberg
