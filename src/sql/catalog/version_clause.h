// AT (VERSION => n) and AT (TIMESTAMP => t), and the table functions' arguments of the same meaning, as a version.
#pragma once

#include <duckdb.hpp>
#include <duckdb/planner/tableref/bound_at_clause.hpp>
#include <string>

#include "table/snapshot.h"

namespace lakelet::sql {

// Units that only our own table functions use, beside SQL's VERSION and TIMESTAMP.
inline constexpr const char* kTimestampMsUnit = "TIMESTAMP_MS";
inline constexpr const char* kReferenceUnit = "REFERENCE";

// No clause: LatestVersion. A timestamp without a zone is in UTC. Throws Error(InvalidArgument) for NULL, for a version
// below zero and for text that is no time.
VersionSelector selector_of(duckdb::optional_ptr<duckdb::BoundAtClause> clause);

// An end of a range of versions: a number or digits are a version, times and text are AT (TIMESTAMP => ...); NULL is
// the newest version. `argument` only goes into messages. Throws Error(InvalidArgument).
VersionSelector version_or_time(const std::string& argument, const duckdb::Value& value);

// "", "v3", "@1700000000000000", "main": a different text for each selector.
std::string to_key(const VersionSelector& selector);

}  // namespace lakelet::sql
