// What a table's features demand of its data files, beyond the schema (PROTOCOL.md, "Clustered Table", "Iceberg
// Compatibility V1" and "V2"; the draft "Materialize Partition Columns").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"
#include "table/column_path.h"

namespace lakelet::delta {

struct LayoutRules {
  bool partition_columns_in_files = false;  // after the others
  bool nested_ids = false;                  // lists' elements, maps' keys and values have field ids too
  // Leaves that always have statistics, by the names that they have in files from the top.
  std::vector<ColumnPath> always_indexed = {};
};

LayoutRules layout_rules(const Protocol& protocol, const StringMap& properties,
                         const std::map<std::string, DomainMetadata>& domains);

// The clustering columns of the table, by the names that they have in files from the top; none where it isn't
// clustered. Throws Error(CorruptTable) for a domain that isn't as the specification has it.
std::vector<ColumnPath> clustering_columns(const Protocol& protocol,
                                           const std::map<std::string, DomainMetadata>& domains);

// What says that these are the clustering columns, by the names that they have in files from the top; in Spark's form.
DomainMetadata clustering_domain(const std::vector<ColumnPath>& columns);

// The column with those names; nullptr if there is none.
const Field* find_physical(const Schema& schema, const ColumnPath& physical);

// Its logical names from the top; nullopt if there is none.
std::optional<ColumnPath> logical_path(const Schema& schema, const ColumnPath& physical);

// Whether icebergCompatV1 or V2 is switched on.
bool compatibility_on(const Protocol& protocol, const StringMap& properties, int version);

}  // namespace lakelet::delta
