// What each file of this folder adds to the module _lakelet: one noun a file. The pure Python beside it gives the names
// that people use.
#pragma once

#include <nanobind/nanobind.h>

namespace lakelet::python {

namespace nb = nanobind;

void bind_errors(nb::module_& module);
void bind_schema(nb::module_& module);
void bind_records(nb::module_& module);
void bind_source(nb::module_& module);
void bind_rows(nb::module_& module);
void bind_scan(nb::module_& module);
void bind_table(nb::module_& module);
void bind_session(nb::module_& module);

}  // namespace lakelet::python
