// ALTER TABLE in the forms that DuckDB's parser doesn't take: several properties with capitals in their names,
// constraints, places of columns, parts of nested columns, NOT NULL and comments of new columns.
#pragma once

#include <string>
#include <vector>

#include "lakelet/alteration.h"

namespace lakelet::sql {

// The option under which the rest of such a statement travels through DuckDB's parser.
inline constexpr const char* kAlterOption = "lakelet.alter";

// The text with each such statement as ALTER TABLE name SET ("lakelet.alter" = 'the rest'); everything else as it is.
//   ADD [COLUMN] [IF NOT EXISTS] a.b TYPE [DEFAULT value] [NOT NULL] [COMMENT 'text'] [FIRST | AFTER c]
//   ALTER [COLUMN] a.b { [SET DATA] TYPE t | { SET | DROP } NOT NULL | COMMENT 'text' | FIRST | AFTER c }
//   ADD CONSTRAINT name CHECK (condition), DROP CONSTRAINT [IF EXISTS] name
//   CLUSTER BY { (a, b.c) | NONE }
//   SET [TBLPROPERTIES] (a.b = 'x', ...), { RESET | UNSET TBLPROPERTIES [IF EXISTS] } (a.b, ...)
// COMMENT ON COLUMN 'path'.name and DROP TABLE 'path' have their path in double quotes afterwards.
std::string rewrite_alter(const std::string& text);

// What the rest of such a statement asks for. Throws Error(InvalidArgument).
Alteration parse_alter(const std::string& rest);

}  // namespace lakelet::sql
