// Columns that got a wider type (PROTOCOL.md, "Type Widening"). Pure functions.
#pragma once

#include <string>
#include <vector>

#include "lakelet/schema.h"

namespace lakelet::delta {

inline constexpr const char* kTypeChangesKey = "delta.typeChanges";

// Whether values of `from` may be stored in files of a column that is `to`: the protocol's list of supported changes.
// `compatible_only`: only those that Iceberg has too, which its compatibility features ask for.
bool may_widen(const Type& from, const Type& to, bool compatible_only);

// `after` with delta.typeChanges of what became of the columns of `before`, and of their elements, keys and values.
Schema record_type_changes(const Schema& before, const Schema& after);

}  // namespace lakelet::delta
