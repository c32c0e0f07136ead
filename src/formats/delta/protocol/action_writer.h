// Actions -> JSON lines of a commit, in the smallest legal form: what is absent isn't written as null.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

// Writes {"add":{...}} and so on, then ends the line. CommitInfoAction::json is taken as it is. Throws
// Error(InvalidArgument) for text that isn't UTF-8, Error(Internal) for the actions that only checkpoints have.
void write_action(const Action& action, JsonWriter& json);
std::string write_actions(const std::vector<Action>& actions);

// The object of one action without its envelope, as operationParameters of CREATE TABLE repeat it.
std::string protocol_json(const Protocol& protocol);
std::string metadata_json(const Metadata& metadata);

}  // namespace lakelet::delta
