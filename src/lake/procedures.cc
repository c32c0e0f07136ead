#include "lake/procedures.h"

#include "lake/session_state.h"

namespace lakelet {

sql::ProcedureParameter table_parameter() {
  return {.name = "table", .type = TypeKind::String, .table = true};
}

sql::ProcedureParameter flag_parameter(const std::string& name) {
  return {.name = name, .type = TypeKind::Boolean};
}

Table table_of(SessionState& state, const sql::ProcedureCall& call) {
  return state.session().open(call.text("table"));
}

std::shared_ptr<const sql::ProcedureRegistry> standard_procedures(SessionState& state) {
  auto procedures = std::make_shared<sql::ProcedureRegistry>();
  procedures->add(checkpoint_procedure(state));
  procedures->add(compact_log_procedure(state));
  procedures->add(clean_log_procedure(state));
  procedures->add(vacuum_procedure(state));
  procedures->add(restore_procedure(state));
  procedures->add(cherry_pick_procedure(state));
  procedures->add(register_procedure(state));
  procedures->add(namespace_properties_procedure(state));
  procedures->add(set_namespace_properties_procedure(state));
  procedures->add(optimize_procedure(state));
  procedures->add(clone_procedure(state));
  procedures->add(convert_procedure(state));
  procedures->add(add_files_procedure(state));
  procedures->add(doctor_procedure(state));
  procedures->add(analyze_procedure(state));
  procedures->add(diff_procedure(state));
  procedures->add(statistics_procedure(state));
  return procedures;
}

}  // namespace lakelet
