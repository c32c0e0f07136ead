// Procedures as table functions of the engine, which is what its CALL runs.
#pragma once

#include <duckdb.hpp>
#include <string>

#include "sql/procedure/procedure.h"

namespace lakelet::sql {

// Registers them in the engine's database, once, however many sessions ask for it. What a call does is asked of the
// registry of the session that it came from.
void register_procedures(duckdb::DatabaseInstance& database, const ProcedureRegistry& procedures);

}  // namespace lakelet::sql
