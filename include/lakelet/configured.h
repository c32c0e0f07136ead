// What a configuration file (lakelet.yml, laketower.yml) says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lakelet {

// A table that people call by a name.
struct ConfiguredTable {
  std::string name;
  std::string uri;         // as it is written: relative ones are meant from the working folder
  std::string format;      // "delta" ...; empty: whatever is there
  std::string credential;  // the name of one under storage_credentials; empty: none
  std::string where;       // "lakelet.yml:3", for messages
};

struct QueryParameter {
  std::string name;                          // $name in the query's text
  std::optional<std::string> default_value;  // absent: NULL
};

// A query that people call by a name.
struct SavedQuery {
  std::string name;
  std::string title;  // its name, where it has none
  std::string description;
  std::string sql;
  bool totals_row = false;                 // below its rows: the sum of each column of numbers
  std::vector<QueryParameter> parameters;  // in the order of the file
  std::string where;                       // "lakelet.yml:3", for messages
};

struct ConfiguredSettings {
  std::optional<std::int64_t> max_query_rows;  // of a query that people look at
  bool hide_tables = false;                    // the console lists saved queries, not tables
};

struct ConfiguredContents {
  std::vector<ConfiguredTable> tables;  // in the order of the file, those of included files first
  std::vector<SavedQuery> queries;
  ConfiguredSettings settings;
};

struct ConfigurationProblem {
  std::string where;  // "lakelet.yml:3"
  std::string message;
  bool wrong = true;  // false: nothing takes notice of it, a mistyped key for example
};

}  // namespace lakelet
