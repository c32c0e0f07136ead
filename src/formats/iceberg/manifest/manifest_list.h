// The manifests of a snapshot (spec.md, "Manifest Lists").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lakelet::iceberg {

// What is known of the values of one partition field in all of a manifest's files.
struct FieldSummary {
  bool contains_null = true;
  bool contains_nan = true;                     // or unknown
  std::optional<std::string> lower{}, upper{};  // as bytes
};

struct ManifestFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::optional<int> spec_id;  // absent: the manifest says it
  bool deletes = false;
  std::int64_t sequence_number = 0, min_sequence_number = 0;
  std::int64_t snapshot_id = 0;
  std::optional<std::int64_t> added_files{}, existing_files{}, deleted_files{}, added_rows{}, existing_rows{},
      deleted_rows{};
  std::vector<FieldSummary> partitions{};  // empty: nothing is known
  std::optional<std::int64_t> first_row_id{};

  // Whether any file of it may be live.
  bool may_have_live_files() const { return added_files != 0 || existing_files != 0; }
};

// Throws Error(CorruptTable) naming the byte, Error(UnsupportedFeature) where a manifest is encrypted.
std::vector<ManifestFile> read_manifest_list(std::span<const std::byte> file);

}  // namespace lakelet::iceberg
