// Statistics that a checkpoint keeps in columns ("stats_parsed": PROTOCOL.md,
// "Checkpoint Schema").
#pragma once

#include <string>
#include <vector>

#include "formats/delta/checkpoint/arrow_rows.h"
#include "formats/delta/statistics/statistics_reader.h"

namespace lakelet::delta {

// Those of some columns, typed: no text is made or parsed. What pruning may
// believe of them is the same as of JSON.
class ParsedStatistics {
 public:
  explicit ParsedStatistics(std::vector<StatisticsReader::Column> columns);

  // What to ask TabularIo for.
  std::vector<std::string> names() const;
  // The current batch, in which those columns begin at `first`. Before read()
  // and any(), after each ArrowRows::next().
  void bind(const ArrowRows& rows, std::size_t first);
  // Whether one of the first `rows` files has any.
  bool any(std::int64_t rows) const;
  FileStatistics read(std::int64_t row) const;

 private:
  struct Cell {
    const ArrowArrayView* view = nullptr;  // null: there is no such column
    ArrowSchemaView type;
  };
  std::vector<StatisticsReader::Column> columns_;
  std::vector<Cell> cells_;  // in the order of names()
};

// All of them, as the JSON text that `stats` would have.
class ParsedStatisticsText {
 public:
  ParsedStatisticsText();
  ~ParsedStatisticsText();
  ParsedStatisticsText(const ParsedStatisticsText&) = delete;
  ParsedStatisticsText& operator=(const ParsedStatisticsText&) = delete;
  // The column "stats_parsed" of the current batch.
  void bind(const ArrowSchema& schema, const ArrowArrayView& view);
  std::string text(std::int64_t row) const;  // empty: none

 private:
  struct Column;
  std::unique_ptr<Column> column_;
};

}  // namespace lakelet::delta
