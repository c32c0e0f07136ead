// Which files of a snapshot a scan has to read, with the deletes that apply to them.
#pragma once

#include <functional>
#include <memory>

#include "formats/iceberg/manifest/manifest_list.h"
#include "formats/iceberg/manifest/manifest_reader.h"
#include "table/snapshot.h"

namespace lakelet::iceberg {

class IcebergSnapshot;

// Of which manifests the data files are given, and which of those files; empty: all. `file` is asked from any thread.
struct FileSelection {
  std::function<bool(const ManifestFile& manifest)> manifest{};
  std::function<bool(const ManifestEntry& entry)> file{};
};

// Prunes manifests by what the manifest list says of their partitions, then files by partition and metrics. Manifests
// are read when their turn comes, some at a time, and forgotten once their files were given: what is in memory is a few
// manifests, and the delete files of the partitions that are read. Where the table's catalog wants to plan, it does,
// unless files are selected.
std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const IcebergSnapshot> snapshot, const ScanRequest& request,
                                         FileSelection selection = {});

}  // namespace lakelet::iceberg
