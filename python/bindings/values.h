// lakelet's values as Python's.
#pragma once

#include <nanobind/nanobind.h>

#include <map>
#include <optional>
#include <string>

#include "lakelet/metadata.h"
#include "lakelet/report.h"
#include "lakelet/schema.h"

namespace lakelet::python {

namespace nb = nanobind;

// A cell. Nested and variant cells are JSON text in `value`.
nb::object to_python(const Value& value, const Type& type);

nb::dict to_python(const std::map<std::string, std::string>& map);
nb::object to_python(const std::optional<std::int64_t>& number);
nb::dict to_python(const PartitionValues& values);
nb::dict to_python(const Report& report);
nb::dict to_python(const HistoryEntry& entry);
nb::dict to_python(const TableMetadata& metadata);

}  // namespace lakelet::python
