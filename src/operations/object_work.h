// Many small requests to a store at once: one after the other they would take as long as the network is far.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operations/vacuum.h"
#include "storage/object_store.h"

namespace lakelet::operations {

// Calls `work` for 0 .. count - 1 from several threads. The first failure ends it, and is thrown once all threads have
// stopped; so is Error(Cancelled).
void for_each_index(std::size_t count, const Cancellation& cancellation, const std::function<void(std::size_t)>& work);

// What is at folder + path for each path; nullopt where nothing is.
std::vector<std::optional<ObjectInfo>> find_objects(ObjectStore& store, const std::string& folder,
                                                    const std::vector<std::string>& paths,
                                                    const CommitOptions& options);

struct RemovedObjects {
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::int64_t folders = 0;  // in which they were
};

// Removes them, and tells `removed` of each that went, also when it throws.
void remove_objects(ObjectStore& store, const std::string& folder, const FileHeap& files, const CommitOptions& options,
                    RemovedObjects& removed);

}  // namespace lakelet::operations
