// SQL's char(n) and varchar(n) in a schema: Spark keeps the column as a string and its SQL type beside it, in the
// field's metadata under __CHAR_VARCHAR_TYPE_STRING ("char(5)", "struct<a:char(3),b:array<char(2)>>"). Reading pads
// such text with spaces.
#pragma once

#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::delta {

inline constexpr const char* kCharTypeKey = "__CHAR_VARCHAR_TYPE_STRING";

// Sets Field::longest where `sql_type` has a char(n) or varchar(n), and Field::padded_to for the former, in nested
// types too. Text that doesn't fit the field's type says nothing.
void apply_char_type(std::string_view sql_type, Field& field);

}  // namespace lakelet::delta
