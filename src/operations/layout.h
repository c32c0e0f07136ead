// Changes of a table's layout and of the names of its versions, and versions that are taken over, as one commit each.
#pragma once

#include <vector>

#include "lakelet/layout_change.h"
#include "lakelet/report.h"
#include "lakelet/write_options.h"
#include "table/table_format.h"

namespace lakelet::operations {

// The version that the table is at then; -1: nothing was to be done. Throws UnsupportedFeature (a format that hasn't
// the notion), AlreadyExists, NotFound, InvalidArgument, Conflict.
Version change_layout(FormatTable& table, std::shared_ptr<const Snapshot> newest,
                      const std::vector<LayoutChange>& changes, const WriteOptions& options,
                      const CommitOptions& commit);

// What a version that isn't of the table's own line added, added to `newest` too. Throws likewise.
Report cherry_pick(FormatTable& table, std::shared_ptr<const Snapshot> newest, const VersionSelector& version,
                   const WriteOptions& options, const CommitOptions& commit);

}  // namespace lakelet::operations
