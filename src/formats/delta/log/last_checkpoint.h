// The file _last_checkpoint (PROTOCOL.md, "Last Checkpoint File").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/delta/log/log_names.h"

namespace lakelet::delta {

struct LastCheckpoint {
  Version version = -1;
  std::int64_t actions = 0, added_files = 0;
  std::uint64_t bytes = 0;
  int parts = 1;
};

// The version that it points to. It is only a hint: nullopt if it is absent, can't be read, is garbage, or isn't what
// its checksum says.
std::optional<Version> last_checkpoint_hint(const Location& table);

// Points it to a checkpoint, unless it points to a later one.
void write_last_checkpoint(const Location& table, const LastCheckpoint& checkpoint);

// The checksum of a JSON object, without its top-level field "checksum" (PROTOCOL.md, "JSON checksum"). nullopt: it is
// no JSON object.
std::optional<std::string> json_checksum(std::string_view json);

}  // namespace lakelet::delta
