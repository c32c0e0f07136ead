#include "formats/delta/examine/state_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/delta/files/file_path.h"
#include "formats/delta/statistics/statistics_reader.h"

namespace lakelet::delta {
namespace {

using Difference = std::optional<std::string>;

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

Difference protocol_difference(const Protocol& expected, const Protocol& found) {
  const bool same = expected.reader_version == found.reader_version &&
                    expected.writer_version == found.writer_version &&
                    sorted(expected.reader_features) == sorted(found.reader_features) &&
                    sorted(expected.writer_features) == sorted(found.writer_features);
  return same ? Difference() : Difference("another protocol");
}

Difference metadata_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found) {
  const Metadata &a = expected.metadata_action(), &b = found.metadata_action();
  if (a.id != b.id) return fmt::format("the table id {} instead of {}", b.id, a.id);
  if (a.partition_columns != b.partition_columns) return "other partition columns";
  if (a.configuration != b.configuration) return "other properties";
  if (a.schema_string != b.schema_string && !(expected.schema() == found.schema())) return "another schema";
  return std::nullopt;
}

// An empty value of a partition column is null.
bool same_values(const PartitionValues& a, const PartitionValues& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.value_or("") == y.second.value_or("");
  });
}

// What readers go by, but for the key.
struct FileFacts {
  std::int64_t size = 0;
  PartitionValues values;
  std::optional<std::int64_t> base_row_id, rows;
};

using FileKey = std::pair<std::string, std::string>;

FileKey key_of(const AddFile& file) {
  return {canonical_path(file.path), file.deletion_vector ? file.deletion_vector->unique_id() : std::string()};
}

std::optional<std::int64_t> rows_of(const AddFile& file, StatisticsReader& reader) {
  return file.stats ? reader.read(*file.stats).rows : std::nullopt;
}

Difference file_difference(const FileFacts& expected, const FileFacts& found) {
  if (expected.size != found.size) return fmt::format("{} bytes instead of {}", found.size, expected.size);
  if (!same_values(expected.values, found.values)) return "other partition values";
  if (expected.base_row_id != found.base_row_id) return "another baseRowId";
  // Statistics may be left out.
  if (expected.rows && found.rows && *expected.rows != *found.rows) {
    return fmt::format("{} rows instead of {}", *found.rows, *expected.rows);
  }
  return std::nullopt;
}

Difference files_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found) {
  std::map<FileKey, FileFacts> files;
  StatisticsReader reader({});
  const auto facts = [&](const AddFile& file) {
    return FileFacts{file.size, file.partition_values, file.base_row_id, rows_of(file, reader)};
  };
  expected.for_each_file([&](const AddFile& file) {
    files.emplace(key_of(file), facts(file));
    return true;
  });
  Difference difference;
  found.for_each_file([&](const AddFile& file) {
    const auto at = files.find(key_of(file));
    if (at == files.end()) {
      difference = fmt::format("the file {}, which isn't live or comes twice", file.path);
      return false;
    }
    if (const auto what = file_difference(at->second, facts(file))) {
      difference = fmt::format("the file {} with {}", file.path, *what);
      return false;
    }
    files.erase(at);
    return true;
  });
  if (difference || files.empty()) return difference;
  return fmt::format("{} live files less, {} for one", files.size(), files.begin()->first.first);
}

Difference domain_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found) {
  if (expected.state().domains == found.state().domains) return std::nullopt;
  return "other domain metadata";
}

// Transactions may have expired; one that is there is the newest of its application.
Difference transaction_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found) {
  for (const auto& [application, txn] : found.state().transactions) {
    const auto at = expected.state().transactions.find(application);
    if (at != expected.state().transactions.end() && at->second.version == txn.version) continue;
    return fmt::format("another version of the application {}", application);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> state_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found) {
  if (auto difference = protocol_difference(expected.protocol(), found.protocol())) return difference;
  for (const auto& compare : {metadata_difference, domain_difference, transaction_difference, files_difference}) {
    if (auto difference = compare(expected, found)) return difference;
  }
  return std::nullopt;
}

}  // namespace lakelet::delta
