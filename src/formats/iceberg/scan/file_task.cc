#include "formats/iceberg/scan/file_task.h"

#include "formats/iceberg/scan/equality_deletes.h"
#include "formats/iceberg/scan/planned_file.h"
#include "formats/iceberg/snapshot.h"

namespace lakelet::iceberg {

FileTask make_file_task(const IcebergSnapshot& snapshot, int spec_id, ManifestEntry entry,
                        const ApplyingDeletes& deletes, RemovedPositions& removed) {
  FileTask result;
  result.deletes.positions = removed.of(entry.path, deletes);
  for (const ManifestEntry* each : deletes.equality) {
    result.deletes.equality.push_back(to_equality(*each, snapshot));
  }
  DataFile& file = result.file;
  file.uri = snapshot.paths().resolve(entry.path);
  file.bytes = entry.bytes;
  file.rows = entry.records;
  file.partitioning_id = spec_id;
  file.first_row_id = entry.first_row_id;
  file.format = entry.format;
  file.columns = snapshot.table_metadata().name_mapping;
  file.modified_us = snapshot.added_us(entry);
  auto origin = std::make_shared<PlannedFile>(PlannedFile{spec_id, std::move(entry), result.deletes.positions});
  file.path = origin->entry.path;
  file.partition_values = origin->entry.partition;
  file.origin = std::move(origin);
  return result;
}

}  // namespace lakelet::iceberg
