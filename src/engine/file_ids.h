// Field ids for the columns of files that have none of their own.
#pragma once

#include "engine/stored_columns.h"
#include "lakelet/schema.h"

namespace lakelet::engine {

// Gives each column of the file the id of the field of its name in `columns` (DataFile::columns), at every depth; the
// parts of lists and maps are called "element", "key" and "value". A file that has an id anywhere stays as it is.
// Throws Error(UnsupportedFeature) where nothing tells what the columns are.
void give_ids(StoredFile& file, const Schema& columns);

}  // namespace lakelet::engine
