// What keeps a table healthy, and looks at it as a whole: on tables and on sessions.
#pragma once

#include <nanobind/nanobind.h>

#include "bindings/table.h"

namespace lakelet::python {

namespace nb = nanobind;

void bind_upkeep(nb::module_& module, nb::class_<BoundTable>& table);
void bind_upkeep(nb::class_<Session>& session);

}  // namespace lakelet::python
