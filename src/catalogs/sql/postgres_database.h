// PostgreSQL, by the libpq of the system.
#pragma once

#include <mutex>

#include "catalogs/sql/sql_database.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

// One connection, opened by the first statement and anew once it has broken. Throws Error(Unavailable) where the system
// has no libpq.so.5.
class PostgresDatabase final : public SqlDatabase {
 public:
  // postgresql://user@host:port/database. Throws Error(InvalidArgument) for one with a password.
  explicit PostgresDatabase(std::string uri);
  ~PostgresDatabase() override;

  Result run(const std::string& statement, const std::vector<std::string>& parameters) override;
  bool change_rows(const std::vector<Statement>& statements) override;
  bool has_table(const std::string& name) override;
  bool has_column(const std::string& table, const std::string& column) override;
  const std::string& uri() const override { return uri_; }

 private:
  void connect();
  void disconnect();
  // On the connection that is there. `lost`: the error's code where the connection breaks.
  Result execute(const Statement& statement, ErrorCode lost);
  void roll_back();

  const std::string uri_;
  std::mutex mutex_;
  void* connection_ = nullptr;  // PGconn
};

}  // namespace lakelet::catalogs
