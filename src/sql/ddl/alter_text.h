// ALTER TABLE in the forms that DuckDB's parser doesn't take: several properties with capitals in their names,
// constraints, places of columns, parts of nested columns, NOT NULL and comments of new columns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/layout_change.h"

namespace lakelet::sql {

// The option under which the rest of such a statement travels through DuckDB's parser.
inline constexpr const char* kAlterOption = "lakelet.alter";

// The text with each such statement as ALTER TABLE name SET ("lakelet.alter" = 'the rest'); everything else as it is.
//   ADD [COLUMN] [IF NOT EXISTS] a.b TYPE [DEFAULT value] [NOT NULL] [COMMENT 'text'] [FIRST | AFTER c]
//   ALTER [COLUMN] a.b { [SET DATA] TYPE t | { SET | DROP } NOT NULL | COMMENT 'text' | FIRST | AFTER c }
//   ADD CONSTRAINT name CHECK (condition), DROP CONSTRAINT [IF EXISTS] name
//   CLUSTER BY { (a, b.c) | NONE }
//   SET [TBLPROPERTIES] (a.b = 'x', ...), { RESET | UNSET TBLPROPERTIES [IF EXISTS] } (a.b, ...)
//   { CREATE [OR REPLACE] | REPLACE } { BRANCH | TAG } [IF NOT EXISTS] b [AS OF VERSION n] [RETAIN n DAYS]
//     [WITH SNAPSHOT RETENTION [n SNAPSHOTS] [n DAYS]], ALTER { BRANCH | TAG } b with the same end
//   DROP { BRANCH | TAG } [IF EXISTS] b, FAST FORWARD BRANCH b TO c
//   ADD PARTITION FIELD bucket(16, a) [AS name], DROP PARTITION FIELD f, REPLACE PARTITION FIELD f WITH g [AS name]
//   WRITE [LOCALLY] ORDERED BY a DESC NULLS LAST, day(b), WRITE UNORDERED, { SET | RESET } SORTED BY
// COMMENT ON COLUMN 'path'.name and DROP TABLE 'path' have their path in double quotes afterwards.
std::string rewrite_alter(const std::string& text);

// What the rest of such a statement asks for. Throws Error(InvalidArgument).
Alteration parse_alter(const std::string& rest);

// Likewise, of layout and names of versions; nullopt for other alterations.
std::optional<LayoutChange> parse_layout_change(const std::string& rest);

}  // namespace lakelet::sql
