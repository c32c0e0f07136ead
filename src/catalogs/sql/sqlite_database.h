// SQLite, by the library of the system: one copy of it in a process, as its locks on files want it.
#pragma once

#include "catalogs/sql/sql_database.h"

namespace lakelet::catalogs {

// A file, which the first statement that writes makes; until then it is empty. Each transaction opens it anew. Waits
// for other writers' locks for some seconds. Throws Error(Unavailable) where the system has no libsqlite3.so.0.
class SqliteDatabase final : public SqlDatabase {
 public:
  SqliteDatabase(std::string uri, std::string path);

  Result run(const std::string& statement, const std::vector<std::string>& parameters) override;
  bool change_rows(const std::vector<Statement>& statements) override;
  bool has_table(const std::string& name) override;
  bool has_column(const std::string& table, const std::string& column) override;
  const std::string& uri() const override { return uri_; }

 private:
  const std::string uri_, path_;
};

}  // namespace lakelet::catalogs
