// The positions of removed rows: out of Puffin files and position delete files (spec.md, "Delete Formats").
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "formats/iceberg/paths.h"
#include "formats/iceberg/scan/delete_index.h"
#include "table/row_positions.h"
#include "table/table_format.h"

namespace lakelet::iceberg {

// Keeps what it read of files that name several data files, in compressed form. Not thread-safe.
class RemovedPositions {
 public:
  RemovedPositions(const FormatContext& context, const TablePaths& paths) : context_(context), paths_(paths) {}

  // Of the data file, merged from its vector or its delete files; null: none. Throws Error(CorruptTable) naming the
  // file that is missing, damaged or holds another number of rows than the manifest says, Error(UnsupportedFeature) for
  // files that aren't Parquet, Error(Exhausted) where they don't fit into the memory limit.
  std::shared_ptr<const RowPositions> of(const std::string& data_path, const ApplyingDeletes& deletes);

 private:
  using ByFile = std::unordered_map<std::string, RowPositions>;
  const ByFile& read(const ManifestEntry& deletes);
  RowPositions read_vector(const ManifestEntry& deletes) const;

  const FormatContext& context_;
  const TablePaths& paths_;
  std::map<std::string, ByFile> files_;
  std::uint64_t taken_ = 0;
};

}  // namespace lakelet::iceberg
