// Where a verb's rows come from, as Python hands it over.
#pragma once

#include <memory>
#include <optional>

#include "bindings/arrow_capsules.h"
#include "lakelet/source.h"

namespace lakelet::python {

struct PendingSource {
  std::optional<Source> source;  // empty once a verb took it
  std::shared_ptr<PythonFailure> failure = std::make_shared<PythonFailure>();

  // Throws ValueError if it was taken already.
  Source take();
};

}  // namespace lakelet::python
