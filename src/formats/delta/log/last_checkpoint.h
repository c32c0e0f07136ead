// The file _last_checkpoint (PROTOCOL.md, "Last Checkpoint File").
#pragma once

#include <optional>

#include "formats/delta/log/log_names.h"

namespace lakelet::delta {

// The version that it points to. It is only a hint: nullopt if it is absent, can't be read or is garbage.
std::optional<Version> last_checkpoint_hint(const Location& table);

}  // namespace lakelet::delta
