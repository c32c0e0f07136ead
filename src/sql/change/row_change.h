// The rows that one running statement takes from a table and gives to it, and the one place where the table's policy
// for removed rows is applied: positions, or files written again without them.
#pragma once

#include <atomic>
#include <chrono>
#include <duckdb.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/data_file_writer.h"
#include "engine/scan.h"
#include "engine/task_reader.h"
#include "sql/change/assigned_rows.h"
#include "sql/change/change_record.h"
#include "sql/change/kept_rows.h"
#include "sql/change/returned_rows.h"
#include "sql/change/table_change.h"
#include "sql/rules/row_demands.h"

namespace lakelet::sql {

// Life: rows are removed and written from many threads; settle() once; then the rows that stay are pulled from kept()
// and written, and those that changed pulled from before() and told, again from many threads; finish() once.
// Where the table records its changes, they are told in change files as far as readers can't tell them from whole
// files; where it tracks its rows, those that come from it keep what they are known by.
class RowChange {
 public:
  // `scan` is the target's: it tells the file behind a row's file number. Null for an INSERT.
  RowChange(duckdb::ClientContext& context, TableChange& change, std::shared_ptr<engine::TableScan> scan);

  // The rows come in an order that the statement asks for: they aren't sorted as the table says.
  void keep_order() { keeps_order_ = true; }

  // Where rows that change are given back (RETURNING), from before the first of them on; null: nobody asked.
  void give_back(std::unique_ptr<ReturnedRows> returned) { returned_ = std::move(returned); }
  ReturnedRows* returned() { return returned_.get(); }

  // Before anything else: what a merge's updates assign comes through assigned(), and their rows are completed with
  // what is read after settle().
  void complete_later(const duckdb::vector<duckdb::LogicalType>& types, std::vector<PartialUpdate> updates);
  AssignedValues* assigned() { return assigned_.get(); }
  const PartialUpdate& partial_update(std::size_t number) const { return partial_updates_[number]; }

  // Marks rows as gone, to be updated (now, or once they are completed) or for good. `fresh` receives the indexes of
  // those that weren't gone yet; returns how many.
  enum class Fate { Deleted, Updated, UpdatedLater };
  duckdb::idx_t remove(duckdb::Vector& files, duckdb::Vector& positions, duckdb::idx_t count, Fate fate,
                       duckdb::SelectionVector& fresh);
  // All rows of a file, whose number is known. The statement scans nothing then; `task` has to outlive it.
  void remove_whole(const FileTask& task);
  // Whether rows are written with what they are known by: update() needs their ids then.
  bool tracks_rows() const { return tracked_.has_value(); }
  // The ids of rows of the table: what is stored for them, or else from their place in a file.
  void row_ids(duckdb::Vector& files, duckdb::Vector& positions, duckdb::Vector& stored, duckdb::idx_t count,
               duckdb::Vector& ids);

  // Rows to write. A thread writes through its own Thread, and finishes it. Columns as the table's schema. New values
  // are made what the table demands of them; throws as RowDemands.
  class Thread {
   public:
    Thread(RowChange& change, std::unique_ptr<engine::DataFileWriter::Thread> writer);
    // `written` then sees the rows as they are in the table.
    void insert(duckdb::DataChunk& given, const ComputedColumns& computed,
                const std::function<void(duckdb::DataChunk&)>& written = {});
    // The new values of rows that were removed. `ids`: as row_ids() gives them; null where rows aren't tracked.
    void update(duckdb::DataChunk& given, const ComputedColumns& computed, duckdb::Vector* ids,
                const std::function<void(duckdb::DataChunk&)>& written = {});
    // Rows that came from kept(), with its columns.
    void keep(duckdb::DataChunk& rows);
    void finish();

   private:
    void demand(duckdb::DataChunk& rows, const ComputedColumns& computed);
    void write(duckdb::DataChunk& rows, duckdb::Vector* ids, duckdb::Vector* versions);
    void tell(duckdb::DataChunk& rows, ChangeType type);

    RowChange& change_;
    std::unique_ptr<engine::DataFileWriter::Thread> writer_;
    std::unique_ptr<ChangeRecord::Thread> record_;
    std::unique_ptr<RowDemands::Thread> demands_;
  };
  std::unique_ptr<Thread> start(duckdb::ExecutionContext& context);

  // No more rows go. Files without any row left are removed; of the others, what the table's policy says.
  void settle();
  // Rows that stay of files that are written again; null if there are none, or if kept rows come with those that are
  // completed.
  KeptRows* kept() { return completed_ ? nullptr : kept_.get(); }
  AssignedRows* completed() { return completed_.get(); }
  std::size_t kept_threads() const { return kept_ ? kept_->max_threads() : 1; }
  // Rows as they were before they changed; null if nobody needs to be told. Each thread writes them to its own
  // record().
  engine::TaskReader* before() { return before_.get(); }
  std::unique_ptr<ChangeRecord::Thread> record();
  // Closes the new files and hands all facts to the TableChange.
  void finish();

  TableChange& change() { return change_; }
  const std::shared_ptr<engine::TableScan>& scan() const { return scan_; }

  // Rows by what was done to them, for the report.
  std::atomic<std::int64_t> inserted{0}, updated{0}, deleted{0}, copied{0};

 private:
  struct Touched {
    const FileTask* task = nullptr;
    RowPositions positions;
    RowPositions updated;  // of those; kept where changes are recorded or given back
    RowPositions later;    // of those: to be completed
    bool whole() const;    // whether no row of the file is left
  };
  void note_spilling();
  const RowDemands& demands();
  void add_tracked_columns(engine::DataFileWriterOptions& options) const;
  void settle_changes();
  void settle_returned();
  void settle_file(Touched& touched, bool rewrite, std::vector<FileTask>& again);
  void tell_changes(std::vector<DataFile>& added);

  duckdb::ClientContext& context_;
  TableChange& change_;
  std::shared_ptr<engine::TableScan> scan_;
  std::atomic<std::uint64_t> spilled_{0};  // the most that lay in temporary files while rows came
  std::mutex mutex_;
  std::map<std::uint64_t, Touched> touched_;  // by file number
  std::unique_ptr<engine::DataFileWriter> writer_;
  std::unique_ptr<RowDemands> demands_;
  std::vector<PartialUpdate> partial_updates_;
  std::unique_ptr<AssignedValues> assigned_;
  std::unique_ptr<KeptRows> kept_;
  std::unique_ptr<AssignedRows> completed_;
  bool rewrites_ = false;
  bool keeps_order_ = false;
  std::unique_ptr<ReturnedRows> returned_;

  const bool records_;                    // whether changes are recorded
  std::optional<TrackedRows> tracked_;    // where the rows of new files keep what they are known by
  bool told_ = false;                     // whether this statement's changes go into change files
  std::unique_ptr<ChangeRecord> record_;  // null until there is something to tell
  std::unique_ptr<engine::TaskReader> before_;
  std::vector<FileTask> overwritten_;    // rows taken away that an earlier statement of the transaction wrote
  std::vector<FileTask> removed_whole_;  // files of the table
  std::chrono::steady_clock::time_point stage_start_;
};

}  // namespace lakelet::sql
