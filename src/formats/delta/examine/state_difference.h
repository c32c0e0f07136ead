// Whether a checkpoint says what the commits say.
#pragma once

#include <optional>
#include <string>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// The first thing in which `found`, a state read from a checkpoint, isn't what `expected`, the replay of the commits to
// the same version, is; nullopt if readers see the same table. What a checkpoint may leave out or spell in its own way
// (expired transactions, statistics, the order of features) makes no difference. Goes through both lists of files.
std::optional<std::string> state_difference(const DeltaSnapshot& expected, const DeltaSnapshot& found);

}  // namespace lakelet::delta
