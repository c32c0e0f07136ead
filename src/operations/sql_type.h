// A type as the engine's SQL spells it, for casts and for readers of text files.
#pragma once

#include <string>

#include "lakelet/schema.h"

namespace lakelet::operations {

// "TIMESTAMP WITH TIME ZONE", "DECIMAL(10,2)", "STRUCT(\"a\" INTEGER, \"b\" VARCHAR[])". Empty for a type that text
// can't be cast to directly (variant, geometry, null).
std::string sql_type(const Type& type);

}  // namespace lakelet::operations
