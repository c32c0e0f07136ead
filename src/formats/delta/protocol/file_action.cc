#include "formats/delta/protocol/file_action.h"

#include <fmt/format.h>

#include "base/percent_encoding.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/files/partition_value.h"
#include "formats/delta/statistics/statistics_reader.h"
#include "formats/delta/statistics/statistics_writer.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

// Partition columns are top-level; the name that the log uses for one is its name in files.
const Field& partition_column(const Schema& schema, const PartitionField& field) {
  const Field* column = find_field(schema, {field.column});
  if (!column) throw Error(ErrorCode::Internal, "the partition column '" + field.column + "' isn't in the schema");
  return *column;
}

}  // namespace

std::string log_path_of(const std::string& uri, const Location& table) {
  const std::string folder = table.uri.ends_with('/') ? table.uri : table.uri + "/";
  if (uri.starts_with(folder)) return percent_encode_path(std::string_view(uri).substr(folder.size()));
  return absolute_log_path(uri);
}

AddFile make_add(const DataFile& file, const AddRules& rules) {
  if (file.partition_values.size() != rules.partitioning.fields.size()) {
    throw Error(ErrorCode::Internal,
                fmt::format("{} has {} partition values, the table has {} partition columns", file.uri,
                            file.partition_values.size(), rules.partitioning.fields.size()));
  }
  AddFile add;
  add.path = log_path_of(file.uri, rules.table);
  for (std::size_t i = 0; i < file.partition_values.size(); ++i) {
    const Field& column = partition_column(rules.schema, rules.partitioning.fields[i]);
    add.partition_values[column.file_name()] = write_partition_value(file.partition_values[i], column.type);
  }
  add.size = static_cast<std::int64_t>(file.bytes);
  add.modification_time_ms = file.modified_us > 0 ? file.modified_us / 1000 : rules.now_ms;
  add.data_change = rules.data_change;
  add.stats = write_statistics(file, rules.schema, rules.statistics_columns);
  return add;
}

AddFile restate(AddFile add, const DataFile& known, const AddRules& rules) {
  add.stats = write_statistics(known, rules.schema, rules.statistics_columns);
  // Without the word it would be true as well; after a delete readers should see that somebody meant it.
  if (add.stats && add.deletion_vector) add.stats->insert(add.stats->size() - 1, ",\"tightBounds\":true");
  add.data_change = false;
  return add;
}

RemoveFile make_remove(const AddFile& add, std::int64_t now_ms, bool data_change) {
  RemoveFile remove;
  remove.path = add.path;
  remove.deletion_timestamp_ms = now_ms;
  remove.data_change = data_change;
  remove.extended_file_metadata = true;
  remove.partition_values = add.partition_values;
  remove.size = add.size;
  remove.tags = add.tags;
  remove.deletion_vector = add.deletion_vector;
  remove.base_row_id = add.base_row_id;
  remove.default_row_commit_version = add.default_row_commit_version;
  return remove;
}

DataFile describe_add(const AddFile& add, const Schema& schema, const Partitioning& partitioning,
                      const std::vector<ColumnPath>& columns) {
  DataFile file;
  file.path = add.path;
  file.bytes = static_cast<std::uint64_t>(add.size);
  file.partitioning_id = partitioning.id;
  for (const PartitionField& field : partitioning.fields) {
    const Field& column = partition_column(schema, field);
    const auto value = add.partition_values.find(column.file_name());
    file.partition_values.push_back(value == add.partition_values.end() ? Value()
                                                                        : read_partition_value(value->second, column));
  }
  if (!add.stats) return file;
  std::vector<ColumnPath> paths;
  std::vector<StatisticsReader::Column> wanted;
  for (const ColumnPath& path : columns) {
    if (auto column = statistics_column(schema, path)) {
      paths.push_back(path);
      wanted.push_back(*std::move(column));
    }
  }
  FileStatistics known = StatisticsReader(std::move(wanted)).read(*add.stats);
  file.rows = known.rows;
  for (std::size_t i = 0; i < paths.size(); ++i) file.statistics[paths[i]] = std::move(known.columns[i]);
  return file;
}

}  // namespace lakelet::delta
