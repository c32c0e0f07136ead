// What a verb did, in figures. The same figures feed the history's metrics and the progress events.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lakelet {

struct Stage {
  std::string name;  // "scan", "rewrite", "write", "commit"
  double seconds = 0;
};

struct Report {
  std::int64_t version = -1;   // the committed version; -1 if nothing had to be committed
  std::int64_t rows_read = 0;  // of the source
  std::int64_t rows_inserted = 0;
  std::int64_t rows_updated = 0;
  std::int64_t rows_deleted = 0;
  std::int64_t rows_copied = 0;  // unchanged rows that were rewritten
  std::int64_t files_added = 0;
  std::int64_t files_removed = 0;
  std::int64_t files_scanned = 0;
  std::int64_t files_pruned = 0;  // skipped without being opened
  std::int64_t bytes_added = 0;
  std::int64_t bytes_removed = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_spilled = 0;
  int commit_retries = 0;
  double seconds = 0;
  std::vector<Stage> stages;
};

}  // namespace lakelet
