// Which columns of files without field ids are which of the table's (spec.md, "Column Projection").
#pragma once

#include <memory>
#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::iceberg {

// The property schema.name-mapping.default as DataFile::columns: one field for each name, with its id. The parts of
// lists and maps are fields of the names "element", "key" and "value". Throws Error(CorruptTable).
std::shared_ptr<const Schema> read_name_mapping(std::string_view json);

}  // namespace lakelet::iceberg
