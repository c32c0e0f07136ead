// Looks a table over, and mends what can be mended.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/health.h"
#include "operations/relation.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct DoctorPlan {
  std::unique_ptr<FormatTable> table;
  std::shared_ptr<const Snapshot> snapshot;  // null: no version can be read
  std::vector<DataFile> missing;             // files that the snapshot lists and nobody has
  std::map<std::string, std::string> user_metadata;
  HealthReport report;  // what is wrong; nothing is repaired yet
};

// Examines the format's own files, then each data file: whether it is there, its size, its footer, and with
// `options.full` its rows. Throws what keeps it from looking (Unavailable, Permission, Cancelled, UnsupportedFeature),
// never for what it finds. Changes nothing. Costs a listing of the table's folder and a request or two for each file.
DoctorPlan plan_doctor(const TableFormat& format, const FormatContext& context, const Location& location,
                       const DoctorOptions& options, const Workspace& workspace, const CommitOptions& commit);

// Mends what is marked as repairable, and marks it as repaired. Files that are missing are looked for once more, and
// leave the table in one commit.
HealthReport run(DoctorPlan& plan, const FormatContext& context, const CommitOptions& commit);

}  // namespace lakelet::operations
