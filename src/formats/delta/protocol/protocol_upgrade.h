// How a protocol comes to have a table feature, and which features a table's properties ask for. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

// Whether the protocol has the feature: by its plain versions, or listed.
bool has_feature(const Protocol& protocol, std::string_view feature);

// `protocol` with the feature and with those that it depends on; unchanged if it has them. Versions go up only as far
// as the feature needs, and going from versions to features keeps every feature that the versions stood for
// (PROTOCOL.md, "Table Features for New and Existing Tables").
Protocol with_feature(Protocol protocol, std::string_view feature);

// The features that must be listed because a property is set as it is ("delta.enableInCommitTimestamps" = "true",
// "delta.feature.x" = "supported"), in no order.
std::vector<std::string> features_asked_for(const StringMap& properties);

// Without the properties that only steer the making of a table or its protocol, which no table keeps.
StringMap lasting_properties(StringMap properties);

}  // namespace lakelet::delta
