// One action's JSON object -> its value. For action_reader and its like; each throws Error(CorruptTable) naming the
// field that is missing or of another type than the protocol says.
#pragma once

#include <simdjson.h>

#include "formats/delta/protocol/action_reader.h"

namespace lakelet::delta {

using JsonElement = simdjson::dom::element;

// `name`: "add" or "remove", for messages. Overwrites `out`, keeping its buffers; views point into the parser.
void read_file_action(JsonElement json, std::string_view name, FileActionView& out);
Protocol read_protocol(JsonElement json);
Metadata read_metadata(JsonElement json);
CommitInfoAction read_commit_info(JsonElement json);
Txn read_txn(JsonElement json);
DomainMetadata read_domain_metadata(JsonElement json);
Cdc read_cdc(JsonElement json);
CheckpointMetadata read_checkpoint_metadata(JsonElement json);
Sidecar read_sidecar(JsonElement json);

}  // namespace lakelet::delta
