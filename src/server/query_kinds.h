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
//   histogram   "table", "version", "column": low, high, rows for each of some 20 bins, or of the commonest values
//   changes     "table", "from", "to": what the table recorded of its rows in between
//   diff        "table", "from", "to", "key": rows that are in one version and not in the other
//   preview     "upload" and how to read it: the rows of a file
// ("result" is of query_routes.cc, which knows the results: "of" another query, "where", "sort" ["a", "-b"].)
// Throws Error(InvalidArgument); what a table is asked for only starting it finds out.
QueryPlan plan_query(Workspace& workspace, const RequestBody& body);

// Of what is kept of a result: max_query_rows of the configuration among it; rows beyond are counted, and exported.
KeepLimits result_limits(const Workspace& workspace);

// As SQL has it: the quote doubled within.
std::string quoted(const std::string& name, char quote);

}  // namespace lakelet::server
