// CALL lake_doctor, lake_analyze and lake_diff.
#include <memory>

#include "lake/procedures.h"
#include "lake/session_state.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

Field column(const char* name, TypeKind kind) {
  return {.name = name, .type = kind};
}

std::vector<std::string> names(const sql::ProcedureCall& call, const std::string& argument) {
  std::vector<std::string> result;
  for (const Value& item : call.items(argument)) result.push_back(item.bytes());
  return result;
}

sql::ProcedureRows doctor(SessionState& state, const sql::ProcedureCall& call) {
  DoctorOptions options;
  options.repair = call.flag("repair");
  options.full = call.flag("full");
  const HealthReport report = state.session().doctor(call.text("table"), options);
  std::vector<std::vector<Value>> rows;
  for (const Finding& finding : report.findings) {
    rows.push_back({Value(std::string(to_string(finding.severity))), Value(finding.check), Value(finding.subject),
                    Value(finding.message), Value(finding.remedy), Value(finding.repairable), Value(finding.repaired)});
  }
  return sql::all_rows(std::move(rows));
}

sql::ProcedureRows analyze(SessionState& state, const sql::ProcedureCall& call) {
  AnalyzeOptions options;
  options.columns = names(call, "columns");
  options.full = call.flag("full");
  options.dry_run = call.flag("dry_run");
  const AnalyzeReport report = table_of(state, call).analyze(options);
  return sql::all_rows({{report.version < 0 ? Value() : Value(report.version), Value(report.files), Value(report.read),
                         Value(report.changed)}});
}

Table version_of(SessionState& state, const sql::ProcedureCall& call, const std::string& argument) {
  const Table table = table_of(state, call);
  const auto version = call.integer(argument);
  return version ? table.at_version(*version) : table;
}

Diff diff_of(SessionState& state, const sql::ProcedureCall& call) {
  if (!call.has("from_version")) {
    throw Error(ErrorCode::InvalidArgument, "lake_diff needs the version to begin with",
                "FROM lake_diff('path', from_version => 3)");
  }
  DiffOptions options;
  options.key = names(call, "key");
  return version_of(state, call, "from_version").diff(version_of(state, call, "to_version"), options);
}

// Nested values are JSON text.
Schema columns_of_diff(SessionState& state, const sql::ProcedureCall& call) {
  std::vector<Field> columns = {column("_change_type", TypeKind::String)};
  const Table later = version_of(state, call, "to_version");
  for (const Field& field : later.schema().fields()) {
    const bool text = field.type.nested() || field.type.kind() == TypeKind::Variant;
    columns.push_back({.name = field.name, .type = text ? Type(TypeKind::String) : field.type});
  }
  return Schema(std::move(columns));
}

sql::ProcedureRows diff(SessionState& state, const sql::ProcedureCall& call) {
  const auto rows = std::make_shared<Rows>(diff_of(state, call).rows());
  return [rows](std::vector<Value>& row) {
    if (!rows->next()) return false;
    row.clear();
    for (std::size_t i = 0; i < rows->schema().size(); ++i) {
      row.push_back(rows->is_null(i) ? Value() : rows->value(i));
    }
    return true;
  };
}

}  // namespace

sql::Procedure doctor_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_doctor";
  procedure.positional = {table_parameter()};
  procedure.named = {flag_parameter("repair"), flag_parameter("full")};
  procedure.columns = Schema({column("severity", TypeKind::String), column("check", TypeKind::String),
                              column("subject", TypeKind::String), column("finding", TypeKind::String),
                              column("remedy", TypeKind::String), column("repairable", TypeKind::Boolean),
                              column("repaired", TypeKind::Boolean)});
  procedure.run = [&state](const sql::ProcedureCall& call) { return doctor(state, call); };
  return procedure;
}

sql::Procedure analyze_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_analyze";
  procedure.positional = {table_parameter()};
  procedure.named = {
      {.name = "columns", .type = Type::list(TypeKind::String)}, flag_parameter("full"), flag_parameter("dry_run")};
  procedure.columns = Schema({column("version", TypeKind::Int64), column("files", TypeKind::Int64),
                              column("files_read", TypeKind::Int64), column("files_changed", TypeKind::Int64)});
  procedure.run = [&state](const sql::ProcedureCall& call) { return analyze(state, call); };
  return procedure;
}

sql::Procedure diff_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_diff";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "from_version", .type = TypeKind::Int64},
                     {.name = "to_version", .type = TypeKind::Int64},
                     {.name = "key", .type = Type::list(TypeKind::String)}};
  procedure.changes = false;
  procedure.columns_of = [&state](const sql::ProcedureCall& call) { return columns_of_diff(state, call); };
  procedure.run = [&state](const sql::ProcedureCall& call) { return diff(state, call); };
  return procedure;
}

}  // namespace lakelet
