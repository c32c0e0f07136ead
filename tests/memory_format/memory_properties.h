// The properties by which a "memory_format" table plays the parts of other formats:
//   memory.rowRemoval              "rewrite" (as Delta without vectors) or "positions" (merge-on-read)
//   memory.columns                 "name", "id" (Parquet field ids, as Iceberg) or "physical" (renamed in the files)
//   memory.partitionColumnsInFiles "true" (as Iceberg) or "false" (as Delta)
//   memory.targetFileBytes         a number
//   memory.rowIds                  the column of the files that may keep a row's id; rows have ids where it is given
//   memory.changeFeed              "files": changes that readers can't tell from whole files are told in change files
//   memory.check.NAME              a condition on each row; memory.nullPasses "true": NULL is enough, as in SQL
//   memory.default.COLUMN          an expression; memory.generated.COLUMN likewise
//   memory.identity.COLUMN         "START STEP" or "START STEP explicit"; memory.identityMark.COLUMN the last one given
//   memory.dialect                 of these expressions: "engine" (as Iceberg's values) or "spark" (as Delta's)
//   memory.clusterBy               columns by whose values the table wants its rows placed, separated by commas
//   memory.longest.COLUMN          the number of characters that a text may have (varchar(n))
//   memory.features                names of features that the table needs, separated by commas: see
//   memory_capabilities()
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "table/transaction.h"

namespace lakelet {

enum class ColumnNaming { Name, Id, Physical };

Transaction::RowRemoval row_removal_policy(const Properties& properties);
ColumnNaming column_naming(const Properties& properties);
bool partition_columns_in_files(const Properties& properties);
std::optional<std::string> stored_row_ids(const Properties& properties);
std::vector<std::string> cluster_by(const Properties& properties);
bool tells_changes_in_files(const Properties& properties);
std::uint64_t target_file_bytes(const Properties& properties, std::uint64_t otherwise);

Capabilities memory_capabilities();
// Throws Error(UnsupportedFeature) for the first feature of memory.features that doesn't allow the access.
void require_features(const Properties& properties, Access access, const std::string& table_uri);

// memory_rules.cc
RowRules row_rules_of(const Properties& properties);
Schema with_lengths(const Schema& schema, const Properties& properties);

// Throws Error(InvalidArgument) for a memory.* property or a value that isn't one of the above.
void check_properties(const Properties& properties);

}  // namespace lakelet
