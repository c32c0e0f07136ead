// What an add says of how its rows were placed: clusteringProvider (PROTOCOL.md, "Clustered Table") and the tags in
// which Delta's own implementation, "liquid", keeps the rest.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "formats/delta/protocol/actions.h"
#include "table/clustering.h"

namespace lakelet::delta {

// The name of the implementation whose way of keeping account we share, so that either goes on with the other's files.
inline constexpr const char* kClusteringProvider = "liquid";

// Sets tags and provider of a file to be added.
void write_clustering(const FileClustering& clustering, AddFile& add);

// nullopt for a file of which nothing is said. Tags that can't be read say nothing.
std::optional<FileClustering> read_clustering(const StringMap& tags, const std::optional<std::string>& provider);

}  // namespace lakelet::delta
