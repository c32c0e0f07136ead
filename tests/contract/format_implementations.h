// The table formats that the contract suite runs for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "table/table_format.h"

namespace lakelet {

struct FormatImplementation {
  std::string name;
  std::function<std::unique_ptr<TableFormat>()> make;
  // How the format reads and writes Parquet metadata; empty if it never does.
  std::function<std::shared_ptr<TabularIo>(std::shared_ptr<StoreRegistry>)> tabular;
  // Properties of a table that removes rows by position; empty if the format can't.
  Properties removes_rows_by_position;
  // Properties of a table that records its changes; nullopt if the format can't make one.
  std::optional<Properties> records_changes;
  // Whether versions are 0, 1, 2 and so on, one for each commit. Otherwise they are names that commits of files make,
  // and that of a new table is 0.
  bool counts_versions = true;

  friend void PrintTo(const FormatImplementation& implementation, std::ostream* out) { *out << implementation.name; }
};

// One entry for each format. A new format adds its own and no test code.
std::vector<FormatImplementation> format_implementations();

}  // namespace lakelet
