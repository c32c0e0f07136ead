#include <nanobind/stl/string.h>

#include <exception>

#include "bindings/bind.h"
#include "lakelet/error.h"

namespace lakelet::python {
namespace {

// lakelet.errors has a class for each code; its factory makes the exception.
void raise_as_python(const Error& error) {
  nb::list context;
  for (const std::string& where : error.context()) context.append(where);
  nb::object made = nb::module_::import_("lakelet.errors")
                        .attr("_from_native")(std::string(to_string(error.code())), error.what(), error.message(),
                                              error.hint(), context);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
}

}  // namespace

void bind_errors(nb::module_&) {
  nb::register_exception_translator([](const std::exception_ptr& raised, void*) {
    try {
      std::rethrow_exception(raised);
    } catch (const Error& error) {
      raise_as_python(error);
    }
  });
}

}  // namespace lakelet::python
