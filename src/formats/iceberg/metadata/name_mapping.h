// Which columns of files without field ids are which of the table's (spec.md, "Column Projection").
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::iceberg {

// The property schema.name-mapping.default as DataFile::columns: one field for each name, with its id. The parts of
// lists and maps are fields of the names "element", "key" and "value". Throws Error(CorruptTable).
std::shared_ptr<const Schema> read_name_mapping(std::string_view json);

// The property for files whose columns have the names that Field::file_name() of `in_files` gives; `schema` is the same
// one with ids, at every depth (spec.md, "Name Mapping Serialization").
std::string write_name_mapping(const Schema& schema, const Schema& in_files);

// The first of the columns, which have ids, that the mapping doesn't know by name and id; nullopt: it knows them all.
std::optional<std::string> find_unmapped(const Schema& mapping, const Schema& columns);

}  // namespace lakelet::iceberg
