// Catalogs whose tables are entries by namespace and name: what such a catalog answers for each of its names.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "table/catalog.h"

namespace lakelet {

// A move of one entry, as CatalogTable::move().
struct EntryMove {
  std::string name_space, table;
  std::optional<CatalogPointer> expected;
  CatalogPointer next;
};

// The functions of a name have the contract of CatalogTable's.
class EntryCatalog : public Catalog, public std::enable_shared_from_this<EntryCatalog> {
 public:
  std::shared_ptr<CatalogTable> table(const std::string& name_space, const std::string& table) final;
  CatalogTable::Moved move_all(const std::vector<CatalogMove>& moves) final;

  virtual const std::string& format() const = 0;
  virtual std::optional<CatalogPointer> find(const std::string& name_space, const std::string& table) = 0;
  virtual std::string new_location(const std::string& name_space, const std::string& table) = 0;
  // One of them, or several as Catalog::move_all().
  virtual CatalogTable::Moved move(const std::vector<EntryMove>& moves) = 0;
  virtual bool writes_metadata() const { return false; }
  virtual void drop(const std::string& name_space, const std::string& table) = 0;
  virtual std::unique_ptr<CatalogScan> plan(const std::string& name_space, const std::string& table,
                                            const std::string& request);
  virtual std::string instead(const std::string& name_space, const std::string& table) = 0;
};

}  // namespace lakelet
