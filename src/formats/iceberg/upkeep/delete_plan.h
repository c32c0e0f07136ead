// Which delete files of a snapshot are written anew, and which go for good (spec.md, "Delete Formats", "Scan
// Planning").
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"

namespace lakelet::iceberg {

// Data files of one partition, and the position delete files whose rows of them are put together.
struct PositionGroup {
  PlacedFile place;
  std::map<std::string, std::vector<const ManifestEntry*>> deletes;  // by data file
};

// A vector that goes into another Puffin file as it is.
struct MovedVector {
  PlacedFile place;
  const ManifestEntry* entry = nullptr;
};

struct DeletePlan {
  std::vector<PositionGroup> groups;                      // each becomes a file in version 2, and vectors in version 3
  std::vector<MovedVector> vectors;                       // by file and place in it
  std::map<std::string, PlacedFile> removed;              // all that go, by delete_key()
  std::vector<std::string> files;                         // whose deletes all go, in no order
  std::vector<std::unique_ptr<ManifestEntry>> entries{};  // that the others point to

  bool empty() const { return removed.empty(); }
};

// By write.delete.target-file-size-bytes: files of three quarters of it stay. Deletes go that no data file of the
// snapshot is under; of position delete files that name several data files the rows are read where nothing else tells.
// In memory: what manifests say of the delete files, and the paths of the data files that they tell of. Throws
// Error(InvalidArgument) for a property that is no number, and what reading manifests and delete files throws.
DeletePlan plan_deletes(const IcebergSnapshot& snapshot, const Cancellation& cancellation = {});

std::uint64_t delete_target_bytes(const IcebergSnapshot& snapshot);

}  // namespace lakelet::iceberg
