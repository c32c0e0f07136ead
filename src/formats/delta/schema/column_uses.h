// Where the table's metadata names a column, so that it can't be dropped, renamed or made another type. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

// Whether SQL text has the name as a word of its own, in any case, quoted or not, outside of string literals.
bool mentions(std::string_view sql, std::string_view name);

// "the constraint positive (a > 0)", "the generated column b": the first that mentions the top-level column; nullopt if
// none does. A part of a column is used if the column is and the part's own name stands there too.
std::optional<std::string> use_of(const std::string& column, const std::string& part, const Schema& schema,
                                  const StringMap& properties);

}  // namespace lakelet::delta
