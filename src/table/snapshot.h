// A table at one version: immutable, cheap to hold, safe to share between threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lakelet/data_file_options.h"
#include "lakelet/metadata.h"
#include "storage/location.h"
#include "table/capabilities.h"
#include "table/data_file.h"
#include "table/partitioning.h"
#include "table/predicate.h"
#include "table/row_rules.h"
#include "table/row_source.h"

namespace lakelet {

// How a file's columns are found for the table's: by Field::file_name() or by Field::id (Parquet field id).
enum class ColumnMatching { ByName, ById };

// One file to read, with all that a reader needs. What a reader doesn't know of the fields below it must refuse.
struct FileTask {
  DataFile file;
  Deletes deletes;
  // Instead of the file, whose uri is empty then: rows that no file holds. Null: none.
  std::shared_ptr<const RowSource> rows{};
  // After the deletes: records merged over the file's rows by key. Null: none.
  std::shared_ptr<const RecordMerge> merge{};
  // The rows at these positions and no others (less the deletes). Null: all.
  std::shared_ptr<const RowPositions> only{};
  // Columns of the schema, by name, that have one value in all of the file's rows, whatever the file itself holds.
  std::map<std::string, Value> constants{};
};

struct ScanRequest {
  Predicate predicate;           // files for which it can't hold are left out
  bool with_statistics = false;  // fill FileTask::file.statistics (costs parsing)
  // Only of these columns, by logical name; empty: of all. A format may give more.
  std::vector<ColumnPath> statistics_columns{};
  // Fill FileTask::file.rows. Without it, a format leaves them out where they cost reading.
  bool with_rows = true;
};

struct ScanCounts {
  std::int64_t files_total = 0;
  std::int64_t files_pruned = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t bytes_pruned = 0;
};

// A pull stream of the files that survive pruning. One consumer at a time. Keeps its snapshot alive.
class ScanPlan {
 public:
  virtual ~ScanPlan() = default;
  virtual std::optional<FileTask> next() = 0;
  virtual ScanCounts counts() const = 0;  // so far; final once next() returned nullopt
};

// Sums over the live files. Unknown where a file doesn't say.
struct TableSize {
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;  // after deletes
  bool estimated = false;            // only by Snapshot::size_estimate()
};

// What a writer has to produce for this table.
struct WriteLayout {
  Schema file_schema;  // the columns inside data files, with the names and ids that they have there
  ColumnMatching matching = ColumnMatching::ByName;
  bool field_ids = false;                      // Parquet field ids have to be written
  std::vector<ColumnPath> statistics_columns;  // whose bounds are worth collecting, by logical name
  std::uint64_t target_file_bytes = std::uint64_t{128} << 20;
  std::string compression = "snappy";
  // As in DataFileOptions; absent: the engine's choice.
  std::optional<int> compression_level{};
  std::optional<std::int64_t> row_group_rows{};
  std::optional<std::int64_t> dictionary_values{};
  std::optional<double> bloom_filter_false_positives{};
};
// The layout with what the options say instead of what the table says. Throws Error(InvalidArgument) for a value that
// no file can be written with.
WriteLayout with_options(WriteLayout layout, const DataFileOptions& options);

// How rows are known again in other versions (Delta "Row Tracking", Iceberg "Row Lineage"). A data file may keep both
// numbers in columns that are no part of the schema; where such a column is absent or null, a row has the number that
// its file gives.
struct RowTracking {
  Field row_id;       // named as people see it, with the id and name that it has in files; else first_row_id + position
  Field row_version;  // the commit that the row was last changed by; else DataFile::row_version
  bool complete =
      false;  // every file must give both: one that doesn't is Error(CorruptTable), else its rows have nulls
};

class Snapshot : public std::enable_shared_from_this<Snapshot> {
 public:
  virtual ~Snapshot() = default;
  virtual const Location& location() const = 0;
  virtual Version version() const = 0;
  virtual std::int64_t timestamp_us() const = 0;  // of its commit
  virtual const Schema& schema() const = 0;
  virtual const Partitioning& partitioning() const = 0;  // of new files
  // The one that DataFile::partitioning_id names. A format with partition evolution overrides it; here any other id
  // than the current one is Error(CorruptTable).
  virtual const Partitioning& partitioning_of(int id) const;
  virtual const Properties& properties() const = 0;
  virtual const TableMetadata& metadata() const = 0;
  // The branch that it was read from, and that a transaction on it commits to; nullopt: the table's main line.
  virtual std::optional<std::string> branch() const { return std::nullopt; }
  virtual ColumnMatching column_matching() const = 0;
  // Whether Transaction::set_schema takes a column of primitive type from the one to the other without files being
  // written again.
  virtual bool widens(const Type& /*from*/, const Type& /*to*/) const { return false; }
  // Whether a column that is added with a default has it in the rows that are there, too.
  virtual bool fills_new_columns() const { return false; }
  virtual WriteLayout write_layout() const = 0;
  // What rows must be to be written to it: none here. Throws Error(CorruptTable) for rules that nobody can read.
  virtual RowRules row_rules() const { return {}; }
  // Texts that applications keep in the table under names of their own, beside its properties.
  virtual std::map<std::string, std::string> domains() const { return {}; }
  // As Transaction::set_application_version() gave it last.
  virtual std::optional<std::int64_t> application_version(const std::string& /*application*/) const { return {}; }
  // Throws Error(UnsupportedFeature) where the table doesn't keep track of its rows.
  virtual RowTracking row_tracking() const;
  // Throws Error(UnsupportedFeature) naming feature and table, before a byte is read or written. `open` did it for
  // Read.
  virtual void require(Access access) const = 0;
  virtual std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const = 0;
  virtual TableSize size() const = 0;
  // What can be told of it without reading a large part of the metadata: for planners, never for answers.
  virtual TableSize size_estimate() const { return size(); }
};

}  // namespace lakelet
