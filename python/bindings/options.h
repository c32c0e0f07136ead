// The options of verbs, from the dictionaries that the pure Python makes. A key that isn't known is TypeError.
#pragma once

#include <nanobind/nanobind.h>

#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/optimize.h"
#include "lakelet/write_options.h"

namespace lakelet::python {

namespace nb = nanobind;

CreateOptions create_options(const nb::dict& given);
WriteOptions write_options(const nb::dict& given);
OptimizeOptions optimize_options(const nb::dict& given);
WriteMode write_mode(const std::string& name);
// [("add_column", {...}), ...]: the names and members of lakelet/alteration.h.
std::vector<Alteration> alterations(const nb::list& given);

}  // namespace lakelet::python
