// What becomes of a table's columns when rows come that have more.
#pragma once

#include <functional>

#include "lakelet/schema.h"

namespace lakelet {

// Whether a column may go from the one primitive type to the other: Snapshot::widens.
using Widens = std::function<bool(const Type& from, const Type& to)>;

// `table` with the columns that only `rows` has, behind its own, also within structs, elements and values; new ones may
// have nulls. A column whose rows have a type that it may go to gets that type. All else stays as `table` has it.
Schema merged_schema(const Schema& table, const Schema& rows, const Widens& widens);

}  // namespace lakelet
