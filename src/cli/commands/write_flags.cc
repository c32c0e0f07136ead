#include "cli/commands/write_flags.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "lakelet/configuration.h"
#include "lakelet/error.h"

namespace lakelet::cli {

void WriteFlags::declare(Command& command) {
  command.option("--if-version", if_version, "N", "Commit only if N is still the newest version (exit code 7 if not)");
  command.option("--user-metadata", user_metadata, "NAME=VALUE", "Kept in the table's history; may be repeated");
  command.option("--target-size", target_size, "SIZE", "Of new data files, about (default: the table's, or 128 MiB)");
  command.option(
      "--compression", compression, "CODEC",
      "Of new data files: snappy, zstd, gzip, brotli, lz4_raw, uncompressed (default: the table's, or snappy)");
  command.option("--compression-level", compression_level, "N", "Of zstd: 1 (fast) to 22 (small)");
  command.option("--row-group-rows", row_group_rows, "N",
                 "Rows in a row group of new data files, at most (default: 122880)");
  command.option("--bloom-filters", bloom_filters, "SHARE",
                 "Write bloom filters with this share of false positives, for example 0.01 (default: none)");
}

DataFileOptions WriteFlags::data_files() const {
  DataFileOptions files;
  if (!target_size.empty()) files.target_bytes = parse_byte_size(target_size);
  files.compression = compression;
  if (compression_level) {
    const auto limited =
        std::clamp<std::int64_t>(*compression_level, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
    files.compression_level = static_cast<int>(limited);
  }
  files.row_group_rows = row_group_rows;
  if (!bloom_filters.empty()) {
    double share = 0;
    const char* end = bloom_filters.data() + bloom_filters.size();
    if (const auto read = std::from_chars(bloom_filters.data(), end, share);
        read.ec != std::errc{} || read.ptr != end) {
      throw Error(ErrorCode::InvalidArgument, "--bloom-filters needs a number, not '" + bloom_filters + "'",
                  "a share between 0 and 1, such as 0.01");
    }
    files.bloom_filter_false_positives = share;
  }
  return files;
}

WriteOptions WriteFlags::options() const {
  WriteOptions options;
  options.if_version = if_version;
  options.files = data_files();
  for (const auto& [name, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[name] = value;
  return options;
}

}  // namespace lakelet::cli
