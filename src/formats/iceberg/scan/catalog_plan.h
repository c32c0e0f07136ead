// Scans that the table's catalog plans (open-api/rest-catalog-open-api.yaml, "planTableScan"): what it is asked, and
// the files that it answers.
#pragma once

#include <memory>
#include <string>

#include "table/snapshot.h"

namespace lakelet::iceberg {

class IcebergSnapshot;

// The answers say nothing of columns that could be relied on: bounds are values by the specification, and bytes by the
// reference implementation. What the catalog left in is judged once more by its partition.
std::unique_ptr<ScanPlan> make_catalog_plan(std::shared_ptr<const IcebergSnapshot> snapshot,
                                            const ScanRequest& request);

// PlanTableScanRequest
std::string plan_request(const IcebergSnapshot& snapshot, const Predicate& predicate);

}  // namespace lakelet::iceberg
