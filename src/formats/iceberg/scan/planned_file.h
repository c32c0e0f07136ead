// What a plan knows of a data file beside what it tells: DataFile::origin of an Iceberg table.
#pragma once

#include <memory>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "table/data_file.h"

namespace lakelet::iceberg {

struct PlannedFile {
  int spec_id = 0;
  ManifestEntry entry;
  std::shared_ptr<const RowPositions> removed;  // rows that are gone from it; null: none
};

// Throws Error(InvalidArgument) for a file that no plan of an Iceberg table gave.
const PlannedFile& planned_file(const DataFile& file);

}  // namespace lakelet::iceberg
