// A set of changes to one table, made against one snapshot and committed on top of the newest. Optimistic.
// A transaction never reads rows and writes no data files: it takes three facts (files added, rows removed from files,
// files removed) and the new metadata, and records what was read for the conflict check. Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "lakelet/value_rule.h"
#include "table/commit.h"
#include "table/snapshot.h"

namespace lakelet {

class Catalog;
class ChangeRecording;
class PreparedCommit;
struct Restoration;

class Transaction {
 public:
  virtual ~Transaction() = default;

  // The version it started from. For a table that is being created: an empty snapshot of version -1 with the new
  // schema, partitioning and properties.
  virtual const Snapshot& base() const = 0;
  std::shared_ptr<const Snapshot> base_pointer() const { return base().shared_from_this(); }

  virtual void add(DataFile file) = 0;
  virtual void remove(const DataFile& file) = 0;  // one that base().plan() gave
  // Takes over a file of another table of the format, as that table's plan gave it, with all that the format knows of
  // it and the rows that are gone from it. It lies where it lies, or, as a copy, at `uri`. For transactions of
  // TableFormat::clone(), and, with any table's file, of create(); throws Error(UnsupportedFeature) elsewhere.
  virtual void adopt(const FileTask& file, const std::string& uri);
  // What is known of a file's rows and columns, in the place of what the table says: `file` is one that base().plan()
  // gave, with `rows` and `statistics` as they are. Of a file with deleted rows the statistics are those of the others;
  // `rows` counts all. No row changes. Throws Error(UnsupportedFeature) where the format can't.
  virtual void set_statistics(const DataFile& file);
  // Marks rows of a file as gone (merge-on-read). Throws Error(UnsupportedFeature) where row_removal() says Rewrite.
  virtual void remove_rows(const DataFile& file, RowPositions positions) = 0;
  // A field with an id that the table's schema has is that column, under whatever name and type it has now; one without
  // an id is a new column where columns have ids, and the column of that name where they don't. Columns that aren't
  // given are dropped. Throws UnsupportedFeature (a change that would need files written again, with the hint what to
  // do), InvalidArgument. That rows have no NULL in a column that becomes NOT NULL is the caller's to find out.
  virtual void set_schema(Schema schema) = 0;
  virtual void set_partitioning(Partitioning partitioning) = 0;
  virtual void set_properties(Properties properties) = 0;
  virtual void set_name(std::string name, std::string description) = 0;
  // A condition (SQL text) that every row has to meet; nullopt: no longer. Whether the rows that are there meet it is
  // the caller's to find out (and to read_where()). Throws AlreadyExists for a name that has one, NotFound for one to
  // drop that isn't there, UnsupportedFeature where the format keeps no conditions.
  virtual void set_constraint(const std::string& name, const std::optional<std::string>& condition);
  // How a column of preview() comes by its value; nullopt: it has no default any more. Throws NotFound for a default to
  // drop that isn't there, InvalidArgument for a column that can't have the rule, UnsupportedFeature where the format
  // keeps no such rules or files are there that don't follow it.
  virtual void set_value_rule(const std::string& column, const std::optional<ValueRule>& rule);
  // Forgets every condition and every rule of a column: the table is made anew.
  virtual void clear_rules() {}
  // As Snapshot::domains() gives it; nullopt: no longer. Throws UnsupportedFeature where the format keeps none,
  // InvalidArgument for a name that is the format's own, NotFound for one to remove that isn't there.
  virtual void set_domain(const std::string& name, const std::optional<std::string>& text);
  // The last value that was handed out of an identity column of preview(), to be committed with the rows that have
  // them. Whoever hands out values at the same time conflicts. Throws UnsupportedFeature where the format has no such
  // columns.
  virtual void set_identity_mark(const std::string& column, std::int64_t value);
  // Makes the table what it was at `version`, a snapshot of it: files, columns and properties, but for what may never
  // go back (versions of the protocol, ids and numbers that were handed out). Files whose path is in `missing` are left
  // out. The last call counts, and takes the place of all other changes. Throws UnsupportedFeature where a format
  // can't.
  virtual Restoration restore(const Snapshot& version, const std::set<std::string>& missing = {});
  // The table as the set_... calls so far would leave it, with the files of base(): its schema has the ids and names
  // that the format gave. Of base()'s version. Costs no request.
  virtual std::shared_ptr<const Snapshot> preview() const = 0;

  // Whether removed rows become positions or the file is written again: the table's policy, asked in one place.
  enum class RowRemoval { Rewrite, Positions };
  virtual RowRemoval row_removal() const = 0;

  // What the change depends on. A commit in between that adds a file in which the predicate may hold is a conflict.
  virtual void read_where(const Predicate& predicate) = 0;
  virtual void read_file(const DataFile& file) = 0;
  // Idempotent writes: (application id, its own version). Already seen: the commit is Committed with the base's
  // version.
  virtual void set_application_version(const std::string& application, std::int64_t version) = 0;

  // Where changed rows are told that readers can't tell from the three facts. Null: nobody asks for them. Owned by the
  // transaction.
  virtual ChangeRecording* change_recording() { return nullptr; }
  // Where new files keep what the rows that come from the table are known by. A row that is copied keeps both numbers,
  // one that is changed its row_id; a new one has neither, and gets them with the commit. nullopt: nothing is kept.
  virtual std::optional<RowTracking> row_tracking() const { return std::nullopt; }

  // What write_layout() and new_file_uri() heed from now on.
  void set_data_file_options(DataFileOptions options) { data_file_options_ = std::move(options); }
  // The layout for the files of this transaction (its schema, once set_schema was called), and where to put one.
  virtual WriteLayout write_layout() const = 0;
  // The URI of a new data file for these partition values; `unique` (a UUID) goes into its name.
  virtual std::string new_file_uri(const std::vector<Value>& partition_values, const std::string& unique) const = 0;

  // Whether committing would change anything.
  virtual bool empty() const = 0;
  virtual CommitOutcome commit(const CommitInfo& info, const CommitOptions& options) = 0;

  // For a commit together with transactions on other tables (commit_together.h).
  // The catalog whose tables those are; null: it is committed alone.
  virtual std::shared_ptr<Catalog> commit_catalog() const { return nullptr; }
  // Writes all that doesn't depend on what others commit; or how the commit ends already, as with nothing to commit.
  // What it gives must not outlive the transaction. Throws as commit(), Error(UnsupportedFeature) without
  // commit_catalog().
  virtual std::variant<CommitOutcome, std::unique_ptr<PreparedCommit>> prepare(const CommitInfo& info,
                                                                               const CommitOptions& options);

 protected:
  const DataFileOptions& data_file_options() const { return data_file_options_; }

 private:
  DataFileOptions data_file_options_;
};

}  // namespace lakelet
