#include "bindings/bind.h"
#include "lakelet/version.h"

NB_MODULE(_lakelet, module) {
  using namespace lakelet::python;
  lakelet::python::nb::set_leak_warnings(false);  // what a traceback still holds at exit is no leak
  module.attr("__version__") = lakelet::kVersion;
  bind_errors(module);
  bind_schema(module);
  bind_records(module);
  bind_source(module);
  bind_rows(module);
  bind_scan(module);
  bind_table(module);
  bind_session(module);
}
