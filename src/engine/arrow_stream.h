// DuckDB's results as Arrow streams, and Arrow streams as DuckDB tables. Both stream: memory is that of a few batches.
#pragma once

#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/arrow_batches.h"
#include "lakelet/arrow.h"

namespace lakelet::engine {

// The stream pulls from `result` and owns it, and `keep_alive` (the connection) with it. A failing get_next returns an
// errno value; get_last_error() then has Error::what(), and stream_error() the Error itself.
// `finished` is called once: when the last batch was given out, or when the stream failed or was released.
OwnedArrowStream to_arrow_stream(duckdb::unique_ptr<duckdb::QueryResult> result, std::shared_ptr<void> keep_alive,
                                 std::function<void()> finished = {});

// A relation over the stream, `SELECT * FROM` it once: the FROM clause of a query on any connection of this database.
// The table function's single argument is the address of the shared source, which `hold` keeps alive.
class ArrowSource {
 public:
  explicit ArrowSource(OwnedArrowStream stream);
  ~ArrowSource();
  // "arrow_scan(<addresses>)": text for a FROM clause or the body of a view. Valid while this object lives.
  std::string from_clause() const;
  // The same as a table reference, for a replacement scan.
  duckdb::unique_ptr<duckdb::TableRef> table_ref() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::engine
