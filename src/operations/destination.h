// Where a new table is to be that has the files of another place.
#pragma once

#include "table/table_format.h"

namespace lakelet::operations {

// Throws AlreadyExists if a table of any format is there, InvalidArgument if it is a file.
void require_no_table_at(const FormatRegistry& formats, const Location& destination);

// Throws InvalidArgument if one of the two lies in the other.
void require_beside(const Location& source, const Location& destination);

// Throws InvalidArgument for a folder that has something in it, which would get mixed with the table's files.
void require_empty(const Location& destination);

}  // namespace lakelet::operations
