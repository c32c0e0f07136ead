#include "sql/change/table_change.h"

#include <chrono>
#include <utility>

#include "sql/change/change_record.h"
#include "table/commit_together.h"
#include "table/table_layout_change.h"

namespace lakelet::sql {

namespace {

// Whose commit it is that an outcome tells of: a conflict is one table's.
std::string uris_of(const std::vector<OwnCommit>& commits, const TogetherOutcome& result) {
  if (std::holds_alternative<Conflict>(result.outcome)) return commits[result.table].uri;
  std::string uris;
  for (const OwnCommit& commit : commits) uris += (uris.empty() ? "" : "' and '") + commit.uri;
  return uris;
}

}  // namespace

TableChange::TableChange(std::string uri, std::unique_ptr<Transaction> transaction,
                         std::shared_ptr<StoreRegistry> stores)
    : uri_(std::move(uri)),
      transaction_(std::move(transaction)),
      stores_(std::move(stores)),
      schema_(transaction_->base().schema()),
      view_(transaction_->base_pointer()) {}

TableChange::~TableChange() {
  std::vector<std::string> orphans = std::move(discarded_);
  if (!keep_files_) {
    for (const auto& [uri, file] : added_) orphans.push_back(uri);
    for (const auto& file : change_files_) orphans.push_back(file.uri);
  }
  for (const auto& uri : orphans) {
    try {
      const Location location = stores_->resolve(uri);
      location.store->remove(location.path);
    } catch (const Error&) {  // an orphan: vacuum finds it
    }
  }
}

void TableChange::require(Access access) {
  transaction_->base().require(access);
}

void TableChange::set_schema(Schema schema, bool anew) {
  transaction_->set_schema(std::move(schema));
  if (anew) forget_gone_columns(*transaction_);
  look_again();
}

void TableChange::look_again() {
  view_ = transaction_->preview();
  schema_ = view_->schema();
  schema_changed_ = true;
}

void TableChange::add(std::vector<DataFile> files) {
  for (auto& file : files) {
    const std::string uri = file.uri;
    added_.insert_or_assign(uri, std::move(file));
  }
}

bool TableChange::added_here(const DataFile& file) const {
  return added_.count(file.uri) > 0;
}

void TableChange::remove(const DataFile& file) {
  if (added_.erase(file.uri) > 0) {
    discarded_.push_back(file.uri);
    return;
  }
  positions_.erase(file.path);
  removed_.insert_or_assign(file.path, file);
}

void TableChange::remove_rows(const DataFile& file, const RowPositions& positions) {
  auto [found, fresh] = positions_.try_emplace(file.path, Removal{file, {}});
  found->second.positions.add_all(positions);
}

void TableChange::remove_all() {
  const auto all = files();
  take_change_files();
  untold_.clear();
  // Every file of the base is removed whole now, whatever became of its rows before.
  if (records_changes()) {
    const auto plan = view_->plan({});
    while (auto task = plan->next()) leave_untold(as_change(std::move(*task), ChangeType::Delete));
  }
  for (const auto& task : all) remove(task.file);
  read_where(Predicate::always());
}

bool TableChange::records_changes() const {
  return transaction_->base().version() >= 0 && transaction_->change_recording() != nullptr;
}

void TableChange::add_change_files(std::vector<DataFile> files) {
  for (auto& file : files) change_files_.push_back(std::move(file));
}

std::vector<DataFile> TableChange::take_change_files() {
  for (const auto& file : change_files_) discarded_.push_back(file.uri);
  return std::exchange(change_files_, {});
}

void TableChange::forget_untold(const DataFile& file) {
  std::erase_if(untold_, [&](const FileTask& change) { return change.file.uri == file.uri; });
}

std::vector<FileTask> TableChange::take_untold() {
  return std::exchange(untold_, {});
}

void TableChange::read_where(const Predicate& predicate) {
  transaction_->read_where(predicate);
}

void TableChange::read_file(const DataFile& file) {
  if (added_here(file) || !read_.try_emplace(file.path, file).second) return;
  transaction_->read_file(file);
}

bool TableChange::dirty() const {
  return !added_.empty() || !removed_.empty() || !positions_.empty() || schema_changed_ ||
         transaction_->base().version() < 0;
}

std::vector<FileTask> TableChange::files() const {
  std::vector<FileTask> files;
  if (transaction_->base().version() >= 0) {
    const auto plan = view_->plan({});
    while (auto task = plan->next()) {
      if (removed_.count(task->file.path)) continue;
      if (const auto found = positions_.find(task->file.path); found != positions_.end()) {
        auto merged = task->deletes.positions ? std::make_shared<RowPositions>(*task->deletes.positions)
                                              : std::make_shared<RowPositions>();
        merged->add_all(found->second.positions);
        task->deletes.positions = std::move(merged);
      }
      files.push_back(std::move(*task));
    }
  }
  for (const auto& [uri, file] : added_) files.push_back({file, {}});
  return files;
}

void TableChange::announce(const std::string& stage) const {
  if (events_) events_({EventKind::Stage, {}, stage, -1});
}

void TableChange::begin_statement(const StatementFacts& facts) {
  ++open_statements_;
  note(facts);
}

void TableChange::note(const StatementFacts& facts) {
  statements_.push_back(facts);
}

CommitInfo TableChange::describe(const WriteOptions& options) const {
  CommitInfo info;
  info.metrics = report_;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began_;
  info.metrics.seconds = seconds.count();
  info.user_metadata = options.user_metadata;
  const bool creates = transaction_->base().version() < 0;
  if (statements_.size() == 1 || creates) {
    const StatementFacts facts = statements_.empty() ? StatementFacts{} : statements_.front();
    info.operation = creates ? Operation::Create : facts.operation.value_or(Operation::Other);
    if (!creates) info.predicate = facts.predicate;
    info.merge_clauses = facts.merge_clauses;
  } else if (!statements_.empty()) {
    info.operation = *statements_.front().operation;
    for (const auto& facts : statements_) {
      if (facts.operation != info.operation) info.operation = Operation::Other;
    }
    if (info.operation == Operation::Other) info.other_operation = "TRANSACTION";
  }
  if (replaced_) {
    info.operation = Operation::Other;
    info.other_operation = "CREATE OR REPLACE TABLE";
  }
  if (options.replace_all && !creates) info.operation = Operation::Overwrite;
  if (options.operation) info.operation = *options.operation;
  if (options.predicate) info.predicate = options.predicate;
  if (!options.merge_clauses.empty()) info.merge_clauses = options.merge_clauses;
  return info;
}

bool TableChange::settle(const WriteOptions& options) {
  report_.files_added = report_.files_removed = report_.bytes_added = report_.bytes_removed = 0;
  for (const auto& [path, file] : removed_) {
    transaction_->remove(file);
    ++report_.files_removed;
    report_.bytes_removed += static_cast<std::int64_t>(file.bytes);
  }
  for (auto& [path, removal] : positions_) transaction_->remove_rows(removal.file, removal.positions);
  for (const auto& [uri, file] : added_) {
    transaction_->add(file);
    ++report_.files_added;
    report_.bytes_added += static_cast<std::int64_t>(file.bytes);
  }
  for (const auto& file : change_files_) transaction_->change_recording()->add(file);
  for (const auto& [column, value] : identity_marks_.taken()) transaction_->set_identity_mark(column, value);
  if (options.application_version) {
    transaction_->set_application_version(options.application_version->first, options.application_version->second);
  }
  return !transaction_->empty();
}

void TableChange::failed(const Error& error) {
  keep_files_ = error.code() == ErrorCode::CommitUnknown || error.code() == ErrorCode::Unavailable ||
                error.code() == ErrorCode::Internal;
}

void TableChange::committed(Version version, int retries, const WriteOptions& options) {
  // An application's write that was made before isn't made again: what we wrote belongs to nobody.
  if (options.application_version && version == transaction_->base().version()) keep_files_ = false;
  report_.version = version;
  report_.commit_retries = retries;
}

void TableChange::commit(const std::vector<std::unique_ptr<TableChange>>& changes, const WriteOptions& options) {
  for (const auto& change : changes) {
    if (change->open_statements_ == 0) continue;
    throw Error(ErrorCode::InvalidArgument, "a statement of this transaction failed: nothing of it was committed",
                "start again without that statement");
  }
  std::vector<TableChange*> pending;
  for (const auto& change : changes) {
    if (change->settle(options)) pending.push_back(change.get());
  }
  if (pending.empty()) return;
  const auto start = std::chrono::steady_clock::now();
  std::vector<OwnCommit> commits;
  for (TableChange* change : pending) {
    commits.push_back({change->transaction_.get(), change->describe(options), change->uri_});
    change->keep_files_ = true;  // unless we learn that it didn't happen
  }
  pending.front()->announce("commit");
  TogetherOutcome result;
  try {
    result = commit_together(commits, options.commit);
  } catch (const Error& error) {
    for (TableChange* change : pending) change->failed(error);
    throw;
  }
  const bool conflict = std::holds_alternative<Conflict>(result.outcome);
  for (TableChange* change : pending) change->keep_files_ = !conflict;
  const Committed done = require_committed(result.outcome, uris_of(commits, result));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    pending[i]->committed(result.versions[i], done.retries, options);
    pending[i]->report_.stages.push_back({"commit", seconds.count()});
  }
}

}  // namespace lakelet::sql
