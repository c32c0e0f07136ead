// Where new files keep what the rows of the table are known by in other versions.
#pragma once

#include "engine/data_file_writer.h"
#include "table/row_tracking_view.h"

namespace lakelet::sql {

// Adds the two columns of `tracked` behind those of the table, under the names and ids that `tracking` gives them in
// files.
void add_tracked_columns(const RowTracking& tracking, const TrackedRows& tracked,
                         engine::DataFileWriterOptions& options);

}  // namespace lakelet::sql
