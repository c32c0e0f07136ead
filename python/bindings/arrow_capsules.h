// Arrow's PyCapsule interface (https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html), both ways.
#pragma once

#include <nanobind/nanobind.h>

#include <functional>
#include <memory>

#include "lakelet/arrow.h"

namespace lakelet::python {

namespace nb = nanobind;

// What Python raised while rows were read from it, for the verb that read them to raise again.
struct PythonFailure {
  ~PythonFailure();
  void keep(nb::python_error& error);
  // Raises what was kept, if anything (nb::python_error).
  void raise();

  PyObject* exception = nullptr;
};

// Of an object with __arrow_c_schema__, __arrow_c_stream__ or __arrow_c_array__. TypeError for others.
OwnedArrowSchema schema_of(nb::handle object);
// Of an object with __arrow_c_stream__ or __arrow_c_array__, a struct's rows. TypeError for others.
OwnedArrowStream stream_of(nb::handle object);
// The rows of what an iterator gives, each an object for stream_of(), all of one schema. The first is taken at once;
// StopIteration before it is ValueError.
OwnedArrowStream stream_of_batches(nb::object iterator, std::shared_ptr<PythonFailure> failure);

nb::capsule to_capsule(OwnedArrowSchema schema);
nb::capsule to_capsule(OwnedArrowArray batch);
// Pulling releases the GIL; Ctrl-C calls `cancel`.
nb::capsule to_capsule(OwnedArrowStream stream, std::function<void()> cancel);

}  // namespace lakelet::python
