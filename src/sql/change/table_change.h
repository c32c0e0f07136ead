// What one DuckDB transaction has done to one table, before it is committed: files added, rows removed from files,
// files removed. A later statement of the transaction sees it through files().
#pragma once

#include <chrono>
#include <duckdb.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/report.h"
#include "sql/rules/identity_marks.h"
#include "sql/session/statement_facts.h"
#include "sql/sql_session.h"
#include "table/table_format.h"

namespace lakelet::sql {

class TableChange {
 public:
  TableChange(std::string uri, std::unique_ptr<Transaction> transaction, std::shared_ptr<StoreRegistry> stores);
  // Removes the files that were written for it, as far as it can, unless a commit was tried and may have happened.
  ~TableChange();
  TableChange(const TableChange&) = delete;
  TableChange& operator=(const TableChange&) = delete;

  const std::string& uri() const { return uri_; }
  lakelet::Transaction& transaction() const { return *transaction_; }
  const Schema& schema() const { return schema_; }

  // Before the first byte is written. Throws Error(UnsupportedFeature).
  void require(Access access);
  // `anew`: together with all rows.
  void set_schema(Schema schema, bool anew);
  // Throws what Transaction's verbs do, and Error(InvalidArgument). Whether rows allow it was looked at before.
  void alter(const Alteration& change);
  void set_value_rule(const std::string& column, const std::optional<ValueRule>& rule);
  // The table becomes a new one, without rows: its columns and partitioning are the new one's, of its properties those
  // that the new one has are set, rules for rows go, and its history goes on. `whole`: the other properties go, and it
  // is called as the new one.
  void replace(const CreateSpec& spec, bool whole = false);
  // The table as statements see it, but for the rows: the base, or what the transaction made of its schema and
  // properties. The same pointer until they change.
  const std::shared_ptr<const Snapshot>& view() const { return view_; }

  // The three facts. A file that this transaction added and then removes was never there.
  void add(std::vector<DataFile> files);
  void remove(const DataFile& file);
  void remove_rows(const DataFile& file, const RowPositions& positions);
  void remove_all();  // every file there is now
  bool added_here(const DataFile& file) const;

  // Whether changed rows have to be told in change files (Transaction::change_recording) where readers can't tell them
  // from the three facts.
  bool records_changes() const;
  // Whether there are such files: then everything has to be in them.
  bool has_change_files() const { return !change_files_.empty(); }
  void add_change_files(std::vector<DataFile> files);
  // They are taken back, and others have to say what they said.
  std::vector<DataFile> take_change_files();
  // Whole files that were added or removed and that no change file tells of: rows as as_change() gives them.
  void leave_untold(FileTask change) { untold_.push_back(std::move(change)); }
  void forget_untold(const DataFile& file);  // that was added, and is gone again
  std::vector<FileTask> take_untold();

  // Values that the table hands out to its new rows; committed with them.
  IdentityMarks& identity_marks() { return identity_marks_; }

  // What the change depends on.
  void read_where(const Predicate& predicate);
  void read_file(const DataFile& file);

  // Whether the table no longer is as its base snapshot shows it.
  bool dirty() const;
  // The table as the transaction left it.
  std::vector<FileTask> files() const;

  // Tells whoever listens that a stage of the work begins: "rewrite", "commit".
  void listen(EventSink events) { events_ = std::move(events); }
  void announce(const std::string& stage) const;

  // A statement began to change rows, and ended well. What one left half done is never committed.
  void begin_statement(const StatementFacts& facts);
  void end_statement() { --open_statements_; }
  void note(const StatementFacts& facts);
  Report& report() { return report_; }

  // Commits all of each as one version of its table, and all tables as one; the reports then have those versions.
  // Throws Error(Conflict), Error(CommitUnknown) and what the format throws. Nothing to do: no commit, version -1.
  static void commit(const std::vector<std::unique_ptr<TableChange>>& changes, const WriteOptions& options);

 private:
  // Gives the transaction all that was done. False: that is nothing.
  bool settle(const WriteOptions& options);
  CommitInfo describe(const WriteOptions& options) const;
  // A store that failed in the middle may have more of the commit than it said. An orphan does no harm.
  void failed(const Error& error);
  void committed(Version version, int retries, const WriteOptions& options);

  std::string uri_;
  std::unique_ptr<Transaction> transaction_;
  std::shared_ptr<StoreRegistry> stores_;
  void look_again();

  Schema schema_;
  std::shared_ptr<const Snapshot> view_;
  bool schema_changed_ = false;
  bool replaced_ = false;
  std::map<std::string, DataFile> added_;    // by uri
  std::map<std::string, DataFile> removed_;  // by path
  struct Removal {
    DataFile file;
    RowPositions positions;
  };
  std::map<std::string, Removal> positions_;  // by path
  std::map<std::string, DataFile> read_;      // by path
  std::vector<std::string> discarded_;        // uris of files that were added and removed again
  std::vector<DataFile> change_files_;
  std::vector<FileTask> untold_;
  IdentityMarks identity_marks_;
  std::vector<StatementFacts> statements_;
  Report report_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  EventSink events_;
  int open_statements_ = 0;
  bool keep_files_ = false;
};

class PathsTable;

// alter_table.cc: one alteration of a table in the transaction of the context. `rows_checked`: the rows that are there
// allow it; otherwise one that asks something of them is refused.
void alter_table(duckdb::ClientContext& context, PathsTable& table, const Alteration& change, bool rows_checked);

}  // namespace lakelet::sql
