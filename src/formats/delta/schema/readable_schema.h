// From the schema that the log records to the one that readers see.
#pragma once

#include "lakelet/schema.h"

namespace lakelet::delta {

// Without void columns, as Spark shows tables: they hold nothing, and are in no data file (PROTOCOL.md, "Void Type").
// Where nothing else would be left, they stay.
Schema without_void_columns(const Schema& schema);

// The void columns of `recorded` put back into what became of it without them, as long as any of its columns are left.
Schema with_void_columns(const Schema& schema, const Schema& recorded);

// "Readers must validate that they support all type changes in the delta.typeChanges field" (PROTOCOL.md, "Type
// Widening"). Throws Error(UnsupportedFeature) naming the column and the change that isn't one of the protocol's.
void require_known_type_changes(const Schema& schema);

// Whether the protocol knows a change of a primitive type from one to the other, values of `from` all being ones of
// `to`. False for the same type, unless both are integers.
bool is_widening(const Type& from, const Type& to);

}  // namespace lakelet::delta
