// What a table says of itself: versions, properties, history, files and partitions. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lakelet/value.h"

namespace lakelet {

using Version = std::int64_t;
using Properties = std::map<std::string, std::string>;

// Which version of a table is meant. Every surface addresses versions this way.
struct LatestVersion {};
struct AtTimestamp {
  std::int64_t us = 0;
};  // the last version that was committed at or before it (us since the epoch)
struct AtReference {
  std::string name;
};  // a branch or tag
using VersionSelector = std::variant<LatestVersion, Version, AtTimestamp, AtReference>;

struct TableMetadata {
  std::string id;  // the format's table id, may be empty
  std::string name;
  std::string description;
  std::optional<std::int64_t> created_us;
  std::string format;  // "delta", "iceberg" ...
  // The format's own version and features for people to read: {"reader version", "1"}, {"writer features", "..."}.
  std::vector<std::pair<std::string, std::string>> protocol;
};

// One commit, as the table's history tells it.
struct HistoryEntry {
  Version version = 0;
  std::int64_t timestamp_us = 0;
  std::string operation;  // in the format's words: "WRITE", "append"
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> metrics;
  std::string user;
  std::string engine;
  std::map<std::string, std::string> other;  // whatever else the commit says
};

// The values of a partition by the partition's name, as text that SQL can cast; nullopt is NULL.
using PartitionValues = std::vector<std::pair<std::string, std::optional<std::string>>>;

// One live data file.
struct FileInfo {
  std::string path;  // as the format records it: relative to the table, or absolute
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;  // as stored; rows that were deleted from it since are in deleted_rows
  std::int64_t deleted_rows = 0;
  PartitionValues partition;
  std::int64_t modified_us = 0;  // microseconds since the epoch
};

// One partition with live files.
struct PartitionInfo {
  PartitionValues values;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;  // absent if a file doesn't say
};

// A table at a glance.
struct TableDetail {
  std::string uri;
  TableMetadata metadata;
  Version version = 0;
  std::int64_t modified_us = 0;  // when that version was committed
  std::vector<std::string> partition_columns;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;
  Properties properties;
};

}  // namespace lakelet
