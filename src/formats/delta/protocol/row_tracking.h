// Where a table keeps its row ids (PROTOCOL.md, "Row Tracking").
#pragma once

#include <string>

#include "formats/delta/protocol/actions.h"
#include "table/snapshot.h"

namespace lakelet::delta {

inline constexpr const char* kEnableRowTracking = "delta.enableRowTracking";
// The properties that name the columns of files in which rows keep their numbers.
inline constexpr const char* kRowIdColumn = "delta.rowTracking.materializedRowIdColumnName";
inline constexpr const char* kRowVersionColumn = "delta.rowTracking.materializedRowCommitVersionColumnName";

// "_row_id" and "_row_commit_version". Throws Error(UnsupportedFeature) where row tracking isn't enabled: a table that
// only supports it may have files without row ids, and doesn't preserve them ("they cannot yet be relied upon"). Throws
// Error(CorruptTable) where it is enabled and can't be.
RowTracking read_row_tracking(const Protocol& protocol, const Metadata& metadata, const std::string& table_uri);

}  // namespace lakelet::delta
