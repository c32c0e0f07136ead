// Scans that the server plans (open-api/rest-catalog-open-api.yaml, "planTableScan").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalogs/rest/rest_session.h"
#include "table/catalog.h"

namespace lakelet::catalogs {

// The documents are CompletedPlanningResult and FetchScanTasksResult, as the server sends them. The server is asked
// with the first one, and told when the rest isn't wanted. `table`: the values of the table's routes; `what`: "planning
// a scan of ns.t"; `request`: PlanTableScanRequest.
std::unique_ptr<CatalogScan> plan_on_server(std::shared_ptr<RestSession> session, std::vector<std::string> table,
                                            std::string what, std::string request);

}  // namespace lakelet::catalogs
