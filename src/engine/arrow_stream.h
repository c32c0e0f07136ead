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
// errno value (TabularIo says which); get_last_error() then has Error::what(), and stream_error() the Error itself.
// Columns come as result_type() says. `finished` is called once: when the last batch was given out, or when the stream
// failed or was released. `given` is told after each batch how many rows were given out.
OwnedArrowStream to_arrow_stream(duckdb::unique_ptr<duckdb::QueryResult> result, std::shared_ptr<void> keep_alive,
                                 std::function<void()> finished = {},
                                 std::uint64_t batch_rows = 32 * STANDARD_VECTOR_SIZE,
                                 std::function<void(std::int64_t rows)> given = {});

// A stream as a table, for any query on any connection of this database. It must outlive them.
class ArrowSource {
 public:
  explicit ArrowSource(OwnedArrowStream stream);                 // can be read once
  explicit ArrowSource(std::function<OwnedArrowStream()> open);  // each reading opens its rows anew, from any thread
  ~ArrowSource();
  // The reference that stands in a FROM clause: for a replacement scan. Errors of the stream pass through as they are.
  duckdb::unique_ptr<duckdb::TableRef> table_ref() const;
  // Makes it the temporary view `name` of a connection, instead of what had the name before.
  void create_view(duckdb::Connection& connection, const std::string& name) const;
  bool consumed() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::engine
