// The seam between lakelet and a table format.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lakelet/health.h"
#include "table/tabular_io.h"
#include "table/transaction.h"

namespace lakelet {

// A branch, which commits move, or a tag, which stays.
struct NamedVersion {
  std::string name;
  Version version = 0;
  bool branch = false;
};

class ChangeFeed;
struct ChangeRange;
class FileRetention;
struct RetentionRequest;
struct VacuumRecord;
struct LogRequest;
struct LogPlan;
struct LogReport;

// One table of a format, at one location. A handle: it holds no rows and no hidden state but caches of immutable
// commits. Thread-safe.
class FormatTable {
 public:
  virtual ~FormatTable() = default;
  virtual const Location& location() const = 0;
  // Reads only commits newer than what was read before. Throws NotFound (a version that doesn't exist or was cleaned
  // up: the message says which do), UnsupportedFeature, CorruptTable.
  virtual std::shared_ptr<const Snapshot> snapshot(const VersionSelector& selector) = 0;
  // Newest first; stops when visit returns false. Reads lazily.
  virtual void history(const std::function<bool(const HistoryEntry&)>& visit) = 0;
  virtual std::unique_ptr<Transaction> begin(std::shared_ptr<const Snapshot> base) = 0;
  // What happened to the rows in the versions of the range (change_feed.h), as far as `newest`, a snapshot of this
  // table: later versions don't exist for it. Throws NotFound (versions that don't exist, were cleaned up, or whose
  // changes weren't recorded; the message says which are), InvalidArgument (a range that ends before it begins),
  // UnsupportedFeature.
  virtual std::shared_ptr<const ChangeFeed> changes(std::shared_ptr<const Snapshot> newest, const ChangeRange& range);
  // Looks for what is wrong with the format's own files (log, metadata, what tells of deleted rows): each to be found
  // by whoever reads the table one day, though nobody may have yet. Goes on after the first, and throws nothing for
  // what is damaged. Data files are looked at above.
  virtual void examine(const ExamineOptions& options, const std::function<void(const Finding&)>& report);
  // Mends what examine() found and called repairable; nothing else. Throws Error(Conflict) if the table has changed so
  // that it can't.
  virtual void mend(const Finding& finding);
  // Named versions: what AtReference takes. A format without any has none.
  virtual std::vector<NamedVersion> references() { return {}; }

  // Upkeep. Where a format has no such thing, and unless it says otherwise, these throw Error(UnsupportedFeature).
  // What of the table's files the versions up to `newest`, which is the newest one, still need (upkeep.h).
  virtual std::unique_ptr<FileRetention> retention(std::shared_ptr<const Snapshot> newest,
                                                   const RetentionRequest& request);
  // Tells the table's history of a vacuum; a format whose history has no such entries does nothing.
  virtual void record_vacuum(const VacuumRecord&, const CommitOptions&) {}
  // What would be done to the files that say what the table is, and doing it.
  virtual LogPlan plan_log(const LogRequest& request);
  virtual LogReport run_log(const LogPlan& plan, const CommitOptions& options);
};

struct CreateSpec {
  Schema schema;
  std::vector<std::string> partition_by;  // columns, identity; richer transforms: Partitioning
  std::string name;
  std::string description;
  Properties properties;
  bool for_files = false;  // that are there: they have columns by file_name(), and fields' ids where they have any
};

// What every format is given to do its work.
struct FormatContext {
  std::shared_ptr<StoreRegistry> stores;
  std::shared_ptr<TabularIo> tabular;
  std::string engine_info;  // "lakelet/0.1.0", for commits
  EventSink events;
  std::uint64_t memory_limit_bytes = 0;  // which metadata that is read must keep within; 0: none
};

class TableFormat {
 public:
  virtual ~TableFormat() = default;
  virtual std::string_view name() const = 0;
  virtual Capabilities capabilities() const = 0;
  // Whether a table of this format is at the location, in one cheap request or two. Never throws for what isn't one.
  virtual bool detect(const Location& location) const = 0;
  // Throws NotFound (no table here: the message says what is), CorruptTable.
  virtual std::unique_ptr<FormatTable> open(const FormatContext& context, const Location& location) const = 0;
  // Nothing is written before the transaction commits; a commit that finds a table there is Error(AlreadyExists).
  virtual std::unique_ptr<Transaction> create(const FormatContext& context, const Location& location,
                                              const CreateSpec& spec) const = 0;
  // Makes a table at `location` that is as `source`, a snapshot of this format, in everything but its files, which
  // Transaction::adopt() takes over: columns, partitioning, properties, rules for rows, features. It is a table of its
  // own: with an id of its own, and without what belongs to the source's history. Throws Error(UnsupportedFeature).
  virtual std::unique_ptr<Transaction> clone(const FormatContext& context, const Location& location,
                                             std::shared_ptr<const Snapshot> source) const;
  // Removes the table: its log first, so that whoever reads meanwhile finds all of it or none, then its files. Throws
  // Error(InvalidArgument), and removes nothing, if something that isn't the table's is in its folder, and names it.
  virtual void drop(const FormatContext& context, const Location& location) const;
};

// The formats of a session. `standard_formats()` in formats/registry.h fills one with all that lakelet knows.
class FormatRegistry {
 public:
  void add(std::unique_ptr<TableFormat> format);
  const TableFormat* find(std::string_view name) const;  // nullptr if unknown
  const std::vector<std::unique_ptr<TableFormat>>& formats() const { return formats_; }
  // The format of the table at the location. Throws Error(NotFound) that tells a missing path from a folder that is no
  // table, and names tables nearby.
  const TableFormat& detect(const Location& location) const;
  const TableFormat* try_detect(const Location& location) const;

 private:
  std::vector<std::unique_ptr<TableFormat>> formats_;
};

}  // namespace lakelet
