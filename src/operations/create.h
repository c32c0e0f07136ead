// A new table without rows.
#pragma once

#include <map>
#include <string>

#include "lakelet/write_options.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct CreatePlan {
  const TableFormat* format = nullptr;
  Location location;
  CreateSpec spec;
  std::map<std::string, std::string> user_metadata;
};

// Throws AlreadyExists (a table of any format is there; with `replace`, one of another format), InvalidArgument (no
// column, a partition column that isn't there, a format that isn't known).
CreatePlan plan_create(const FormatRegistry& formats, const Location& location, const Schema& schema,
                       const CreateOptions& options);

// Commits the table's first version; returns it. Throws AlreadyExists if somebody else was faster.
Version run(const CreatePlan& plan, const FormatContext& context);

// The format by that name, or the default for an empty one.
const TableFormat& choose_format(const FormatRegistry& formats, const std::string& name);

// The public options as the format takes them.
CreateSpec create_spec(const Schema& schema, const CreateOptions& options);

}  // namespace lakelet::operations
