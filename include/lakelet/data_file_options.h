// How the data files of one write are made. What is absent is as the table's properties and its format have it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lakelet {

struct DataFileOptions {
  std::optional<std::uint64_t> target_bytes;  // a file of about this size is closed and the next one begun
  std::string compression;               // "snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"; empty: absent
  std::optional<int> compression_level;  // of zstd only: -131072 (fastest) to 22 (smallest)
  std::optional<std::int64_t> row_group_rows;  // at most so many in a row group, 2048 or more
  // Columns whose values repeat are stored as a dictionary of so many values at most; 0: none is.
  std::optional<std::int64_t> dictionary_values;
  // Bloom filters for the columns that have a dictionary, with this share (above 0, below 1) of false positives.
  std::optional<double> bloom_filter_false_positives;
};

}  // namespace lakelet
