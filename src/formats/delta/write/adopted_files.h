// Files of another table that a clone takes over: the same actions under other paths.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/delta/files/deletion_vector_writer.h"
#include "formats/delta/protocol/actions.h"
#include "formats/delta/snapshot.h"

namespace lakelet::delta {

class AdoptedFiles {
 public:
  AdoptedFiles() = default;
  explicit AdoptedFiles(std::shared_ptr<const DeltaSnapshot> source) : source_(std::move(source)) {}

  const DeltaSnapshot* source() const { return source_.get(); }
  // A file that the source's plan gave; it is at `uri`, where it always was or as a copy.
  void add(const FileTask& file, const std::string& uri);

  // The adds of the table at `table`: a file that lies where it lay keeps its deletion vector there, that of a copy
  // goes to `vectors`. Without row ids: rows of a clone get their own (as Spark's CLONE has it). `count_rows`: every
  // file has to say how many rows it has, and is asked if its statistics don't. One pass over the source's files.
  // Throws Error(Internal) for a file that the source doesn't have.
  std::vector<AddFile> settle(const Location& table, bool count_rows, DeletionVectorWriter& vectors) const;

 private:
  struct Adopted {
    std::string uri;
    bool copied = false;
    std::shared_ptr<const RowPositions> deleted;
  };
  AddFile adopt(const AddFile& file, const Adopted& adopted, const Location& table, bool count_rows,
                DeletionVectorWriter& vectors) const;

  std::shared_ptr<const DeltaSnapshot> source_;
  std::map<std::pair<std::string, std::string>, Adopted> files_;  // by path in the source's log, and vector
};

// What a table that is as `source` begins with: protocol and metadata, and the domains that describe its rows rather
// than its history. Throws Error(UnsupportedFeature) for a feature that lakelet doesn't write.
TableState cloned_state(const DeltaSnapshot& source);

}  // namespace lakelet::delta
