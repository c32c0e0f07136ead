// DuckDB's transaction over lake tables: it pins one snapshot of each table that its statements name, holds the catalog
// entries that their plans refer to, and commits what they changed. It changes one table, or several of one catalog
// that commits them as one.
#pragma once

#include <duckdb.hpp>
#include <duckdb/transaction/transaction.hpp>
#include <duckdb/transaction/transaction_manager.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sql/catalog/paths_table.h"
#include "sql/change/table_change.h"
#include "sql/session/connection_state.h"

namespace lakelet::sql {

class PathsTransaction : public duckdb::Transaction {
 public:
  PathsTransaction(duckdb::TransactionManager& manager, duckdb::ClientContext& context);
  static PathsTransaction& get(duckdb::ClientContext& context, duckdb::Catalog& catalog);

  // The table behind a name (path, URI, or a name bound to the session); null if none is there.
  duckdb::optional_ptr<PathsTable> find(duckdb::SchemaCatalogEntry& parent, const std::string& name,
                                        const VersionSelector& selector);
  // The snapshot of a table that the transaction's statements see. Throws as ConnectionState::snapshot.
  std::shared_ptr<const Snapshot> snapshot(const std::string& name, const VersionSelector& selector);
  // Makes rows that no path names a table of that name, until the transaction ends.
  void bind_view(const std::string& name, std::shared_ptr<const Snapshot> rows);
  // Begins to change the table, or goes on. Throws Error(UnsupportedFeature) if another one is being changed that it
  // can't be committed together with.
  TableChange& change(const PathsTable& table);
  // Begins to make a table. Nothing is written before the commit.
  TableChange& create(const std::string& uri, const NewTable& table);
  // Begins to make the table that is there anew, whole: also its properties and names are the new one's.
  TableChange& replace(const PathsTable& there, const NewTable& table);
  // The table is gone for the rest of the transaction, and removed when it commits. Throws Error(UnsupportedFeature) if
  // the transaction changed or dropped something before.
  void drop(const PathsTable& table);
  // What the transaction does to the table at Location::uri; null if nothing.
  TableChange* find_change(const std::string& uri);
  // Whether it makes, changes or drops the table at Location::uri.
  bool changes(const std::string& uri) const;
  // The entries of a table whose columns changed are made anew by the next look-up.
  void refresh(const std::string& uri);

  // For as long as the transaction.
  duckdb::CatalogEntry& keep_entry(std::unique_ptr<duckdb::CatalogEntry> entry);

  void commit();
  void roll_back();

 private:
  void require_no_drop() const;
  TableChange& begin(const std::string& uri, std::unique_ptr<lakelet::Transaction> transaction);
  std::optional<std::string> resolved(const std::string& name) const;
  // "table@branch", which can be changed, or "table@tag"; null if there is no such table.
  duckdb::optional_ptr<PathsTable> find_reference(duckdb::SchemaCatalogEntry& parent, const std::string& name,
                                                  const std::string& path);
  PathsTable* keep(std::unique_ptr<PathsTable> entry);
  // Null where no table is.
  std::shared_ptr<const Snapshot> pinned(const std::string& uri, const VersionSelector& selector);

  duckdb::shared_ptr<ConnectionState> state_;                                                 // null: nothing is found
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Snapshot>> snapshots_;  // by uri, selector
  std::map<std::pair<std::string, std::string>, PathsTable*> entries_;                        // likewise
  std::map<std::string, std::shared_ptr<const Snapshot>> views_;                              // by name
  std::vector<std::unique_ptr<PathsTable>> owned_;
  std::vector<std::unique_ptr<duckdb::CatalogEntry>> listed_;
  std::vector<std::unique_ptr<TableChange>> changes_;
  std::set<std::string> dropped_;  // uris
};

class PathsTransactionManager : public duckdb::TransactionManager {
 public:
  explicit PathsTransactionManager(duckdb::AttachedDatabase& database) : TransactionManager(database) {}
  duckdb::Transaction& StartTransaction(duckdb::ClientContext& context) override;
  duckdb::ErrorData CommitTransaction(duckdb::ClientContext& context, duckdb::Transaction& transaction) override;
  void RollbackTransaction(duckdb::Transaction& transaction) override;
  void Checkpoint(duckdb::ClientContext&, bool) override {}

 private:
  duckdb::unique_ptr<PathsTransaction> take(duckdb::Transaction& transaction);

  std::mutex mutex_;
  duckdb::reference_map_t<duckdb::Transaction, duckdb::unique_ptr<PathsTransaction>> active_;
};

}  // namespace lakelet::sql
