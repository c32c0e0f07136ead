#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "lakelet/error.h"
#include "table/snapshot.h"

namespace lakelet {
namespace {

constexpr std::array<std::string_view, 6> kCodecs = {"snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"};
constexpr int kFastest = -131072, kSmallest = 22;
constexpr std::int64_t kLeastRowGroup = 2048;

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorCode::InvalidArgument, what, hint);
}

void check(const WriteLayout& layout) {
  if (std::find(kCodecs.begin(), kCodecs.end(), layout.compression) == kCodecs.end()) {
    refuse(fmt::format("data files can't be compressed with '{}'", layout.compression),
           "one of snappy, zstd, gzip, brotli, lz4_raw, uncompressed");
  }
  if (const auto level = layout.compression_level) {
    if (layout.compression != "zstd") {
      refuse(fmt::format("{} has no compression levels", layout.compression), "use zstd, or leave the level out");
    }
    if (*level < kFastest || *level > kSmallest) {
      refuse(fmt::format("{} is no compression level", *level), "zstd has -131072 to 22");
    }
  }
  if (layout.target_file_bytes == 0) refuse("files of 0 bytes can't be written", "give a size such as 128MB");
  if (const auto rows = layout.row_group_rows; rows && *rows < kLeastRowGroup) {
    refuse(fmt::format("a row group of {} rows is too small", *rows), "2048 or more");
  }
  if (const auto values = layout.dictionary_values; values && *values < 0) {
    refuse(fmt::format("a dictionary can't have {} values", *values), "0 or more");
  }
  if (const auto share = layout.bloom_filter_false_positives; share && !(*share > 0 && *share < 1)) {
    refuse(fmt::format("a bloom filter can't have {} of false positives", *share),
           "a share between 0 and 1, such as 0.01");
  }
}

}  // namespace

WriteLayout with_options(WriteLayout layout, const DataFileOptions& options) {
  if (options.target_bytes) layout.target_file_bytes = *options.target_bytes;
  if (!options.compression.empty()) layout.compression = options.compression;
  if (options.compression_level) layout.compression_level = options.compression_level;
  if (options.row_group_rows) layout.row_group_rows = options.row_group_rows;
  if (options.dictionary_values) layout.dictionary_values = options.dictionary_values;
  if (options.bloom_filter_false_positives) layout.bloom_filter_false_positives = options.bloom_filter_false_positives;
  check(layout);
  return layout;
}

}  // namespace lakelet
