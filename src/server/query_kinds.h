// What a page can ask for that takes a while, as queries to be started.
#pragma once

#include "server/query.h"
#include "server/request_body.h"
#include "server/workspace.h"

namespace lakelet::server {

struct QueryPlan {
  Query::Start start;
  Query::Start again;  // the same, for a result that isn't kept whole; can't change anything
  KeepLimits limits;
};

// By "kind":
//   sql         "sql", "parameters" {name: value}, where a blank one is NULL; "explain": its plan as JSON, "analyze" as
//               well with what it did
//   scan        "table", "version"; "columns", "where", "sort" ["a", "-b"]
//   statistics  "table", "version": a row for each column
//   histogram   "table", "version", "column": label, low, high, rows for each of some 20 bins, or the 12 commonest
//   values changes     "table", "from", "to": what the table recorded of its rows in between diff        "table",
//   "from", "to", "key": rows that are in one version and not in the other preview     "upload" and how to read it: the
//   rows of a file
// Throws Error(InvalidArgument); what a table is asked for only starting it finds out.
QueryPlan plan_query(Workspace& workspace, const RequestBody& body);

}  // namespace lakelet::server
