// The row of totals below a result.
#pragma once

#include <functional>

#include "lakelet/session.h"

namespace lakelet::server {

// One row with as many columns as `schema`: the sum of each that holds numbers, NULL for the others. `rows` gives the
// result's rows, perhaps more than once.
Rows totals_of(Session& session, const Schema& schema, std::function<OwnedArrowStream()> rows);

}  // namespace lakelet::server
