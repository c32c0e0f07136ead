#include "formats/delta/schema/column_mapping.h"

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::delta {

ColumnMappingMode column_mapping_mode(const Protocol& protocol, const Metadata& metadata) {
  const auto& features = protocol.reader_features;
  const bool supported =
      protocol.reader_version == 2 ||
      (protocol.reader_version >= 3 && std::find(features.begin(), features.end(), "columnMapping") != features.end());
  const auto mode = metadata.configuration.find("delta.columnMapping.mode");
  if (!supported || mode == metadata.configuration.end() || mode->second == "none") return ColumnMappingMode::None;
  if (mode->second == "name") return ColumnMappingMode::Name;
  if (mode->second == "id") return ColumnMappingMode::Id;
  throw Error(ErrorCode::CorruptTable, "delta.columnMapping.mode is '" + mode->second + "', not none, name or id");
}

}  // namespace lakelet::delta
