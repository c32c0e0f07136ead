// Writes metadata files (spec.md, "Table Metadata").
#pragma once

#include <string>

#include "formats/iceberg/metadata/table_metadata.h"

namespace lakelet::iceberg {

// The JSON of a metadata file. Schemas, specs, orders and snapshots that were in `metadata.text` are copied as they are
// there, with all that nobody here knows of; so are members of the table that aren't known. Statistics files of
// snapshots that are gone go too.
std::string write_table_metadata(const TableMetadataFile& metadata);

}  // namespace lakelet::iceberg
