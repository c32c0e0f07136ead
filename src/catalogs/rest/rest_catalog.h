// A catalog behind Iceberg's REST protocol (open-api/rest-catalog-open-api.yaml). The server writes metadata files: a
// commit sends what is to change, and what must not have changed.
#pragma once

#include <map>
#include <mutex>

#include "catalogs/rest/rest_session.h"
#include "table/entry_catalog.h"

namespace lakelet::catalogs {

class RestCatalog final : public EntryCatalog {
 public:
  // `uri`: what names it, options included, without secrets.
  RestCatalog(std::string uri, RestOptions options);

  const std::string& uri() const override { return uri_; }
  std::vector<std::string> namespaces() override;
  bool has_namespace(const std::string& name) override;
  void create_namespace(const std::string& name) override;
  void drop_namespace(const std::string& name) override;
  NamespaceProperties namespace_properties(const std::string& name) override;
  void change_namespace(const std::string& name, const NamespaceChange& change) override;
  std::vector<std::string> tables(const std::string& name) override;
  std::vector<std::string> views(const std::string& name) override;
  void rename(const std::string& name_space, const std::string& table, const std::string& to_name_space,
              const std::string& to) override;

  const std::string& format() const override;
  std::optional<CatalogPointer> find(const std::string& name_space, const std::string& table) override;
  std::string new_location(const std::string& name_space, const std::string& table) override;
  // A server is asked only for what it says it offers. None makes tables in such a commit: requirements are checked on
  // tables that are there.
  void require_moves_together(bool creates) override;
  CatalogTable::Moved move(const std::vector<EntryMove>& moves) override;
  bool writes_metadata() const override { return true; }
  void drop(const std::string& name_space, const std::string& table) override;
  std::unique_ptr<CatalogScan> plan(const std::string& name_space, const std::string& table,
                                    const std::string& request) override;
  std::string instead(const std::string& name_space, const std::string& table) override;

 private:
  // What a table was when it was last asked for, so that the server needn't send it again: some small ones.
  struct Known {
    std::string tag;  // ETag
    CatalogPointer pointer;
  };

  // The children of a namespace, whose name is empty for the catalog itself.
  std::vector<std::string> children(const std::string& parent);
  // All pages of a list.
  void list(RestCall call, const std::string& what, const std::function<void(const class RestAnswer&)>& page);
  // Of the table's place, as the catalog gives them now.
  StoreOptions load_access(const std::string& name_space, const std::string& table, const std::string& place);
  // Passes on what the answer gives to reach the table's files.
  void lend(const class RestAnswer& answer, const std::string& name_space, const std::string& table);
  // The identifiers of a namespace that a route lists, sorted.
  std::vector<std::string> listed(const std::string& route, const std::string& name, const std::string& what);
  [[noreturn]] void throw_no_namespace(const std::string& name) const;
  std::vector<std::string> table_values(const std::string& name_space, const std::string& table);
  CatalogTable::Moved register_table(const std::string& name_space, const std::string& table,
                                     const CatalogPointer& next);
  // What became of several moves that the server says it made: Iceberg's reference implementation drops changes of
  // commits that race, and answers as if it had made them. Unknown: it kept some.
  CatalogTable::Moved kept(const std::vector<EntryMove>& moves);
  RestCall commit_of(const std::vector<EntryMove>& moves);
  CatalogTable::Moved answer_of_commit(const HttpAnswer& answer, const std::vector<EntryMove>& moves);

  const std::string uri_;
  RestSession session_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Known> known_;  // by namespace and table
};

}  // namespace lakelet::catalogs
