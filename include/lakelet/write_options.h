// How tables are made and how changes are committed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/data_file_options.h"
#include "lakelet/metadata.h"
#include "lakelet/value_rule.h"

namespace lakelet {

struct CreateOptions {
  std::string format;                     // "delta" ...; empty: the session's default
  std::vector<std::string> partition_by;  // columns
  std::string name;
  std::string description;
  Properties properties;
  std::map<std::string, ValueRule> values;  // by column
  std::map<std::string, std::string>
      constraints;             // conditions that every row must meet, as the table keeps SQL, by name
  bool if_not_exists = false;  // a table that is there already is opened, whatever its schema
  // A table that is there becomes this one, without rows, as one version more: what was there before can still be read.
  bool replace = false;
  std::map<std::string, std::string> user_metadata{};  // kept in the table's history
};

enum class SchemaMode {
  Enforce,    // the rows must fit the table: names, types, nullability
  Merge,      // columns that the table doesn't have are added to it
  Overwrite,  // the table takes the schema of the rows; only where the whole table is replaced
};

struct WriteOptions {
  SchemaMode schema_mode = SchemaMode::Enforce;
  std::optional<Version> if_version;                 // commit only on top of exactly this version; else Error(Conflict)
  std::chrono::milliseconds retry_budget{60'000};    // for losing races against other writers, not for the work
  std::map<std::string, std::string> user_metadata;  // kept in the table's history
  // (application, its own version): a write that was committed under it already isn't made again.
  std::optional<std::pair<std::string, std::int64_t>> application_version;
  DataFileOptions files;
  // An append or overwrite writes its rows in the order of these columns, NULLs last: files and row groups then have
  // narrow bounds, and a query with a condition on the first of them reads few. In one thread.
  std::vector<std::string> sort_by;
};

enum class WriteMode {
  Append,
  Overwrite,      // the whole table, or the rows that a predicate names
  ErrorIfExists,  // only into a table that isn't there yet
  Ignore,         // nothing happens if the table is there
};

// (column, SQL expression), in order.
using Assignments = std::vector<std::pair<std::string, std::string>>;

// Splits "a = a + 1, b = 'x, y'" at its top-level commas and first equals signs. Column names may be quoted ("my col").
// Throws Error(InvalidArgument) naming the position.
Assignments parse_assignments(const std::string& text);

}  // namespace lakelet
