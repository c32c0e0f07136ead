// Catalogs: where names live, and commits are arbitrated.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/namespace_properties.h"
#include "storage/location.h"
#include "table/table_format.h"

namespace lakelet {

// What a catalog says of a table.
struct CatalogPointer {
  std::string metadata;    // the URI of its newest metadata file, as it is recorded
  std::string document{};  // that file's text, where the catalog sends it along; empty: it is to be read
  // Of one to come: a UUID of version 7, the same each time that the same commit is tried. May be empty.
  std::string attempt{};
  bool plans_scans = false;  // whether the catalog wants to plan the scans itself: CatalogTable::plan()
};

// A scan that a catalog plans, as documents in the words of the table's format, one after the other. What is left of it
// isn't wanted any more when this goes. One consumer at a time.
class CatalogScan {
 public:
  virtual ~CatalogScan() = default;
  // nullopt: that was all. Throws what the catalog says went wrong.
  virtual std::optional<std::string> next() = 0;
};

class Catalog;

// One name in a catalog, whether a table has it or not. The table's files lie elsewhere: the catalog says which
// metadata file is the newest, and a commit makes it say another one. Throws Error(Unavailable) where the catalog can't
// be reached, Error(Permission). Thread-safe.
class CatalogTable {
 public:
  virtual ~CatalogTable() = default;
  virtual const std::string& format() const = 0;  // of the tables in this catalog, as TableFormat::name()
  virtual const std::string& name() const = 0;    // "namespace.table"
  // What the catalog says now; nullopt: no table has the name.
  virtual std::optional<CatalogPointer> pointer() = 0;
  // Where the files of a table that is made under the name go. Throws Error(InvalidArgument) where nobody has said.
  virtual std::string new_location() = 0;

  enum class Moved { Done, Lost, Unknown };
  // Makes the catalog say `next`, if what it says is still `expected` (nullopt: that there is no such table). Lost: it
  // says something else, and still does. Throws where it is certain that nothing changed.
  virtual Moved move(const std::optional<CatalogPointer>& expected, const CatalogPointer& next) = 0;
  // The one that it is in: the same object for all tables of a catalog.
  virtual std::shared_ptr<Catalog> catalog() = 0;
  // Whether the catalog writes metadata files itself: move() is given documents then, or the name of one to register.
  virtual bool writes_metadata() const { return false; }
  // Takes the name from the table, whose files stay. Throws Error(NotFound).
  virtual void drop() = 0;
  // Begins to plan a scan, which the document asks for. Throws Error(UnsupportedFeature) where the catalog doesn't.
  virtual std::unique_ptr<CatalogScan> plan(const std::string& request) = 0;
  // What has the name where no table does: "a view in the SQL of spark". Empty: nothing, as far as the catalog says.
  virtual std::string instead() = 0;
};

// CatalogTable::move() of one table.
struct CatalogMove {
  std::shared_ptr<CatalogTable> table;
  std::optional<CatalogPointer> expected;
  CatalogPointer next;
};

// Names of tables, in namespaces; those with several levels are written "a.b". Thread-safe; asks the catalog each time.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual const std::string& uri() const = 0;         // without secrets
  virtual std::vector<std::string> namespaces() = 0;  // sorted
  virtual bool has_namespace(const std::string& name) = 0;
  virtual void create_namespace(const std::string& name) = 0;  // Throws Error(AlreadyExists).
  virtual void drop_namespace(const std::string& name) = 0;    // Throws NotFound, InvalidArgument (not empty).
  virtual NamespaceProperties namespace_properties(const std::string& name) = 0;              // Throws NotFound.
  virtual void change_namespace(const std::string& name, const NamespaceChange& change) = 0;  // Throws NotFound.
  virtual std::vector<std::string> tables(const std::string& name) = 0;  // of one namespace, sorted
  virtual std::vector<std::string> views(const std::string& name) = 0;   // likewise: names that nothing here reads
  virtual std::shared_ptr<CatalogTable> table(const std::string& name_space, const std::string& table) = 0;
  // The table keeps its files and history. Throws Error(NotFound), Error(AlreadyExists).
  virtual void rename(const std::string& name_space, const std::string& table, const std::string& to_name_space,
                      const std::string& to) = 0;
  // Throws Error(UnsupportedFeature), saying why, if move_all() can't be asked of the catalog; `creates`: for a move
  // that makes a table.
  virtual void require_moves_together(bool creates) = 0;
  // As CatalogTable::move(), of several tables of this catalog at once: all are moved, or, also with Lost, none is.
  virtual CatalogTable::Moved move_all(const std::vector<CatalogMove>& moves) = 0;
};

// What stands for the catalogs of one kind where a store is expected: StoreRegistry serves it for their scheme, so that
// "sqlite:///lake/cat.db#ns.table" resolves like any other table. It has no objects, and takes none.
class CatalogStore : public ObjectStore {
 public:
  // `uri`: that of a location, with '#' and the name of a table behind the catalog's own.
  virtual std::shared_ptr<CatalogTable> table(const std::string& uri) = 0;
  // The catalog itself. Throws Error(InvalidArgument) for an option that it hasn't. Reaches no server.
  virtual std::shared_ptr<Catalog> catalog(const std::string& uri) = 0;
  // Whether an option mustn't stand in a URI, which people are shown. It is kept for the catalog of one instead.
  virtual bool is_secret(const std::string&) const { return false; }
  virtual void keep_secret(const std::string& uri, const std::string& option, const std::string& value);

  void list(const std::string&, const std::string&, const std::function<bool(const ObjectInfo&)>&) override {}
  void list_folder(const std::string&, const std::string&, const std::function<bool(const ObjectInfo&)>&,
                   const std::function<bool(const std::string&)>&) override {}
  std::optional<ObjectInfo> find(const std::string&) override { return std::nullopt; }
  std::unique_ptr<ObjectReader> open(const std::string& path) override;  // Throws Error(NotFound), all of these.
  std::unique_ptr<ObjectWriter> create(const std::string& path) override;
  void put(const std::string& path, std::string_view bytes) override;
  PutOutcome put_if_absent(const std::string& path, std::string_view bytes) override;
  void remove(const std::string& path) override;
  void copy(const std::string& from, const std::string& to) override;
};

// The catalog's entry for the table at the location; null where its own files say what it is.
std::shared_ptr<CatalogTable> catalog_table_of(const Location& location);

// Throws Error(UnsupportedFeature) if something that is no table has the name.
void require_no_other(CatalogTable& name);

// What StoreRegistry::resolve() takes for a table of a catalog: the catalog's URI, '#' and the name.
std::string catalog_table_uri(const std::string& catalog_uri, const std::string& name_space, const std::string& table);
// The parts of such a URI or path; nullopt: it names no table.
struct CatalogTableName {
  std::string catalog, name_space, table;
};
std::optional<CatalogTableName> parse_catalog_table_uri(const std::string& uri);

// Of the tables that the catalog keeps. Throws Error(UnsupportedFeature) for one that nobody knows.
const TableFormat& format_of(const FormatRegistry& formats, const CatalogTable& table);
// For a table that is made there: the one of that name; without a name the one that a catalog keeps, or the first.
// Throws Error(InvalidArgument) for a name that none has, or the catalog doesn't keep.
const TableFormat& format_for_new(const FormatRegistry& formats, const std::string& name, const Location& location);

}  // namespace lakelet
