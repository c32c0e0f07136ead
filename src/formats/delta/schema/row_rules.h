// The rules for rows that a Delta table keeps in its schema and properties (PROTOCOL.md, "Column Invariants", "CHECK
// Constraints", "Generated Columns", "Default Columns", "Identity Columns"). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "lakelet/schema.h"
#include "table/row_rules.h"

namespace lakelet::delta {

inline constexpr std::string_view kConstraintPrefix = "delta.constraints.";
inline constexpr const char* kInvariantKey = "delta.invariants";
inline constexpr const char* kGenerationKey = "delta.generationExpression";
inline constexpr const char* kDefaultKey = "CURRENT_DEFAULT";
inline constexpr const char* kIdentityStartKey = "delta.identity.start";
inline constexpr const char* kIdentityStepKey = "delta.identity.step";
inline constexpr const char* kIdentityMarkKey = "delta.identity.highWaterMark";
inline constexpr const char* kIdentityExplicitKey = "delta.identity.allowExplicitInsert";

// Every rule, in Spark's SQL. Expressions aren't looked into. Throws Error(CorruptTable) naming the column whose
// metadata can't be read, and Error(UnsupportedFeature) for rules in places where nobody honours them (in lists and
// maps; generated parts of columns). Columns are generated and values handed out only where the protocol has the
// feature.
RowRules read_row_rules(const Protocol& protocol, const Schema& schema, const StringMap& properties);

// The schema with a column's high-water mark moved to `value`. Throws Error(Internal) if it is no identity column.
Schema with_identity_mark(const Schema& schema, std::string_view column, std::int64_t value);

// The schema without expressions and identity columns that the protocol doesn't have the feature for, where `before`
// has them too: they mean nothing, and would come to life with a protocol that is raised for what is in the schema.
Schema without_unhonoured_rules(const Protocol& protocol, const Schema& schema, const Schema& before);

// Which of checkConstraints, invariants, generatedColumns, identityColumns and allowColumnDefaults are made use of. NOT
// NULL is an invariant.
std::vector<std::string> features_of_rules(const Schema& schema, const StringMap& properties);

}  // namespace lakelet::delta
