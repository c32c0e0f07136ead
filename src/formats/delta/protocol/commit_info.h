// What a commit says of itself, in the names and encodings of the deltalake package (operation, operationParameters,
// operationMetrics), so that a history reads the same whoever wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"
#include "table/clustering.h"
#include "table/commit.h"

namespace lakelet::delta {

// The words of an operation that have nothing to do with rows.
struct SaidOperation {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;  // values as JSON text
  std::vector<std::pair<std::string, std::int64_t>> metrics;
};

// The table's own columns, dotted names.
struct ClusteringChange {
  std::vector<std::string> before{}, after{};
};

// What the transaction knows beyond lakelet::CommitInfo.
struct CommitFacts {
  std::int64_t timestamp_ms = 0;
  std::optional<std::int64_t> in_commit_timestamp_ms = {};  // where the table's commits have timestamps of their own
  Version read_version = -1;                                // -1: the table is being created
  std::string engine_info;                                  // "lakelet/0.1.0"
  std::string txn_id;                                       // unique: how we know our own commit again
  bool blind_append = false;                                // adds files only, and depends on nothing that it read
  int retries = 0;
  double seconds = 0;  // since the transaction began: for a report that doesn't say how long it took
  std::int64_t files_added = 0, files_removed = 0;      // without those that only get another deletion vector
  std::int64_t bytes_added = 0, bytes_removed = 0;      // of these files
  std::vector<std::int64_t> added_sizes = {};           // of the added ones, ascending
  std::int64_t vectors_added = 0, vectors_removed = 0;  // deletion vectors; one that takes another's place is both
  std::int64_t vectors_updated = 0;                     // those that are both
  std::int64_t change_files = 0, change_bytes = 0;      // change data files
  // Whether rows that were copied or updated keep their ids; nullopt: the table doesn't track its rows.
  std::optional<bool> rows_stay_known = {};
  std::int64_t rows_added = 0;  // in the added files
  std::int64_t partitions_added = 0;
  std::uint64_t target_file_bytes = 0;
  Reorganization reorganization = {};
  std::optional<ClusteringChange> clustering = {};
  std::string table_uri;
  Protocol protocol;  // as of this commit
  Metadata before;    // of the snapshot; empty when the table is being created
  Metadata after;
  Schema schema_before, schema_after;
  std::optional<SaidOperation> said = {};  // instead of what CommitInfo says
};

// The commitInfo object as JSON text. Throws Error(InvalidArgument) for user metadata that would hide a field of ours.
std::string write_commit_info(const CommitInfo& info, const CommitFacts& facts);

// "MERGE by lakelet/0.1.0": who another commit was made by, as far as it says.
std::string describe_author(const CommitInfoAction& info);

}  // namespace lakelet::delta
