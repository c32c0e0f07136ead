// A set of changes to one table, made against one snapshot and committed on top of the newest. Optimistic.
// A transaction never reads rows and writes no data files: it takes three facts (files added, rows removed from files,
// files removed) and the new metadata, and records what was read for the conflict check. Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "table/commit.h"
#include "table/snapshot.h"

namespace lakelet {

class Transaction {
 public:
  virtual ~Transaction() = default;

  // The version it started from. For a table that is being created: an empty snapshot of version -1 with the new
  // schema, partitioning and properties.
  virtual const Snapshot& base() const = 0;
  std::shared_ptr<const Snapshot> base_pointer() const { return base().shared_from_this(); }

  virtual void add(DataFile file) = 0;
  virtual void remove(const DataFile& file) = 0;  // one that base().plan() gave
  // Marks rows of a file as gone (merge-on-read). Throws Error(UnsupportedFeature) where row_removal() says Rewrite.
  virtual void remove_rows(const DataFile& file, RowPositions positions) = 0;
  virtual void set_schema(Schema schema) = 0;
  virtual void set_partitioning(Partitioning partitioning) = 0;
  virtual void set_properties(Properties properties) = 0;
  virtual void set_name(std::string name, std::string description) = 0;

  // Whether removed rows become positions or the file is written again: the table's policy, asked in one place.
  enum class RowRemoval { Rewrite, Positions };
  virtual RowRemoval row_removal() const = 0;

  // What the change depends on. A commit in between that adds a file in which the predicate may hold is a conflict.
  virtual void read_where(const Predicate& predicate) = 0;
  virtual void read_file(const DataFile& file) = 0;
  // Idempotent writes: (application id, its own version). Already seen: the commit is Committed with the base's
  // version.
  virtual void set_application_version(const std::string& application, std::int64_t version) = 0;

  // The layout for the files of this transaction (its schema, once set_schema was called), and where to put one.
  virtual WriteLayout write_layout() const = 0;
  // The URI of a new data file for these partition values; `unique` (a UUID) goes into its name.
  virtual std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const = 0;

  // Whether committing would change anything.
  virtual bool empty() const = 0;
  virtual CommitOutcome commit(const CommitInfo& info, const CommitOptions& options) = 0;
};

}  // namespace lakelet
