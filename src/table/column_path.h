// Names of columns, nested ones too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/alteration.h"  // ColumnPath
#include "lakelet/schema.h"

namespace lakelet {

// The one comparison of names: without regard to ASCII case.
bool same_name(std::string_view a, std::string_view b);

// The field at the path through structs (not into lists or maps); nullptr if there is none.
const Field* find_field(const Schema& schema, const ColumnPath& path);

// The path that a dotted name means, in the schema's own spelling. A column whose name has a dot in it goes first.
std::optional<ColumnPath> resolve_dotted(const Schema& schema, std::string_view dotted);

}  // namespace lakelet
