// CALL lake_clone, lake_convert and lake_add_files.
#include "lake/procedures.h"
#include "lake/session_state.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

Value number(auto value) {
  return Value(static_cast<std::int64_t>(value));
}

Value version_or_null(Version version) {
  return version < 0 ? Value() : Value(version);
}

Field column(const char* name, TypeKind kind) {
  return {.name = name, .type = kind};
}

// Texts KEY=VALUE, as the command line takes them.
Properties properties_of(const sql::ProcedureCall& call) {
  Properties properties;
  for (const Value& item : call.items("properties")) {
    const std::string text = item.bytes();
    const auto end = text.find('=');
    if (end == 0 || end == std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, "properties: '" + text + "' is no KEY=VALUE",
                  "properties => ['key=value', 'another=value']");
    }
    properties[text.substr(0, end)] = text.substr(end + 1);
  }
  return properties;
}

const sql::ProcedureParameter kProperties{.name = "properties", .type = Type::list(Type(TypeKind::String))};

sql::ProcedureRows clone(SessionState& state, const sql::ProcedureCall& call) {
  CloneOptions options;
  options.shallow = call.flag("shallow");
  options.dry_run = call.flag("dry_run");
  Table table = table_of(state, call);
  if (const auto version = call.integer("version")) table = table.at_version(*version);
  const CloneReport report = table.clone(call.text("destination"), options);
  return sql::all_rows(
      {{Value(report.uri), version_or_null(report.version), number(report.source_version), number(report.files),
        number(report.bytes), number(report.copied_files), number(report.copied_bytes), number(report.kept_files)}});
}

sql::ProcedureRows convert(SessionState& state, const sql::ProcedureCall& call) {
  ConvertOptions options;
  options.format = call.text("format", "");
  options.into = call.text("into", "");
  if (call.has("partition_by")) options.partition_by = parse_schema(call.text("partition_by"));
  if (call.has("schema")) options.schema = parse_schema(call.text("schema"));
  options.statistics = !call.has("statistics") || call.flag("statistics");
  options.name = call.text("name", "");
  options.description = call.text("description", "");
  options.dry_run = call.flag("dry_run");
  options.properties = properties_of(call);
  const ConvertReport report = state.session().convert(call.text("folder"), options);
  std::string partition;
  for (const std::string& name : report.partition_columns) {
    if (!partition.empty()) partition += ", ";
    partition += name;
  }
  return sql::all_rows({{Value(report.uri), Value(report.format), version_or_null(report.version),
                         Value(to_string(report.schema)), Value(partition), number(report.files), number(report.bytes),
                         number(report.rows), number(report.passed_over)}});
}

sql::ProcedureRows add_files(SessionState& state, const sql::ProcedureCall& call) {
  FileChanges changes;
  for (const Value& file : call.items("files")) changes.add.push_back({file.bytes(), std::nullopt});
  FileChangeOptions options;
  options.dry_run = call.flag("dry_run");
  const Report report = table_of(state, call).change_files(changes, options);
  return sql::all_rows({{version_or_null(report.version), number(report.files_added), number(report.bytes_added),
                         number(report.rows_inserted)}});
}

}  // namespace

sql::Procedure clone_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_clone";
  procedure.positional = {table_parameter(), {.name = "destination", .type = TypeKind::String}};
  procedure.named = {
      {.name = "version", .type = TypeKind::Int64}, flag_parameter("shallow"), flag_parameter("dry_run")};
  std::vector<Field> columns = {column("uri", TypeKind::String)};
  for (const char* name :
       {"version", "source_version", "files", "bytes", "copied_files", "copied_bytes", "kept_files"}) {
    columns.push_back(column(name, TypeKind::Int64));
  }
  procedure.columns = Schema(std::move(columns));
  procedure.run = [&state](const sql::ProcedureCall& call) { return clone(state, call); };
  return procedure;
}

sql::Procedure convert_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_convert";
  procedure.positional = {{.name = "folder", .type = TypeKind::String}};
  procedure.named = {{.name = "format", .type = TypeKind::String},
                     {.name = "into", .type = TypeKind::String},
                     {.name = "partition_by", .type = TypeKind::String},
                     {.name = "schema", .type = TypeKind::String},
                     flag_parameter("statistics"),
                     {.name = "name", .type = TypeKind::String},
                     {.name = "description", .type = TypeKind::String},
                     kProperties,
                     flag_parameter("dry_run")};
  procedure.columns =
      Schema({column("uri", TypeKind::String), column("format", TypeKind::String), column("version", TypeKind::Int64),
              column("schema", TypeKind::String), column("partition_columns", TypeKind::String),
              column("files", TypeKind::Int64), column("bytes", TypeKind::Int64), column("rows", TypeKind::Int64),
              column("passed_over", TypeKind::Int64)});
  procedure.run = [&state](const sql::ProcedureCall& call) { return convert(state, call); };
  return procedure;
}

sql::Procedure add_files_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_add_files";
  procedure.positional = {table_parameter(), {.name = "files", .type = Type::list(Type(TypeKind::String))}};
  procedure.named = {flag_parameter("dry_run")};
  procedure.columns = Schema({column("version", TypeKind::Int64), column("files", TypeKind::Int64),
                              column("bytes", TypeKind::Int64), column("rows", TypeKind::Int64)});
  procedure.run = [&state](const sql::ProcedureCall& call) { return add_files(state, call); };
  return procedure;
}

}  // namespace lakelet
