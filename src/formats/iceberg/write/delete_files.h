// Writes what tells of removed rows: position delete files, and deletion vectors since version 3 (spec.md, "Delete
// Formats").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"
#include "table/row_positions.h"

namespace lakelet::iceberg {

// All rows that are gone from one data file.
struct RemovedRows {
  PlacedFile place;
  RowPositions positions;
};

class DeleteFiles {
 public:
  explicit DeleteFiles(const IcebergSnapshot& base) : base_(base) {}

  // By the path of the data file as metadata has it. One file for each data file in version 2, one for all vectors
  // since version 3. Durable when it returns.
  std::vector<AddedFile> write(const std::map<std::string, RemovedRows>& removed);
  const std::vector<Location>& files() const { return files_; }

 private:
  AddedFile write_positions(const std::string& path, const RemovedRows& removed);
  std::vector<AddedFile> write_vectors(const std::map<std::string, RemovedRows>& removed);
  Location new_file(const std::string& suffix);

  const IcebergSnapshot& base_;
  std::vector<Location> files_;
};

}  // namespace lakelet::iceberg
