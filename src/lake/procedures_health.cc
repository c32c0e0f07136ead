// CALL lake_doctor, lake_analyze, lake_diff and lake_statistics.
#include <map>
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

enum class Shown { Rows, Schema, Properties, Files };

Shown shown(const sql::ProcedureCall& call) {
  static const std::map<std::string, Shown> kNames = {
      {"rows", Shown::Rows}, {"schema", Shown::Schema}, {"properties", Shown::Properties}, {"files", Shown::Files}};
  const std::string name = call.text("what", "rows");
  if (const auto found = kNames.find(name); found != kNames.end()) return found->second;
  throw Error(ErrorCode::InvalidArgument, "lake_diff can't show '" + name + "'",
              "what => 'rows', 'schema', 'properties' or 'files'");
}

// Nested values are JSON text.
Schema columns_of_diff(SessionState& state, const sql::ProcedureCall& call) {
  const Shown show = shown(call);
  if (show == Shown::Files) return Schema({column("change", TypeKind::String), column("path", TypeKind::String)});
  if (show != Shown::Rows) {
    return Schema({column("kind", TypeKind::String), column("name", TypeKind::String),
                   column("before", TypeKind::String), column("after", TypeKind::String)});
  }
  std::vector<Field> columns = {column("_change_type", TypeKind::String)};
  const Table later = version_of(state, call, "to_version");
  for (const Field& field : later.schema().fields()) {
    const bool text = field.type.nested() || field.type.kind() == TypeKind::Variant;
    columns.push_back({.name = field.name, .type = text ? Type(TypeKind::String) : field.type});
  }
  return Schema(std::move(columns));
}

sql::ProcedureRows one_by_one(Rows all) {
  const auto rows = std::make_shared<Rows>(std::move(all));
  return [rows](std::vector<Value>& row) {
    if (!rows->next()) return false;
    row.clear();
    for (std::size_t i = 0; i < rows->schema().size(); ++i) {
      row.push_back(rows->is_null(i) ? Value() : rows->value(i));
    }
    return true;
  };
}

sql::ProcedureRows diff(SessionState& state, const sql::ProcedureCall& call) {
  const Diff difference = diff_of(state, call);
  std::vector<std::vector<Value>> rows;
  const auto text = [](const std::optional<std::string>& value) { return value ? Value(*value) : Value(); };
  const auto add = [&](const char* kind, const std::vector<NamedChange>& changes) {
    for (const NamedChange& change : changes) {
      rows.push_back({text(kind), text(change.name), text(change.before), text(change.after)});
    }
  };
  switch (shown(call)) {
    case Shown::Rows:
      return one_by_one(difference.rows());
    case Shown::Schema:
      add("column", difference.columns());
      break;
    case Shown::Properties:
      add("property", difference.properties());
      add("metadata", difference.metadata());
      break;
    case Shown::Files:
      for (const std::string& path : difference.removed_files()) rows.push_back({text("removed"), text(path)});
      for (const std::string& path : difference.added_files()) rows.push_back({text("added"), text(path)});
      break;
  }
  return sql::all_rows(std::move(rows));
}

sql::ProcedureRows statistics(SessionState& state, const sql::ProcedureCall& call) {
  return one_by_one(version_of(state, call, "version").scan().statistics());
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
                     {.name = "key", .type = Type::list(TypeKind::String)},
                     {.name = "what", .type = TypeKind::String}};
  procedure.changes = false;
  procedure.columns_of = [&state](const sql::ProcedureCall& call) { return columns_of_diff(state, call); };
  procedure.run = [&state](const sql::ProcedureCall& call) { return diff(state, call); };
  return procedure;
}

sql::Procedure statistics_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_statistics";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "version", .type = TypeKind::Int64}};
  procedure.changes = false;
  procedure.columns = Schema(
      {column("column", TypeKind::String), column("type", TypeKind::String), column("rows", TypeKind::Int64),
       column("nulls", TypeKind::Int64), column("distinct", TypeKind::Int64), column("least", TypeKind::String),
       column("greatest", TypeKind::String), column("mean", TypeKind::String), column("deviation", TypeKind::String)});
  procedure.run = [&state](const sql::ProcedureCall& call) { return statistics(state, call); };
  return procedure;
}

}  // namespace lakelet
