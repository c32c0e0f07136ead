// DataFile -> the actions that add and remove it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "storage/location.h"
#include "table/data_file.h"
#include "table/partitioning.h"

namespace lakelet::delta {

struct AddRules {
  const Location& table;
  const Schema& schema;
  const Partitioning& partitioning;
  const std::set<ColumnPath>& statistics_columns;
  std::int64_t now_ms = 0;
  bool data_change = true;
};

// The action of a new file. Throws Error(Internal) if its partition values aren't those of the table.
AddFile make_add(const DataFile& file, const AddRules& rules);

// The same file with other statistics: those of `known`. Of a file with deleted rows they are those of the others.
AddFile restate(AddFile add, const DataFile& known, const AddRules& rules);

// The action that takes back an add: the same path byte for byte, and the same deletion vector.
RemoveFile make_remove(const AddFile& add, std::int64_t now_ms, bool data_change);

// The neutral view of an added file, for judging predicates: partition values, and what the statistics say of
// `columns`.
DataFile describe_add(const AddFile& add, const Schema& schema, const Partitioning& partitioning,
                      const std::vector<ColumnPath>& columns);

// The path of a file in the log: relative to the table where it lies below it, percent-encoded once.
std::string log_path_of(const std::string& uri, const Location& table);

}  // namespace lakelet::delta
