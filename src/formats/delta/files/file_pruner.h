// Which files of a version a condition may hold in: by their partition values
// first, then by their statistics.
#pragma once

#include <map>
#include <vector>

#include "formats/delta/files/live_files.h"
#include "formats/delta/files/partition_reader.h"
#include "table/snapshot.h"

namespace lakelet::delta {

// Not thread-safe.
class FilePruner {
 public:
  FilePruner(const Schema& schema, const Partitioning& partitioning, Predicate predicate);

  // Statistics that somebody wants besides those that the condition names, by
  // logical path (empty: of all columns). Before the first file.
  void want_statistics(const Schema& schema, const std::vector<ColumnPath>& columns);
  // What FileRequest::columns has to be for statistics_match().
  const std::vector<StatisticsReader::Column>& statistics() const { return statistics_; }
  // The wanted ones: their paths, and where they are in statistics().
  const std::vector<std::pair<ColumnPath, std::size_t>>& wanted() const { return wanted_; }
  bool prunes_by_partition() const { return prunes_by_partition_; }
  bool prunes_by_statistics() const { return prunes_by_statistics_; }

  // Looks at the file's partition values; what follows is about this file.
  // Throws Error(CorruptTable) naming the file.
  Match partition_match(const FileActionView& file);
  // With its statistics too: no weaker than partition_match().
  Match statistics_match(const FileStatistics& statistics);
  // The values of the partition columns, in the order of the partitioning.
  std::vector<Value> partition_values(const FileActionView& file);

 private:
  // Where what is known of a column of the condition comes from.
  struct Column {
    ColumnPath path;  // as the condition spells it
    Type type;
    int partition = -1;
    int statistics = -1;  // index into statistics_
  };
  int partition_index(const Partitioning& partitioning, const ColumnPath& path) const;
  int statistics_index(StatisticsReader::Column column);
  void add_column(const Schema& schema, const Partitioning& partitioning, ColumnPath path);
  const Column* find_column(const ColumnPath& path) const;

  Predicate predicate_;
  std::vector<PartitionColumnSpec> partition_columns_;
  std::vector<Column> columns_;
  std::vector<StatisticsReader::Column> statistics_;
  std::vector<std::pair<ColumnPath, std::size_t>> wanted_;
  bool prunes_by_partition_ = false, prunes_by_statistics_ = false;

  PartitionReader partitions_;
  std::vector<std::uint32_t> codes_,
      named_codes_;  // of the current file: of all fields; of those that the
                     // condition names
  std::map<std::vector<std::uint32_t>, Match> by_partition_;
};

}  // namespace lakelet::delta
