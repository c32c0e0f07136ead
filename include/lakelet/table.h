// One table: what it holds, what it was, and the verbs that change it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/analyze.h"
#include "lakelet/clone.h"
#include "lakelet/diff.h"
#include "lakelet/file_changes.h"
#include "lakelet/layout_change.h"
#include "lakelet/maintenance.h"
#include "lakelet/merge.h"
#include "lakelet/metadata.h"
#include "lakelet/optimize.h"
#include "lakelet/partitioning.h"
#include "lakelet/query_control.h"
#include "lakelet/report.h"
#include "lakelet/rows.h"
#include "lakelet/scanned_file.h"
#include "lakelet/schema.h"
#include "lakelet/source.h"
#include "lakelet/split.h"
#include "lakelet/write_options.h"

namespace lakelet {

// What to read of a table. Every call gives a new scan; nothing is read before rows().
class Scan {
 public:
  Scan select(std::vector<std::string> columns) const;               // in this order; empty: all
  Scan where(std::string predicate) const;                           // SQL; several are all required
  Scan order_by(std::string column, bool descending = false) const;  // several: the first counts most
  Scan limit(std::int64_t rows) const;

  // Throws InvalidArgument (a predicate that isn't one SQL condition, a column that isn't there).
  Rows rows() const;
  Rows rows(const QueryControl& control) const;  // watched and cancelled from other threads
  // A row for each column: column, type, rows, nulls, distinct (approximate), least, greatest, mean. Reads every row.
  Rows statistics() const;
  Rows statistics(const QueryControl& control) const;

  // The scan in parts that other processes can read (Session::read), each with files of about `target_bytes` and at
  // least one; none if no file can have rows for it. Together they give the rows of rows(), in no order. Throws
  // InvalidArgument for a scan with an order or a limit, or with a predicate that has a query in it, UnsupportedFeature
  // for a table with rows that no file holds.
  std::vector<Split> splits(std::uint64_t target_bytes = std::uint64_t{128} << 20) const;
  // The files that may have rows for it, in the order of splits(). Throws what splits() throws.
  std::vector<ScannedFile> files() const;

 private:
  friend class Session;
  friend class Table;
  struct Impl;
  explicit Scan(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// A handle on a table at one version: what it answers never changes under its reader. Opened without a version it can
// be written to: a verb works on the newest version (WriteOptions::if_version to insist on one), and the handle then
// stands at the version that was committed; refresh() moves it to the newest. Opened at a version (or at_version) it
// only reads: verbs are Error(InvalidArgument). Copies are the same handle. Not thread-safe: open one for each thread.
class Table {
 public:
  const std::string& uri() const;  // without the "@version"
  Version version() const;
  std::int64_t timestamp_us() const;  // when that version was committed, microseconds since the epoch
  const Schema& schema() const;
  const TableMetadata& metadata() const;
  const Properties& properties() const;
  const Partitioning& partitioning() const;
  // How columns come by values in rows that bring none, by column. Throws CorruptTable, UnsupportedFeature (rules that
  // can't be read, which hinder only who writes).
  std::map<std::string, ValueRule> values() const;
  TableDetail detail() const;  // reads the list of files
  // Texts that applications keep in it under names of their own (SetDomain); the format's own among them.
  std::map<std::string, std::string> domains() const;
  // The last of an application's own versions that was committed (WriteOptions::application_version).
  std::optional<std::int64_t> application_version(const std::string& application) const;

  // Newest first, from the newest commit whatever this handle's version is; at most `limit` (nullopt: all).
  std::vector<HistoryEntry> history(std::optional<std::int64_t> limit = {}) const;
  // Its branches and tags, by name. A handle that was opened at a branch writes to it: append, overwrite, delete_rows,
  // update, merge and alter.
  std::vector<Reference> references() const;
  std::vector<FileInfo> files() const;
  std::vector<PartitionInfo> partitions() const;  // sorted by their values; one without values if not partitioned

  // NotFound if there is no such version; the message says which there are.
  Table at_version(Version version) const;
  Table at_timestamp(std::int64_t us) const;  // the last version committed at or before it
  void refresh();

  Scan scan() const;
  // What happened to the rows in these versions, both ends in, as far as this handle's version: the columns of the
  // table and _change_type ("insert", "delete", "update_preimage", "update_postimage"), _commit_version,
  // _commit_timestamp. A time as `from` is the first version committed at or after it, as `to` the last at or before
  // it. Throws NotFound (versions that don't exist or whose changes weren't recorded or are cleaned up; the message
  // says which are there), InvalidArgument (an end before the beginning), UnsupportedFeature (columns that changed too
  // much in between); what is wrong with a later version of the range, Scan::rows() or its rows may say.
  Scan changes(const VersionSelector& from, const VersionSelector& to = LatestVersion{}) const;

  // What lies between this handle's version and another one, which counts as the later. Reads both lists of files. A
  // clone of the table may stand for one of its versions. Throws InvalidArgument (a key that isn't there).
  Diff diff(const Table& later, const DiffOptions& options = {}) const;

  // Makes a table of its own at `destination` (a path or URI) that is as this one at this handle's version: columns,
  // properties, partitioning, rules, rows. Its history begins with the clone. A copy that was broken off goes on where
  // it was when the same is asked again. Throws AlreadyExists, InvalidArgument (a destination that can't be),
  // UnsupportedFeature.
  CloneReport clone(const std::string& destination, const CloneOptions& options = {}) const;

  // Every verb is one commit, returns what it did, and throws Conflict, CommitUnknown, UnsupportedFeature (before
  // anything is written), ConstraintViolation (rows that don't fit) or InvalidArgument (text that isn't SQL). Whatever
  // is thrown, the table stays at the version that it had (CommitUnknown aside).
  Report append(Source source, const WriteOptions& options = {});
  // Replaces every row, or those for which `where` holds; then all new rows must satisfy `where` (ConstraintViolation).
  Report overwrite(Source source, const std::string& where = {}, const WriteOptions& options = {});
  // Rows for which `where` is true go; where it is NULL they stay. An empty `where` deletes every row.
  Report delete_rows(const std::string& where, const WriteOptions& options = {});
  Report update(const Assignments& set, const std::string& where = {}, const WriteOptions& options = {});
  // Gathers from the rows what the table should know of its files' columns and doesn't, or, with `full`, of all files;
  // then commits it. No row changes. Throws InvalidArgument (a column without statistics), Conflict.
  AnalyzeReport analyze(const AnalyzeOptions& options = {});
  // Takes Parquet files that other writers made into the table, and files out of it; footers are read, rows aren't.
  // Throws NotFound (a file that isn't there), AlreadyExists (one that the table has), InvalidArgument (columns or
  // folders that aren't the table's), UnsupportedFeature (a table with rules that only rows can be held to).
  Report change_files(const FileChanges& changes, const FileChangeOptions& options = {});
  // `on` joins `target.x` and `source.x`.
  MergeBuilder merge(Source source, const std::string& on, const WriteOptions& options = {});
  // In this order, as one commit. Changes of columns write no data file; what would need that is UnsupportedFeature.
  // Rows that are there and don't meet a new condition are ConstraintViolation. Of `options`, schema_mode and files
  // have no meaning.
  Report alter(const std::vector<Alteration>& changes, const WriteOptions& options = {});

  // Partition fields, sort order, branches and tags, in this order, as one commit; no row changes. Throws
  // UnsupportedFeature where the format hasn't the notion.
  Report change_layout(const std::vector<LayoutChange>& changes, const WriteOptions& options = {});

  // What another version added, which isn't of the table's own line (a branch's, one that a restore left behind), is
  // added to it as well. One that comes right after the newest version becomes that. Throws UnsupportedFeature for a
  // version that took rows away, and where the format's versions come out of one another; AlreadyExists where the table
  // has what it added.
  Report cherry_pick(const VersionSelector& version, const WriteOptions& options = {});

  // The same rows in fewer, larger and better ordered files. Readers of the change feed see nothing of it, and appends
  // are no hindrance. Several commits where the options ask for them; what was committed stays if a later one fails.
  OptimizeReport optimize(const OptimizeOptions& options = {});
  // What optimize() would do now. Writes nothing.
  OptimizePlan plan_optimize(const OptimizeOptions& options = {}) const;

  // Upkeep (maintenance.h). What a format has no notion of is UnsupportedFeature.
  // Writes the newest version in one piece, so that it can be opened without its past. With `dry_run`: what would be.
  LogReport checkpoint(bool dry_run = false);
  // Several commits in one file beside them, which readers take instead: those since the newest checkpoint, or these.
  LogReport compact_log(std::optional<Version> first = {}, std::optional<Version> last = {}, bool dry_run = false);
  // Deletes what of the log only versions need that are older than the log's retention: they can't be read any more.
  LogReport clean_log(bool dry_run = false);
  // Deletes files that no version needs which was the newest one lately. Throws InvalidArgument for a retention under
  // the table's own without VacuumOptions::force.
  VacuumReport vacuum(const VacuumOptions& options = {});
  // Makes the newest version what that one was: its rows, columns and properties, as one commit. Throws NotFound (no
  // such version; files of it that are gone), Conflict (the table was changed meanwhile).
  RestoreReport restore(const VersionSelector& version, const RestoreOptions& options = {});

 private:
  friend class Session;
  friend class MergeBuilder;
  struct Impl;
  explicit Table(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// What stands behind the '@' of a reference: "v12", "12", "2025-01-31T12:00:00Z", "branch". Throws InvalidArgument.
VersionSelector parse_version_selector(const std::string& text);

}  // namespace lakelet
