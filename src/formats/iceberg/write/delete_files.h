// Writes what tells of removed rows: position delete files, and deletion vectors since version 3 (spec.md, "Delete
// Formats").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/puffin/puffin_file.h"
#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"
#include "formats/iceberg/write/position_rows.h"
#include "table/row_positions.h"

namespace lakelet::iceberg {

// All rows that are gone from one data file.
struct RemovedRows {
  PlacedFile place;
  RowPositions positions;
};

// A vector as Puffin files have it.
std::string framed_vector(const RowPositions& positions);

// Vectors of data files, which become one Puffin file.
class VectorFile {
 public:
  explicit VectorFile(const IcebergSnapshot& base);

  // `framed`: as framed_vector() gives it, of so many rows. Without a sequence number the vector has that of the
  // commit.
  void add(const std::string& path, const PlacedFile& place, std::uint64_t rows, std::string_view framed,
           std::optional<std::int64_t> sequence_number = {});
  bool empty() const { return added_.empty(); }
  std::uint64_t bytes() const { return bytes_; }  // so far
  std::vector<AddedFile> finish(const Location& file);

 private:
  const IcebergSnapshot& base_;
  codec::PuffinWriter writer_;
  std::vector<AddedFile> added_;
  std::uint64_t bytes_ = 0;
};

class DeleteFiles {
 public:
  explicit DeleteFiles(const IcebergSnapshot& base) : base_(base) {}

  // By the path of the data file as metadata has it. One file for each data file in version 2, one for all vectors
  // since version 3. Durable when it returns.
  std::vector<AddedFile> write(const std::map<std::string, RemovedRows>& removed);
  // One position delete file, of data files of one partition; `removed` has some positions of each.
  AddedFile write_positions(const PlacedFile& place, const PositionsByPath& removed);
  std::vector<AddedFile> finish(VectorFile& vectors);
  const std::vector<Location>& files() const { return files_; }

 private:
  Location new_file(const std::string& suffix);

  const IcebergSnapshot& base_;
  std::vector<Location> files_;
};

}  // namespace lakelet::iceberg
