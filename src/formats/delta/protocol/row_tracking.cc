#include "formats/delta/protocol/row_tracking.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

constexpr const char* kEnabled = kEnableRowTracking;

Field column(const char* name, const Metadata& metadata, const char* property, const std::string& table_uri) {
  const auto at = metadata.configuration.find(property);
  if (at == metadata.configuration.end() || at->second.empty()) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("{} has {} and no {}, which names the column of its files", table_uri, kEnabled, property));
  }
  Field field;
  field.name = name;
  field.type = TypeKind::Int64;
  field.physical_name = at->second;
  return field;
}

}  // namespace

RowTracking read_row_tracking(const Protocol& protocol, const Metadata& metadata, const std::string& table_uri) {
  const auto& features = protocol.writer_features;
  const bool supported = std::ranges::find(features, "rowTracking") != features.end();
  if (!property_is_true(metadata.configuration, kEnabled)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{} has no row ids to read: {} isn't true{}", table_uri, kEnabled,
                            supported ? " (the table only supports the feature rowTracking)" : ""),
                "leave row_ids out, or let Spark enable row tracking on the table");
  }
  if (!supported) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("{} has {} and its protocol doesn't list the feature rowTracking", table_uri, kEnabled));
  }
  RowTracking tracking;
  tracking.row_id = column("_row_id", metadata, kRowIdColumn, table_uri);
  tracking.row_version = column("_row_commit_version", metadata, kRowVersionColumn, table_uri);
  tracking.complete = true;
  return tracking;
}

}  // namespace lakelet::delta
