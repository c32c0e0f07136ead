// The figures of a commit under the names that the deltalake package gives them, per operation; of changes of rows
// under those of Spark too.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/delta/protocol/commit_info.h"

namespace lakelet::delta {

using OperationMetrics = std::vector<std::pair<std::string_view, std::int64_t>>;

// Empty for operations that have none. Files are counted from the commit itself, rows and times come from the report.
OperationMetrics operation_metrics(const CommitInfo& info, const CommitFacts& facts);

}  // namespace lakelet::delta
