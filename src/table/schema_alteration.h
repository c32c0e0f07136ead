// What an Alteration makes of a schema. Pure functions.
#pragma once

#include "lakelet/alteration.h"
#include "lakelet/schema.h"

namespace lakelet {

// The field at the path, through structs, lists ("element") and maps ("key", "value"); nullptr if there is none.
const Field* find_part(const Schema& schema, const ColumnPath& path);

// "a.b", with names that need it in quotes.
std::string to_string(const ColumnPath& path);

// The schema with columns added, dropped, renamed, moved or changed; what isn't told stays, ids too. Alterations of
// other things leave it as it is. Throws Error(InvalidArgument): a column that isn't there, or is there already, or is
// the last of its struct.
Schema altered(const Schema& schema, const Alteration& change);

}  // namespace lakelet
