// Rows of a query or a scan, as they come: either as an Arrow stream, or one by one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "lakelet/arrow.h"
#include "lakelet/schema.h"
#include "lakelet/value.h"

namespace lakelet {

// Pulled, never pushed: memory stays bounded however many rows there are. Move-only; one thread at a time. Destroying
// it before its end stops the query behind it. Keeps everything that it needs alive, the session included.
class Rows {
 public:
  // `keep_alive` is let go with the last row.
  Rows(Schema schema, OwnedArrowStream stream, std::shared_ptr<void> keep_alive = {});
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  const Schema& schema() const;

  // Hands the rows that weren't pulled yet to whoever reads Arrow: batches are struct arrays, one child for each field
  // of schema(). A pull may fail with the message of the Error that next() would throw.
  OwnedArrowStream into_stream() &&;

  // The next rows as a batch: a struct array with a child for each field of schema(); null after the last. Throws as
  // next() does, which isn't to be mixed with this.
  OwnedArrowArray next_batch();

  // Moves to the next row; false after the last. Throws Error: what the query throws, Cancelled.
  bool next();
  // A cell of the current row. Nested and variant cells come as JSON text. `column` is below schema().size().
  Value value(std::size_t column) const;
  // The same as a person reads it: "2025-01-31 12:00:00+00", "14.0", "NULL".
  std::string text(std::size_t column) const;
  bool is_null(std::size_t column) const;
  // The same as JSON: 14.0, "2025-01-31T12:00:00Z", {"a":1}, null. A map is an object; NaN is the string "NaN".
  std::string json(std::size_t column) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet
