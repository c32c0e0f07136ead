// The API, a function for each family of paths. Handlers run on several threads at once.
#pragma once

#include <httplib.h>

#include "server/workspace.h"

namespace lakelet::server {

void add_asset_routes(httplib::Server& server);
// /api/session, /api/tables, /api/table/...
void add_table_routes(httplib::Server& server, Workspace& workspace);
// /api/queries ...
void add_query_routes(httplib::Server& server, Workspace& workspace);
// /api/saved: saved queries
void add_saved_query_routes(httplib::Server& server, Workspace& workspace);
// /api/uploads, /api/import
void add_import_routes(httplib::Server& server, Workspace& workspace);

// /api/jobs: maintenance
void add_maintenance_routes(httplib::Server& server, Workspace& workspace);

// The body of a request that is no file: at most 4 MB of it. Throws Error(InvalidArgument).
std::string read_body(const httplib::ContentReader& reader);

}  // namespace lakelet::server
