// Building Arrow arrays cell by cell, for the types that Delta's columns have.
#pragma once

#include <nanoarrow/nanoarrow.h>

#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::delta {

// Throws Error(Exhausted) for anything but success: nothing else goes wrong while a checkpoint is built.
void require_ok(ArrowErrorCode code);

void append_text(ArrowArray* array, std::string_view text);

// Whether a primitive type of Delta's can be a typed column of a checkpoint.
bool has_cells(const Type& type);
// Of such a type.
void set_cell_type(ArrowSchema* schema, const Type& type);
// The value, which may be null, of such a type.
void append_value(ArrowArray* array, const Type& type, const Value& value);

}  // namespace lakelet::delta
