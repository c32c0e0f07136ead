#include "catalogs/sql/sql_catalogs.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "catalogs/sql/catalog_options.h"
#include "catalogs/sql/postgres_database.h"
#include "catalogs/sql/sqlite_database.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::catalogs {

namespace {

constexpr std::string_view kSqlite = "sqlite://";

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

std::string SqlCatalogs::sqlite_file(const std::string& path) const {
  const std::string relative = normalise_path(join_path(working_folder_, std::string_view(path).substr(1)));
  const std::string folder(parent_path(path));
  if (exists(path)) return path;
  return !exists(relative) && folder != "/" && exists(folder) ? path : relative;
}

std::unique_ptr<SqlDatabase> SqlCatalogs::database(const std::string& uri) const {
  if (!uri.starts_with(kSqlite)) return std::make_unique<PostgresDatabase>(uri);
  const std::string path = uri.substr(kSqlite.size());
  if (path.size() < 2 || path.front() != '/') {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} names no file", uri),
                "write sqlite:///relative/path.db or sqlite:////absolute/path.db");
  }
  const std::string file = sqlite_file(path);
  return std::make_unique<SqliteDatabase>("sqlite:///" + file, file);
}

std::shared_ptr<Catalog> SqlCatalogs::catalog(const std::string& uri) {
  const CatalogAddress address = parse_catalog_address(uri);
  SqlCatalogOptions options = sql_options(address, working_folder_);
  const std::lock_guard lock(mutex_);
  auto& open = open_[uri];
  if (!open) open = std::make_shared<SqlCatalog>(uri, database(address.base), std::move(options));
  return open;
}

std::shared_ptr<CatalogTable> SqlCatalogs::table(const std::string& uri) {
  const auto name = parse_catalog_table_uri(uri);
  if (!name) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is a catalog, and no table", uri),
                fmt::format("name one of its tables: {}#namespace.table, or ATTACH it", uri));
  }
  return catalog(name->catalog)->table(name->name_space, name->table);
}

}  // namespace lakelet::catalogs
