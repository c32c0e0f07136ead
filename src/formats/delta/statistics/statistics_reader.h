// The statistics of a file in the log (PROTOCOL.md, "Per-file Statistics") ->
// what pruning may believe of its columns.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/schema.h"
#include "table/data_file.h"

namespace lakelet::delta {

struct FileStatistics {
  std::optional<std::int64_t> rows;       // as stored, before deletion vectors
  std::vector<ColumnStatistics> columns;  // one for each column asked for; unknown: all absent
  std::optional<bool> tight = {};         // "tightBounds", where it is given
};

// Parses only the columns that it was made for. Bounds come out wide enough for
// all that writers do to them: timestamps cut to the millisecond, long strings
// cut off, decimals that went through a double, floats that ignore NaN.
// Statistics only decorate: text that isn't as it should be tells nothing, and
// is no error. Reuses its buffers; not thread-safe.
class StatisticsReader {
 public:
  struct Column {
    ColumnPath physical;   // names in the file from the top
    Type type;             // primitive
    bool widened = false;  // its type was changed: older bounds are of a narrower one
  };
  // AsWritten: for writing them elsewhere. Nothing is widened, and nothing taken away.
  enum class Bounds { Believable, AsWritten };
  explicit StatisticsReader(std::vector<Column> columns, Bounds bounds = Bounds::Believable);
  ~StatisticsReader();
  StatisticsReader(const StatisticsReader&) = delete;
  StatisticsReader& operator=(const StatisticsReader&) = delete;

  FileStatistics read(std::string_view json);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The last step for statistics of these columns, wherever they were read: what
// their types and loose bounds ("tightBounds" false) take from them.
void finish_statistics(const std::vector<StatisticsReader::Column>& columns, bool tight, FileStatistics& statistics);

// A leaf column below structs, by its logical path; nullopt where Delta keeps
// no bounds (lists, maps, variants) or there is no such column.
std::optional<StatisticsReader::Column> statistics_column(const Schema& schema, const ColumnPath& path);

// Every leaf column that may have statistics, by its logical path.
std::vector<std::pair<ColumnPath, StatisticsReader::Column>> statistics_columns(const Schema& schema);

}  // namespace lakelet::delta
