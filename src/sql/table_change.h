// What one DuckDB transaction has done to one table, before it is committed: files added, rows removed from files,
// files removed. A later statement of the transaction sees it through files().
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/report.h"
#include "sql/sql_session.h"
#include "sql/statement_facts.h"
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
  void set_schema(Schema schema);
  bool schema_changed() const { return schema_changed_; }

  // The three facts. A file that this transaction added and then removes was never there.
  void add(std::vector<DataFile> files);
  void remove(const DataFile& file);
  void remove_rows(const DataFile& file, const RowPositions& positions);
  void remove_all();  // every file there is now
  bool added_here(const DataFile& file) const;

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

  // Commits all of it as one version; the report then has that version. Throws Error(Conflict), Error(CommitUnknown)
  // and what the format throws. Nothing to do: no commit, version -1.
  Report commit(const WriteOptions& options);

 private:
  CommitInfo describe(const WriteOptions& options) const;

  std::string uri_;
  std::unique_ptr<Transaction> transaction_;
  std::shared_ptr<StoreRegistry> stores_;
  Schema schema_;
  bool schema_changed_ = false;
  std::map<std::string, DataFile> added_;    // by uri
  std::map<std::string, DataFile> removed_;  // by path
  struct Removal {
    DataFile file;
    RowPositions positions;
  };
  std::map<std::string, Removal> positions_;  // by path
  std::map<std::string, DataFile> read_;      // by path
  std::vector<std::string> discarded_;        // uris of files that were added and removed again
  std::vector<StatementFacts> statements_;
  Report report_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  EventSink events_;
  int open_statements_ = 0;
  bool keep_files_ = false;
};

}  // namespace lakelet::sql
