// Rows that a transaction removes from files by position, and what becomes of these files: the same file with another
// deletion vector (PROTOCOL.md, "Deletion Vectors"), or none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/delta/files/deletion_vector_writer.h"
#include "formats/delta/protocol/actions.h"
#include "formats/delta/snapshot.h"
#include "table/row_positions.h"

namespace lakelet::delta {

// Whether rows may be removed by position: the property asks for it and the protocol has the feature.
bool writes_deletion_vectors(const Protocol& protocol, const StringMap& properties);

// The characters of the random folder before new files, as delta.randomizeFilePrefixes says; 0: none.
int random_prefix_length(const StringMap& properties);

struct VectorChange {
  AddFile before;
  std::optional<AddFile> after;  // nullopt: no row is left
};

class RemovedRows {
 public:
  // More rows of a file of the snapshot.
  void add(AddFile file, const RowPositions& positions);
  // The file goes as a whole: its rows are no matter any more.
  void forget(const std::string& path) { files_.erase(path); }
  bool empty() const { return files_.empty(); }
  std::vector<std::string> paths() const;

  // Unites the rows with the vectors that the files have, and hands the result to `vectors`. Files of which no further
  // row goes are left out. Costs a read for each vector, one pass over the checkpoint if a file is only there, and a
  // look at the footer of a file whose rows nobody counted. Throws Error(Internal) for rows that the file doesn't have.
  std::vector<VectorChange> settle(const DeltaSnapshot& base, DeletionVectorWriter& vectors) const;

 private:
  struct Entry {
    AddFile file;  // without its statistics
    RowPositions positions;
  };
  std::map<std::string, AddFile> whole_actions(const DeltaSnapshot& base) const;
  std::map<std::string, Entry> files_;  // by path in the log
};

// The statistics of a file after rows were removed from it: bounds are no longer those of its rows ("Per-file
// Statistics", tightBounds), the number of records stays. Adds that number where it isn't there.
std::string loosened_statistics(const std::optional<std::string>& stats, std::int64_t rows);

}  // namespace lakelet::delta
