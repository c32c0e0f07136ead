#include "formats/delta/log/last_checkpoint.h"

#include <simdjson.h>

#include "lakelet/error.h"

namespace lakelet::delta {

std::optional<Version> last_checkpoint_hint(const Location& table) {
  std::string text;
  try {
    text = table.store->read_all(log_path(table, kLastCheckpointName), 64u << 20);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) throw;
    return std::nullopt;
  }
  simdjson::dom::parser parser;
  std::int64_t version = -1;
  if (parser.parse(text)["version"].get(version) || version < 0) return std::nullopt;
  return version;
}

}  // namespace lakelet::delta
