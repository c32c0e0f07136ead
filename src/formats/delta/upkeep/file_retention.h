// Which objects in a table's folder its versions need (for vacuum).
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "formats/delta/snapshot.h"
#include "table/table_format.h"
#include "table/upkeep.h"

namespace lakelet::delta {

// The path of an object below the table's folder that an action's path means; nullopt: it is elsewhere, as the files
// are that a shallow clone has of its source.
std::optional<std::string> path_below(StoreRegistry& stores, const Location& table, std::string_view path);

// Whether nothing of that path is ever listed for deletion: its name, or a folder on the way to it, begins with '_' or
// '.'. Change data and partitions of a column whose name begins so are the table's all the same. Pure.
bool is_hidden(std::string_view path, const std::vector<std::string>& partition_columns);

// Needs the live files of `newest`, its tombstones, and the commits since the cutoff; with RetentionRequest::by_log all
// commits that there are. Memory: 8 bytes for each file that is needed, and the paths of those that aren't.
std::unique_ptr<FileRetention> make_retention(std::shared_ptr<const DeltaSnapshot> newest,
                                              const RetentionRequest& request);

}  // namespace lakelet::delta
