#include "catalogs/sql/sql_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

constexpr const char* kTables = "iceberg_tables";
constexpr const char* kTypeColumn = "iceberg_type";
constexpr const char* kExists = "exists";

constexpr const char* kMakeTables =
    "CREATE TABLE IF NOT EXISTS iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT "
    "NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), previous_metadata_location "
    "VARCHAR(1000), iceberg_type VARCHAR(5), PRIMARY KEY (catalog_name, table_namespace, table_name))";
constexpr const char* kMakeProperties =
    "CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, namespace "
    "VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL, PRIMARY KEY "
    "(catalog_name, namespace, property_key))";

// "a.b.c" is in "a.b" and in "a", which are namespaces for its sake.
void insert_with_parents(std::set<std::string>& names, const std::string& name) {
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    if (dot > 0) names.insert(name.substr(0, dot));
  }
  if (!name.empty()) names.insert(name);
}

void require_name(const std::string& what, const std::string& name) {
  constexpr std::size_t kLongest = 255;
  const bool fits = !name.empty() && name.size() <= kLongest && name.front() != '.' && name.back() != '.' &&
                    name.find("..") == std::string::npos && name.find('\0') == std::string::npos;
  if (!fits) throw Error(ErrorCode::InvalidArgument, fmt::format("no {} can be called '{}'", what, name));
}

}  // namespace

SqlCatalog::SqlCatalog(std::string uri, std::unique_ptr<SqlDatabase> database, SqlCatalogOptions options)
    : uri_(std::move(uri)), database_(std::move(database)), options_(std::move(options)) {}

bool SqlCatalog::there() {
  if (there_) return true;
  there_ = database_->has_table(kTables) && database_->has_table("iceberg_namespace_properties");
  return there_;
}

void SqlCatalog::make_tables() {
  if (there()) return;
  database_->run(kMakeTables, {});
  database_->run(kMakeProperties, {});
  there_ = true;
}

std::string SqlCatalog::name() {
  if (!options_.name.empty()) return options_.name;
  const auto found = database_->run(
      "SELECT catalog_name FROM iceberg_tables UNION SELECT catalog_name FROM iceberg_namespace_properties", {});
  if (found.rows.empty()) return "default";
  if (found.rows.size() == 1) return found.rows.front().front().value_or("default");
  std::string names;
  for (const auto& row : found.rows) names += (names.empty() ? "" : ", ") + row.front().value_or("");
  throw Error(ErrorCode::InvalidArgument, fmt::format("{} holds several catalogs: {}", database_->uri(), names),
              "say which one: ATTACH ... (TYPE lakelet, CATALOG_NAME '...'), or ?catalog_name=... in the URI");
}

// Catalogs of the first layout have no such column, and no views.
std::string SqlCatalog::only_tables() {
  if (!database_->has_column(kTables, kTypeColumn)) return {};
  return " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)";
}

std::vector<std::string> SqlCatalog::namespaces() {
  if (!there()) return {};
  const auto found = database_->run(
      "SELECT table_namespace FROM iceberg_tables WHERE catalog_name = $1 UNION SELECT namespace FROM "
      "iceberg_namespace_properties WHERE catalog_name = $1",
      {name()});
  std::set<std::string> names;
  for (const auto& row : found.rows) insert_with_parents(names, row.front().value_or(""));
  return {names.begin(), names.end()};
}

bool SqlCatalog::has_namespace(const std::string& name) {
  const auto names = namespaces();
  return std::binary_search(names.begin(), names.end(), name);
}

void SqlCatalog::require_namespace(const std::string& name) {
  if (has_namespace(name)) return;
  throw Error(ErrorCode::NotFound, fmt::format("there is no namespace {} in {}", name, uri_),
              "CREATE SCHEMA makes one");
}

void SqlCatalog::create_namespace(const std::string& name) {
  require_name("namespace", name);
  make_tables();
  if (has_namespace(name)) throw Error(ErrorCode::AlreadyExists, fmt::format("there is a namespace {} already", name));
  database_->run(
      "INSERT INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value) VALUES ($1, "
      "$2, 'exists', 'true')",
      {this->name(), name});
}

void SqlCatalog::drop_namespace(const std::string& name) {
  require_namespace(name);
  const std::string catalog = this->name();
  const auto entries = database_->run(
      "SELECT table_name FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2", {catalog, name});
  const auto names = namespaces();
  const bool parent =
      std::any_of(names.begin(), names.end(), [&](const auto& each) { return each.starts_with(name + "."); });
  if (!entries.rows.empty() || parent) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("the namespace {} isn't empty", name),
                "drop the tables, views and namespaces in it first");
  }
  database_->run("DELETE FROM iceberg_namespace_properties WHERE catalog_name = $1 AND namespace = $2",
                 {catalog, name});
}

std::vector<std::string> SqlCatalog::tables(const std::string& name) {
  if (!there()) return {};
  const auto found =
      database_->run("SELECT table_name FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2" +
                         only_tables() + " ORDER BY table_name",
                     {this->name(), name});
  std::vector<std::string> tables;
  for (const auto& row : found.rows) tables.push_back(row.front().value_or(""));
  return tables;
}

std::vector<std::string> SqlCatalog::views(const std::string& name) {
  if (!there() || !database_->has_column(kTables, kTypeColumn)) return {};
  const auto found = database_->run(
      "SELECT table_name FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND iceberg_type = "
      "'VIEW' ORDER BY table_name",
      {this->name(), name});
  std::vector<std::string> views;
  for (const auto& row : found.rows) views.push_back(row.front().value_or(""));
  return views;
}

std::string SqlCatalog::instead(const std::string& name_space, const std::string& table) {
  const std::vector<std::string> names = views(name_space);
  return std::binary_search(names.begin(), names.end(), table) ? "a view" : "";
}

// Without the one that stands for a namespace that has none.
NamespaceProperties SqlCatalog::namespace_properties(const std::string& name) {
  require_namespace(name);
  const auto found = database_->run(
      "SELECT property_key, property_value FROM iceberg_namespace_properties WHERE catalog_name = $1 AND namespace = "
      "$2",
      {this->name(), name});
  NamespaceProperties properties;
  for (const auto& row : found.rows) properties[row[0].value_or("")] = row[1].value_or("");
  properties.erase(kExists);
  return properties;
}

// One statement changes one property; UPDATE and INSERT by turns, as other writers may come between.
void SqlCatalog::change_namespace(const std::string& name, const NamespaceChange& change) {
  constexpr std::size_t kLongestKey = 255, kLongestValue = 1000;
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::InvalidArgument, what); };
  for (const auto& [key, value] : change.set) {
    if (key.empty() || key.size() > kLongestKey) refuse("a property's name has 1 to 255 bytes: '" + key + "'");
    if (value.size() > kLongestValue) refuse(fmt::format("the property {} has more than 1000 bytes", key));
    if (key == kExists) refuse("the catalog keeps the property 'exists' for itself");
  }
  require_namespace(name);
  const std::string catalog = this->name();
  const auto insert = [&](const std::string& key, const std::string& value) {
    try {
      database_->run(
          "INSERT INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value) VALUES "
          "($1, $2, $3, $4)",
          {catalog, name, key, value});
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::AlreadyExists) throw;
      return false;
    }
  };
  const auto update = [&](const std::string& key, const std::string& value) {
    return database_
               ->run(
                   "UPDATE iceberg_namespace_properties SET property_value = $1 WHERE catalog_name = $2 AND namespace "
                   "= $3 AND property_key = $4",
                   {value, catalog, name, key})
               .changed > 0;
  };
  insert(kExists, "true");  // a namespace that only its tables made, or that loses its last property
  for (const auto& [key, value] : change.set) {
    if (!update(key, value) && !insert(key, value)) update(key, value);
  }
  for (const std::string& key : change.remove) {
    if (key == kExists) continue;
    database_->run(
        "DELETE FROM iceberg_namespace_properties WHERE catalog_name = $1 AND namespace = $2 AND property_key = $3",
        {catalog, name, key});
  }
}

const std::string& SqlCatalog::format() const {
  static const std::string kFormat = "iceberg";
  return kFormat;
}

std::optional<CatalogPointer> SqlCatalog::find(const std::string& name_space, const std::string& table) {
  if (!there()) return std::nullopt;
  const auto found = database_->run(
      "SELECT metadata_location FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND table_name = "
      "$3" +
          only_tables(),
      {name(), name_space, table});
  if (found.rows.empty()) return std::nullopt;
  const auto& location = found.rows.front().front();
  if (!location || location->empty()) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("{}: the table {}.{} has no metadata_location", uri_, name_space, table));
  }
  return CatalogPointer{*location};
}

// It changes a row if the move can be made.
SqlDatabase::Statement SqlCatalog::statement_of(const EntryMove& move) {
  const auto& [name_space, table, expected, next] = move;
  if (expected) {
    return {
        "UPDATE iceberg_tables SET metadata_location = $1, previous_metadata_location = $2 WHERE catalog_name = $3 "
        "AND table_namespace = $4 AND table_name = $5 AND metadata_location = $2",
        {next.metadata, expected->metadata, name(), name_space, table}};
  }
  require_name("table", table);
  require_namespace(name_space);
  const bool typed = database_->has_column(kTables, kTypeColumn);
  return {fmt::format("INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location{}) "
                      "VALUES ($1, $2, $3, $4{})",
                      typed ? ", iceberg_type" : "", typed ? ", 'TABLE'" : ""),
          {name(), name_space, table, next.metadata}};
}

CatalogTable::Moved SqlCatalog::move(const std::vector<EntryMove>& moves) {
  // Who moves the same tables locks their rows in the same order.
  std::vector<EntryMove> sorted = moves;
  std::ranges::sort(sorted, {}, [](const EntryMove& move) { return std::tie(move.name_space, move.table); });
  std::vector<SqlDatabase::Statement> statements;
  for (const EntryMove& move : sorted) statements.push_back(statement_of(move));
  try {
    return database_->change_rows(statements) ? CatalogTable::Moved::Done : CatalogTable::Moved::Lost;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::AlreadyExists) return CatalogTable::Moved::Lost;
    if (error.code() == ErrorCode::CommitUnknown) return CatalogTable::Moved::Unknown;
    throw;
  }
}

void SqlCatalog::drop(const std::string& name_space, const std::string& table) {
  std::int64_t dropped = 0;
  if (there()) {
    dropped = database_
                  ->run(
                      "DELETE FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND "
                      "table_name = $3" +
                          only_tables(),
                      {name(), name_space, table})
                  .changed;
  }
  if (dropped == 0) throw Error(ErrorCode::NotFound, fmt::format("{} has no table {}.{}", uri_, name_space, table));
}

void SqlCatalog::rename(const std::string& name_space, const std::string& table, const std::string& to_name_space,
                        const std::string& to) {
  require_name("table", to);
  require_namespace(to_name_space);
  try {
    const auto done = database_->run(
        "UPDATE iceberg_tables SET table_namespace = $1, table_name = $2 WHERE catalog_name = $3 AND table_namespace = "
        "$4 AND table_name = $5" +
            only_tables(),
        {to_name_space, to, name(), name_space, table});
    if (done.changed > 0) return;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::AlreadyExists) throw;
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("{} has something called {}.{} already", uri_, to_name_space, to));
  }
  throw Error(ErrorCode::NotFound, fmt::format("{} has no table {}.{}", uri_, name_space, table));
}

std::string SqlCatalog::new_location(const std::string& name_space, const std::string& table) {
  const auto trimmed = [](std::string text) {
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
  };
  require_name("table", table);
  require_namespace(name_space);
  const auto found = database_->run(
      "SELECT property_value FROM iceberg_namespace_properties WHERE catalog_name = $1 AND namespace = $2 AND "
      "property_key = 'location'",
      {name(), name_space});
  if (!found.rows.empty() && !found.rows.front().front().value_or("").empty()) {
    return trimmed(*found.rows.front().front()) + "/" + table;
  }
  if (!options_.warehouse.empty()) return trimmed(options_.warehouse) + "/" + name_space + "/" + table;
  throw Error(
      ErrorCode::InvalidArgument, fmt::format("{} doesn't say where the files of {}.{} go", uri_, name_space, table),
      "name the folder of its tables: ATTACH ... (TYPE lakelet, WAREHOUSE '...'), or ?warehouse=... in the URI");
}

}  // namespace lakelet::catalogs
