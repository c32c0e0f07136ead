// Ties a QueryControl to the connection on which its query runs.
#pragma once

#include <memory>

#include "lakelet/query_control.h"

namespace lakelet {

class Lease;

struct QueryBinding {
  // Throws Error(Cancelled) if the control was cancelled before.
  static void bind(const QueryControl& control, const std::shared_ptr<Lease>& lease);
};

}  // namespace lakelet
