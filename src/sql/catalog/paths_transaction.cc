#include "sql/catalog/paths_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>

#include "engine/engine_error.h"
#include "sql/catalog/lake_names.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/version_clause.h"
#include "table/catalog.h"
#include "table/clustering.h"
#include "table/commit_together.h"

namespace lakelet::sql {
namespace {

void set_rules(const NewTable& table, TableChange& change) {
  for (const auto& [column, rule] : table.values) change.set_value_rule(column, rule);
  for (const auto& [constraint, condition] : table.constraints) change.alter(AddConstraint{constraint, condition});
}

}  // namespace

PathsTransaction::PathsTransaction(duckdb::TransactionManager& manager, duckdb::ClientContext& context)
    : Transaction(manager, context), state_(ConnectionState::find(context)) {}

PathsTransaction& PathsTransaction::get(duckdb::ClientContext& context, duckdb::Catalog& catalog) {
  return duckdb::Transaction::Get(context, catalog).Cast<PathsTransaction>();
}

std::shared_ptr<const Snapshot> PathsTransaction::pinned(const std::string& uri, const VersionSelector& selector) {
  auto& snapshot = snapshots_[{uri, to_key(selector)}];
  if (!snapshot) snapshot = state_->try_snapshot(uri, selector);
  return snapshot;
}

std::shared_ptr<const Snapshot> PathsTransaction::snapshot(const std::string& name, const VersionSelector& selector) {
  auto found = pinned(state_->context().stores->resolve(name).uri, selector);
  return found ? found : state_->snapshot(name, selector);
}

void PathsTransaction::bind_view(const std::string& name, std::shared_ptr<const Snapshot> rows) {
  views_[name] = std::move(rows);
}

std::optional<std::string> PathsTransaction::resolved(const std::string& name) const {
  try {
    return state_->context().stores->resolve(name).uri;
  } catch (const Error&) {
    return std::nullopt;  // a scheme that we don't serve may be DuckDB's own
  }
}

duckdb::optional_ptr<PathsTable> PathsTransaction::find(duckdb::SchemaCatalogEntry& parent, const std::string& name,
                                                        const VersionSelector& selector) {
  if (!state_) return nullptr;
  const bool latest = std::holds_alternative<LatestVersion>(selector);
  auto path = static_cast<const PathsSchema&>(parent).path_of(name);
  const bool bindable = latest && path == name;  // names that the session bound are no tables of an attached lake
  if (const auto view = views_.find(name); bindable && view != views_.end()) {
    return keep(PathsTable::make(parent, name, name, view->second, view->second->schema(), false));
  }
  const auto bound = state_->snapshots.find(duckdb::StringUtil::Lower(name));
  if (bindable && bound != state_->snapshots.end()) {
    const auto& snapshot = bound->second;
    return keep(PathsTable::make(parent, name, snapshot->location().uri, snapshot, snapshot->schema(), false));
  }
  bool configured = false;
  if (path == name && state_->names.tables && name.find('/') == std::string::npos) {
    if (auto uri = state_->names.tables->uri_of(kMainSchema, name)) path = std::move(uri), configured = true;
  }
  // A name that somebody gave to a place is nobody else's: that the place can't be reached has to be said.
  const auto uri = configured ? std::optional(state_->context().stores->resolve(*path).uri)
                   : path     ? resolved(*path)
                              : std::nullopt;
  if (!uri || dropped_.contains(*uri)) return nullptr;
  const std::pair key{*uri, to_key(selector)};
  if (const auto found = entries_.find(key); found != entries_.end()) return found->second;
  if (const auto* change = latest ? find_change(*uri) : nullptr) {
    auto view = change->view();
    const auto client = context.lock();
    return entries_[key] =
               keep(PathsTable::make(parent, name, *uri, std::move(view), change->schema(), true, client.get()));
  }
  const auto snapshot = pinned(*uri, selector);
  if (!snapshot) {
    if (const auto entry = catalog_table_of(state_->context().stores->resolve(*path))) require_no_other(*entry);
    return latest ? find_reference(parent, name, *path) : nullptr;
  }
  const auto client = context.lock();
  return entries_[key] = keep(PathsTable::make(parent, name, *uri, snapshot, snapshot->schema(), latest, client.get()));
}

duckdb::optional_ptr<PathsTable> PathsTransaction::find_reference(duckdb::SchemaCatalogEntry& parent,
                                                                  const std::string& name, const std::string& path) {
  const auto at = path.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == path.size() || path.find('#', at) != std::string::npos) {
    return nullptr;
  }
  const auto scheme = path.find("://");
  if (scheme != std::string::npos && path.find_first_of("/?#", scheme + 3) > at) return nullptr;  // user@host
  const AtReference reference{path.substr(at + 1)};
  const auto table = resolved(path.substr(0, at));
  if (!table || dropped_.contains(*table) || !pinned(*table, LatestVersion{})) return nullptr;
  const std::pair key{*table + "@" + reference.name, to_key(LatestVersion{})};
  if (const auto found = entries_.find(key); found != entries_.end()) return found->second;
  const auto client = context.lock();
  if (const auto* change = find_change(key.first)) {
    return entries_[key] =
               keep(PathsTable::make(parent, name, key.first, change->view(), change->schema(), true, client.get()));
  }
  std::shared_ptr<const Snapshot> snapshot;
  try {
    snapshot = pinned(*table, reference);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
  }
  if (!snapshot) return nullptr;
  const bool branch = snapshot->branch().has_value();
  return entries_[key] =
             keep(PathsTable::make(parent, name, key.first, snapshot, snapshot->schema(), branch, client.get()));
}

PathsTable* PathsTransaction::keep(std::unique_ptr<PathsTable> entry) {
  owned_.push_back(std::move(entry));
  return owned_.back().get();
}

duckdb::CatalogEntry& PathsTransaction::keep_entry(std::unique_ptr<duckdb::CatalogEntry> entry) {
  listed_.push_back(std::move(entry));
  return *listed_.back();
}

TableChange* PathsTransaction::find_change(const std::string& uri) {
  const auto found = std::ranges::find(changes_, uri, &TableChange::uri);
  return found == changes_.end() ? nullptr : found->get();
}

bool PathsTransaction::changes(const std::string& uri) const {
  return dropped_.contains(uri) || std::ranges::find(changes_, uri, &TableChange::uri) != changes_.end();
}

TableChange& PathsTransaction::begin(const std::string& uri, std::unique_ptr<lakelet::Transaction> transaction) {
  for (const auto& other : changes_) require_together(other->transaction(), other->uri(), *transaction, uri);
  if (!changes_.empty() && (state_->options.application_version || state_->options.commit.if_version)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("versions of a table or an application go with a change of one table: '{}' was changed, "
                            "now '{}'",
                            changes_.front()->uri(), uri),
                "COMMIT between the two");
  }
  auto change = std::make_unique<TableChange>(uri, std::move(transaction), state_->context().stores);
  change->listen(state_->options.commit.events);
  return *changes_.emplace_back(std::move(change));
}

TableChange& PathsTransaction::change(const PathsTable& table) {
  table.require_latest();
  require_no_drop();
  if (TableChange* change = find_change(table.uri())) return *change;
  return begin(table.uri(), state_->open(table.snapshot()->location().uri).table->begin(table.snapshot()));
}

void PathsTransaction::require_no_drop() const {
  if (dropped_.empty()) return;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("a table was dropped in this transaction: {}", *dropped_.begin()),
              "COMMIT first; CREATE OR REPLACE TABLE makes it new and keeps its history");
}

TableChange& PathsTransaction::create(const std::string& uri, const NewTable& table) {
  require_no_drop();
  const Location location = state_->context().stores->resolve(uri);
  if (state_->formats().try_detect(location)) {
    throw Error(ErrorCode::AlreadyExists, "there is a table at " + location.uri + " already",
                "choose another path, or append to it");
  }
  const TableFormat& format = format_for_new(state_->formats(), table.format, location);
  auto transaction = format.create(state_->context(), location, table.spec);
  require_clustering(*transaction, table.spec.properties);
  TableChange& created = begin(location.uri, std::move(transaction));
  set_rules(table, created);
  return created;
}

TableChange& PathsTransaction::replace(const PathsTable& there, const NewTable& table) {
  TableChange& replaced = change(there);
  replaced.require(Access::ChangeRows);
  replaced.replace(table.spec, true);
  set_rules(table, replaced);
  refresh(replaced.uri());
  return replaced;
}

void PathsTransaction::drop(const PathsTable& table) {
  table.require_latest();
  if (table.snapshot()->branch()) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is a branch of a table, not one itself", table.uri()),
                "ALTER TABLE ... DROP BRANCH");
  }
  if (!changes_.empty() || !dropped_.empty()) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("DROP TABLE is a transaction of its own: {}", table.uri()),
                "COMMIT before and after it");
  }
  dropped_.insert(table.uri());
  refresh(table.uri());
}

void PathsTransaction::refresh(const std::string& uri) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second->uri() == uri; });
}

void PathsTransaction::commit() {
  for (const std::string& uri : dropped_) {
    const OpenTable opened = state_->open(uri);
    state_->forget(uri);
    opened.format->drop(state_->context(), opened.table->location());
  }
  TableChange::commit(changes_, state_->options);
  for (const auto& change : changes_) {
    state_->report = change->report();
    // A table that was just made, or whose base version was none, must be found by the next statement.
    if (change->transaction().base().version() < 0) state_->forget(change->uri());
  }
}

void PathsTransaction::roll_back() {
  changes_.clear();
}

duckdb::Transaction& PathsTransactionManager::StartTransaction(duckdb::ClientContext& context) {
  auto transaction = duckdb::make_uniq<PathsTransaction>(*this, context);
  auto& started = *transaction;
  std::lock_guard lock(mutex_);
  active_[started] = std::move(transaction);
  return started;
}

duckdb::unique_ptr<PathsTransaction> PathsTransactionManager::take(duckdb::Transaction& transaction) {
  std::lock_guard lock(mutex_);
  auto found = active_.find(transaction);
  if (found == active_.end()) return nullptr;
  auto taken = std::move(found->second);
  active_.erase(found);
  return taken;
}

duckdb::ErrorData PathsTransactionManager::CommitTransaction(duckdb::ClientContext& context,
                                                             duckdb::Transaction& transaction) {
  const auto taken = take(transaction);
  try {
    taken->commit();
    return {};
  } catch (const Error& error) {
    if (const auto state = ConnectionState::find(context)) state->failure = error;
    return duckdb::ErrorData(duckdb::ExceptionType::TRANSACTION, error.what());
  }
}

void PathsTransactionManager::RollbackTransaction(duckdb::Transaction& transaction) {
  if (const auto taken = take(transaction)) taken->roll_back();
}

}  // namespace lakelet::sql
