// CALL lake_checkpoint, lake_compact_log, lake_clean_log.
#include "lake/procedures.h"

namespace lakelet {
namespace {

Schema report_columns() {
  return Schema({{.name = "version", .type = TypeKind::Int64},
                 {.name = "files_written", .type = TypeKind::Int64},
                 {.name = "bytes_written", .type = TypeKind::Int64},
                 {.name = "files_removed", .type = TypeKind::Int64},
                 {.name = "bytes_removed", .type = TypeKind::Int64}});
}

sql::ProcedureRows rows_of(const LogReport& report) {
  const auto number = [](auto value) { return Value(static_cast<std::int64_t>(value)); };
  return sql::all_rows(
      {{report.version < 0 ? Value() : Value(report.version), number(report.files_written.size()),
        number(report.bytes_written), number(report.files_removed.size()), number(report.bytes_removed)}});
}

sql::Procedure log_procedure(std::string name, std::function<LogReport(const sql::ProcedureCall&)> run) {
  sql::Procedure procedure;
  procedure.name = std::move(name);
  procedure.positional = {table_parameter()};
  procedure.named = {flag_parameter("dry_run")};
  procedure.columns = report_columns();
  procedure.run = [run = std::move(run)](const sql::ProcedureCall& call) { return rows_of(run(call)); };
  return procedure;
}

}  // namespace

sql::Procedure checkpoint_procedure(SessionState& state) {
  return log_procedure("lake_checkpoint", [&state](const sql::ProcedureCall& call) {
    return table_of(state, call).checkpoint(call.flag("dry_run"));
  });
}

sql::Procedure compact_log_procedure(SessionState& state) {
  auto procedure = log_procedure("lake_compact_log", [&state](const sql::ProcedureCall& call) {
    return table_of(state, call).compact_log(call.integer("first"), call.integer("last"), call.flag("dry_run"));
  });
  procedure.named.push_back({.name = "first", .type = TypeKind::Int64});
  procedure.named.push_back({.name = "last", .type = TypeKind::Int64});
  return procedure;
}

sql::Procedure clean_log_procedure(SessionState& state) {
  return log_procedure("lake_clean_log", [&state](const sql::ProcedureCall& call) {
    return table_of(state, call).clean_log(call.flag("dry_run"));
  });
}

}  // namespace lakelet
