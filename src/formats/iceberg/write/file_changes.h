// What a commit does to a table's files, as its manifests will say it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "formats/iceberg/manifest/manifest_reader.h"
#include "lakelet/metadata.h"

namespace lakelet::iceberg {

struct AddedFile {
  int spec_id = 0;
  ManifestEntry entry;
  bool inherits = true;  // its sequence number is that of the commit
};

// What tells a delete file, or a vector among those of its file, from others of its table.
std::string delete_key(const ManifestEntry& deletes);

// A file that goes, or whose removed rows are told anew.
struct PlacedFile {
  int spec_id = 0;
  std::vector<Value> partition;
  std::string partition_key;
};

struct FileChanges {
  std::vector<AddedFile> added, added_deletes;
  std::map<std::string, PlacedFile> removed;  // data files, by path
  // Data files whose removed rows are in `added_deletes` now, by path: what only told of them goes.
  std::map<std::string, PlacedFile> told_anew;
  std::map<std::string, PlacedFile> removed_deletes;  // delete files and vectors, by delete_key()

  bool empty() const {
    return added.empty() && added_deletes.empty() && removed.empty() && told_anew.empty() && removed_deletes.empty();
  }
};

// The numbers of a snapshot's summary (spec.md, "Appendix F", "Metrics").
class SummaryCounts {
 public:
  void add(const ManifestEntry& entry, const std::string& partition_key);
  void remove(const ManifestEntry& entry, const std::string& partition_key);
  // Into `summary`, with the totals as they follow from those of the parent; null: there was none.
  void write(std::map<std::string, std::string>& summary, const std::map<std::string, std::string>* parent) const;

 private:
  struct Side {
    std::int64_t data_files = 0, records = 0, bytes = 0;
    std::int64_t delete_files = 0, position_files = 0, vectors = 0, equality_files = 0;
    std::int64_t position_deletes = 0, equality_deletes = 0;
  };
  static void count(Side& side, const ManifestEntry& entry);

  Side added_, removed_;
  std::set<std::string> partitions_;
};

}  // namespace lakelet::iceberg
