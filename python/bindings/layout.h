// How a table's versions are named and its files laid out.
#pragma once

#include <nanobind/nanobind.h>

#include "bindings/table.h"

namespace lakelet::python {

namespace nb = nanobind;

void bind_layout(nb::class_<BoundTable>& table);

}  // namespace lakelet::python
