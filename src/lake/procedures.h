// The verbs that SQL has no words for, as procedures: CALL lake_checkpoint('path') and the like.
#pragma once

#include <memory>
#include <string>

#include "lakelet/session.h"
#include "sql/procedure/procedure.h"

namespace lakelet {

struct SessionState;

// All of them, for the sessions of `state`, which outlives its connections.
std::shared_ptr<const sql::ProcedureRegistry> standard_procedures(SessionState& state);

// The parameter that most have first.
sql::ProcedureParameter table_parameter();
sql::ProcedureParameter flag_parameter(const std::string& name);
// The table that it names, at its newest version.
Table table_of(SessionState& state, const sql::ProcedureCall& call);

// procedures_log.cc
sql::Procedure checkpoint_procedure(SessionState& state);
sql::Procedure compact_log_procedure(SessionState& state);
sql::Procedure clean_log_procedure(SessionState& state);

// procedures_upkeep.cc
sql::Procedure vacuum_procedure(SessionState& state);
sql::Procedure restore_procedure(SessionState& state);
sql::Procedure cherry_pick_procedure(SessionState& state);
sql::Procedure register_procedure(SessionState& state);

// namespaces.cc
sql::Procedure namespace_properties_procedure(SessionState& state);
sql::Procedure set_namespace_properties_procedure(SessionState& state);

// procedures_optimize.cc
sql::Procedure optimize_procedure(SessionState& state);
// procedures_copies.cc
sql::Procedure clone_procedure(SessionState& state);
sql::Procedure convert_procedure(SessionState& state);
sql::Procedure add_files_procedure(SessionState& state);

// procedures_health.cc
sql::Procedure doctor_procedure(SessionState& state);
sql::Procedure analyze_procedure(SessionState& state);
sql::Procedure diff_procedure(SessionState& state);
sql::Procedure statistics_procedure(SessionState& state);

}  // namespace lakelet
