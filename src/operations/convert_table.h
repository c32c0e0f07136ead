// A table becomes one of another format over the same files.
#pragma once

#include "operations/convert.h"

namespace lakelet::operations {

// The newest version of the table at `source`, which is of the format `from`. Reads its file list and the footers of
// all its files. Throws UnsupportedFeature for what the new table can't say of the same files, naming it: a rule for
// rows, a partition that isn't a column's own values, equality deletes, columns that files have by several names;
// InvalidArgument for columns that are given, and a destination in the table's folder. Changes nothing.
ConvertPlan plan_convert_table(const TableFormat& from, const TableFormat& to, const FormatContext& context,
                               const Location& source, const Location& destination, const ConvertOptions& options,
                               const CommitOptions& commit);

}  // namespace lakelet::operations
