// One bound of a column in the log's statistics: a JSON token -> Value.
#pragma once

#include <optional>
#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::delta {

enum class Bound { Min, Max };

// `token`: the text of a JSON number or literal as it stands (`quoted` false),
// or the content of a JSON string. The result is never narrower than what the
// token was made from. nullopt: it tells nothing.
std::optional<Value> read_bound(std::string_view token, bool quoted, const Type& type, Bound bound, bool widened);

// The same, but just what the token says. nullopt: it isn't of the type.
std::optional<Value> read_bound_as_written(std::string_view token, bool quoted, const Type& type);

// "Timestamp columns are truncated down to milliseconds": the true maximum may
// lie up to 999 microseconds higher.
Value widened_timestamp(std::int64_t us, Bound bound);

// Whether Delta keeps bounds for columns of the type.
bool has_bounds(const Type& type);

}  // namespace lakelet::delta
