// Writes manifests and manifest lists (spec.md, "Manifests", "Manifest Lists").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/avro/container_writer.h"
#include "formats/iceberg/manifest/manifest_reader.h"

namespace lakelet::iceberg {

struct ManifestHeader {
  int format_version = 2;
  std::string schema;  // JSON of the table's
  int schema_id = 0;
  PartitionLayout layout;
  bool deletes = false;
};

// Collects entries and sums them up. An added entry without numbers of its own inherits those of its commit.
class ManifestWriter {
 public:
  // `snapshot_id`: of the commit that the manifest is of.
  ManifestWriter(const ManifestHeader& header, std::int64_t snapshot_id);

  // `entry` needs its details, if it has metrics. What is inherited stays null in the file: `inherits` for an entry
  // whose sequence number is that of the commit.
  void add(const ManifestEntry& entry, bool inherits);
  bool empty() const { return entries_ == 0; }
  std::size_t size_estimate() const { return container_.size_estimate(); }

  // The file, and what a manifest list says of it: all but path and sequence number.
  std::string finish(ManifestFile& summary);

 private:
  void write_file(const ManifestEntry& entry);
  void write_partition(const std::vector<Value>& values);
  void write_metrics(const FileDetails& details);
  void count(const ManifestEntry& entry, bool inherits);
  void sum_up(const std::vector<Value>& values);

  const ManifestHeader header_;
  codec::avro::ContainerWriter container_;
  ManifestFile summary_;
  std::vector<std::optional<Value>> lowest_, highest_;
  std::optional<std::int64_t> least_sequence_number_;
  std::int64_t entries_ = 0;
};

// `sequence_number` stands for those that manifests of this commit don't have yet.
std::string write_manifest_list(const std::vector<ManifestFile>& manifests, int format_version,
                                std::int64_t snapshot_id, std::optional<std::int64_t> parent_id,
                                std::int64_t sequence_number);

// Of a manifest that is written by the commit that is under way.
inline constexpr std::int64_t kOwnSequenceNumber = -1;

}  // namespace lakelet::iceberg
