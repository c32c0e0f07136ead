// Files that are there become a table, where they are: those of a folder, or those of a table of another format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lakelet/metadata.h"
#include "lakelet/schema.h"

namespace lakelet {

struct ConvertOptions {
  std::string format;  // of the table; empty: the session's default
  // Where the new table is, the files stay where they are; empty: in the folder itself. A table needs another place:
  // two tables in one folder take one another's files for nobody's.
  std::string into;
  Schema partition_by;     // the columns that folders ("day=2025-01-31") name, with their types; empty: found out
  Schema schema;           // the table's other columns; empty: what the files have
  bool statistics = true;  // bounds and null counts of columns, from the files' footers
  std::string name;
  std::string description;
  Properties properties;
  bool dry_run = false;                              // only says what would become of the folder
  std::map<std::string, std::string> user_metadata;  // kept in the table's history
};

struct ConvertReport {
  std::string uri;       // of the new table
  std::string format;    // of the new table
  Version version = -1;  // -1: nothing was made
  Schema schema;         // partition columns included
  std::vector<std::string> partition_columns;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::int64_t rows = 0;
  std::int64_t passed_over = 0;  // files that aren't Parquet, or are hidden: names that begin with '_' or '.'
  double seconds = 0;
};

}  // namespace lakelet
