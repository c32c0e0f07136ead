// A database that a catalog is kept in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lakelet::catalogs {

// Each statement is a transaction of its own. Thread-safe.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  struct Result {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::int64_t changed = 0;  // rows, by INSERT, UPDATE and DELETE
  };
  // $1, $2 ... in the statement stand for the parameters. Throws AlreadyExists (a key that is there), Unavailable
  // (locked, out of reach: nothing was changed), CommitUnknown (the answer was lost), Permission, CorruptTable.
  virtual Result run(const std::string& statement, const std::vector<std::string>& parameters) = 0;
  virtual bool has_table(const std::string& name) = 0;
  virtual bool has_column(const std::string& table, const std::string& column) = 0;
  virtual const std::string& uri() const = 0;  // for messages
};

}  // namespace lakelet::catalogs
