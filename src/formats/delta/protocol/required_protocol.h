// The smallest protocol that a table needs for its schema and properties.
#pragma once

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

// Of a new table: 1/2, or 3/7 with the features that schema and properties use.
Protocol protocol_of_new_table(const Schema& schema, const StringMap& properties);

// `current` if it is enough, else with what is missing. Going from plain versions to features keeps every feature that
// the versions stood for (PROTOCOL.md, "Table Features for New and Existing Tables").
Protocol protocol_with(const Protocol& current, const Schema& schema, const StringMap& properties);

}  // namespace lakelet::delta
