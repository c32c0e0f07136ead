// SQL's char(n) and varchar(n) on the way into a table: Field::longest and Field::padded_to.
#pragma once

#include <duckdb.hpp>

#include "lakelet/schema.h"

namespace lakelet::sql {

// Whether the field or a part of it has a length.
bool has_text_length(const Field& field);

// As SQL assigns text: spaces beyond the length go, shorter char(n) gets spaces up to it. `rows` are the table's
// columns; those that change are replaced. Throws Error(ConstraintViolation) naming column and length for longer text.
void fit_text(const Schema& schema, duckdb::DataChunk& rows);

}  // namespace lakelet::sql
