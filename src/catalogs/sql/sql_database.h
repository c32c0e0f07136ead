// A database that a catalog is kept in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lakelet::catalogs {

// Thread-safe.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  struct Result {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::int64_t changed = 0;  // rows, by INSERT, UPDATE and DELETE
  };
  struct Statement {
    std::string text;
    std::vector<std::string> parameters{};  // that $1, $2 ... in the text stand for
  };
  // One statement, as a transaction of its own. Throws AlreadyExists (a key that is there), Unavailable
  // (locked, out of reach: nothing was changed), CommitUnknown (the answer was lost), Permission, CorruptTable.
  virtual Result run(const std::string& statement, const std::vector<std::string>& parameters) = 0;
  // One or several that change rows, as one transaction. False: one of them found none to change, and nothing was
  // changed. Throws as run().
  virtual bool change_rows(const std::vector<Statement>& statements) = 0;
  virtual bool has_table(const std::string& name) = 0;
  virtual bool has_column(const std::string& table, const std::string& column) = 0;
  virtual const std::string& uri() const = 0;  // for messages
};

}  // namespace lakelet::catalogs
