// What the verbs of upkeep would gain on a table.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/health.h"
#include "table/table_format.h"

namespace lakelet::operations {

// Advice, one finding for each verb that has something to do. `size_of`: of an object by its path below the table's
// folder; nullopt: it isn't there. A format that has no such verb, and a log that can't be read whole, give none.
std::vector<Finding> upkeep_advice(FormatTable& table, const std::shared_ptr<const Snapshot>& newest,
                                   std::int64_t now_us,
                                   const std::function<std::optional<std::uint64_t>(const std::string& path)>& size_of);

}  // namespace lakelet::operations
