// What happened to a table's rows from one version to another, in neutral form: rows of files that a commit added,
// removed or wrote to tell its changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "table/snapshot.h"

namespace lakelet {

enum class ChangeType { Insert, Delete, UpdateBefore, UpdateAfter };

// "insert", "delete", "update_preimage", "update_postimage".
std::string_view to_string(ChangeType type);

// The columns of a change, behind those of the row.
inline constexpr const char* kChangeTypeColumn = "_change_type";            // string, to_string(ChangeType)
inline constexpr const char* kCommitVersionColumn = "_commit_version";      // bigint
inline constexpr const char* kCommitTimestampColumn = "_commit_timestamp";  // timestamp (an instant)

// Both ends belong to it. A time as `from` is the first version committed at or after it, as `to` the last one
// committed at or before it; two times between which nothing was committed make an empty range.
struct ChangeRange {
  VersionSelector from;
  VersionSelector to = LatestVersion{};
};

// Rows of one file that one commit changed: those that `file` (with its deletes, only and constants) leaves.
struct ChangeTask {
  FileTask file;
  // Of all the rows; nullopt: the file says it for each row, in a column of its own called kChangeTypeColumn.
  std::optional<ChangeType> type;
  Version version = 0;
  std::int64_t timestamp_us = 0;
};

// A pull stream, oldest commit first. One consumer at a time. Keeps its feed alive. Reads a commit when it is its turn:
// next() throws what a later version has wrong (NotFound, UnsupportedFeature, CorruptTable) only then.
class ChangePlan {
 public:
  virtual ~ChangePlan() = default;
  virtual std::optional<ChangeTask> next() = 0;
  virtual ScanCounts counts() const = 0;  // so far
};

// Immutable; safe to share between threads.
class ChangeFeed : public std::enable_shared_from_this<ChangeFeed> {
 public:
  virtual ~ChangeFeed() = default;
  // Whose columns the rows have, and as whose files the files are read.
  virtual const std::shared_ptr<const Snapshot>& snapshot() const = 0;
  // Leaves out files for which the predicate, over change_schema(), can't hold.
  virtual std::unique_ptr<ChangePlan> plan(const Predicate& predicate) const = 0;
  // Versions that may tell a row as deleted and inserted that was only written again; ascending in time. Whoever reads
  // takes such pairs away (sql/scan/settled_changes.h).
  virtual std::vector<Version> rewriting_versions() const { return {}; }
};

// The columns, all of them nullable, and the three of a change. Throws Error(UnsupportedFeature) for a table that has a
// column of such a name itself.
Schema change_schema(const Schema& columns);

// Whether the predicate may hold for rows of the task, by its constants, type, version and time.
Match match_change(const Predicate& predicate, const ChangeTask& task, const Schema& schema);

// The changes as rows that can be scanned: a snapshot with change_schema(). It isn't one that can be written to.
std::shared_ptr<const Snapshot> scannable(std::shared_ptr<const ChangeFeed> feed);

}  // namespace lakelet
