// The files of a scan in JSON (open-api/rest-catalog-open-api.yaml, "ScanTasks"). Pure.
#pragma once

#include <string>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/scan/known_fields.h"

namespace lakelet::iceberg {

struct PlannedTask {
  int spec_id = 0;
  ManifestEntry entry;               // without metrics and sequence numbers, which aren't told
  std::vector<std::size_t> deletes;  // of ScanTasks::deletes, all that apply
};
struct ScanTasks {
  std::vector<PlannedTask> files;
  std::vector<ManifestEntry> deletes;
};

// Throws Error(CorruptTable) naming what is missing or wrong, Error(UnsupportedFeature) for an encrypted file.
ScanTasks read_scan_tasks(const std::string& document, const KnownFields& fields);

}  // namespace lakelet::iceberg
