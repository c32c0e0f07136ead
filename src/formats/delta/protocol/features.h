// The table features of the Delta protocol (PROTOCOL.md, "Table Features") and what lakelet does with each.
#pragma once

#include <string>
#include <string_view>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"
#include "table/capabilities.h"

namespace lakelet::delta {

// Every feature by name. Legacy protocol versions stand for the features that they brought.
Capabilities delta_capabilities();

// Throws Error(UnsupportedFeature) that names the protocol version or feature and the table. Reading asks for all
// reader features; whatever writes asks for those and for the writer features that are in use: "A feature being
// supported does not imply that it is active". An unknown feature is refused.
void require_protocol(const Protocol& protocol, const Metadata& metadata, const Schema& schema, Access access,
                      std::string_view table_uri);

// Reading alone, before the schema is looked at: what we don't know may change what a schema is.
void require_readable(const Protocol& protocol, std::string_view table_uri);

}  // namespace lakelet::delta
