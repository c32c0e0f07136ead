// CALL lake_vacuum, lake_restore, lake_cherry_pick and lake_register.
#include "lake/procedures.h"
#include "lake/session_state.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

Value number(auto value) {
  return Value(static_cast<std::int64_t>(value));
}

Schema columns_of_vacuum(const sql::ProcedureCall& call) {
  if (call.flag("dry_run")) {
    return Schema({{.name = "path", .type = TypeKind::String},
                   {.name = "bytes", .type = TypeKind::Int64},
                   {.name = "modified", .type = TypeKind::TimestampTz}});
  }
  return Schema({{.name = "version", .type = TypeKind::Int64},
                 {.name = "files_deleted", .type = TypeKind::Int64},
                 {.name = "bytes_deleted", .type = TypeKind::Int64},
                 {.name = "files_spared", .type = TypeKind::Int64}});
}

sql::ProcedureRows vacuum(SessionState& state, const sql::ProcedureCall& call) {
  VacuumOptions options;
  if (call.has("retention")) options.retention = parse_duration(call.text("retention"));
  if (call.has("uncommitted")) options.uncommitted = parse_duration(call.text("uncommitted"));
  options.full = call.flag("full");
  options.force = call.flag("force");
  options.dry_run = call.flag("dry_run");
  const VacuumReport report = table_of(state, call).vacuum(options);
  if (!options.dry_run) {
    return sql::all_rows({{number(report.version), number(report.files_deleted), number(report.bytes_deleted),
                           number(report.files_spared)}});
  }
  std::vector<std::vector<Value>> rows;
  for (const VacuumReport::File& file : report.found) {
    rows.push_back({Value(file.path), number(file.bytes), Value(file.modified_us)});
  }
  return sql::all_rows(std::move(rows));
}

VersionSelector version_of(const sql::ProcedureCall& call) {
  if (call.has("version") == call.has("timestamp")) {
    throw Error(ErrorCode::InvalidArgument, "lake_restore needs a version or a timestamp",
                "CALL lake_restore('path', version => 3)");
  }
  if (const auto version = call.integer("version")) return *version;
  return AtTimestamp{call.value("timestamp").integer()};
}

sql::ProcedureRows restore(SessionState& state, const sql::ProcedureCall& call) {
  RestoreOptions options;
  options.ignore_missing = call.flag("ignore_missing");
  options.dry_run = call.flag("dry_run");
  const RestoreReport report = table_of(state, call).restore(version_of(call), options);
  return sql::all_rows(
      {{report.version < 0 ? Value() : Value(report.version), number(report.restored), number(report.files_restored),
        number(report.bytes_restored), number(report.files_removed), number(report.bytes_removed), number(report.files),
        number(report.bytes), number(report.missing.size())}});
}

sql::ProcedureRows cherry_pick(SessionState& state, const sql::ProcedureCall& call) {
  const auto version = call.integer("version");
  if (!version) {
    throw Error(ErrorCode::InvalidArgument, "lake_cherry_pick needs a version",
                "CALL lake_cherry_pick('path', version => 3)");
  }
  const Report report = table_of(state, call).cherry_pick(*version);
  return sql::all_rows({{number(report.version), number(report.files_added), number(report.rows_inserted)}});
}

sql::ProcedureRows register_table(SessionState& state, const sql::ProcedureCall& call) {
  const Table table = state.session().register_table(call.text("name"), call.text("metadata"));
  return sql::all_rows({{Value(table.uri()), number(table.version())}});
}

}  // namespace

sql::Procedure vacuum_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_vacuum";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "retention", .type = TypeKind::String},
                     {.name = "uncommitted", .type = TypeKind::String},
                     flag_parameter("dry_run"),
                     flag_parameter("full"),
                     flag_parameter("force")};
  procedure.columns_of = columns_of_vacuum;
  procedure.run = [&state](const sql::ProcedureCall& call) { return vacuum(state, call); };
  return procedure;
}

sql::Procedure restore_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_restore";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "version", .type = TypeKind::Int64},
                     {.name = "timestamp", .type = TypeKind::TimestampTz},
                     flag_parameter("ignore_missing"),
                     flag_parameter("dry_run")};
  std::vector<Field> columns;
  for (const char* name : {"version", "restored_version", "files_restored", "bytes_restored", "files_removed",
                           "bytes_removed", "files", "bytes", "files_missing"}) {
    columns.push_back({.name = name, .type = TypeKind::Int64});
  }
  procedure.columns = Schema(std::move(columns));
  procedure.run = [&state](const sql::ProcedureCall& call) { return restore(state, call); };
  return procedure;
}

sql::Procedure cherry_pick_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_cherry_pick";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "version", .type = TypeKind::Int64}};
  procedure.columns = Schema({{.name = "version", .type = TypeKind::Int64},
                              {.name = "files_added", .type = TypeKind::Int64},
                              {.name = "rows_inserted", .type = TypeKind::Int64}});
  procedure.run = [&state](const sql::ProcedureCall& call) { return cherry_pick(state, call); };
  return procedure;
}

sql::Procedure register_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_register";
  procedure.positional = {{.name = "name", .type = TypeKind::String}, {.name = "metadata", .type = TypeKind::String}};
  procedure.columns = Schema({{.name = "uri", .type = TypeKind::String}, {.name = "version", .type = TypeKind::Int64}});
  procedure.run = [&state](const sql::ProcedureCall& call) { return register_table(state, call); };
  return procedure;
}

}  // namespace lakelet
