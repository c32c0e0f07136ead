// CALL lake_optimize.
#include "lake/procedures.h"
#include "lakelet/configuration.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

std::vector<std::string> names(const sql::ProcedureCall& call, const std::string& argument) {
  std::vector<std::string> texts;
  for (const Value& item : call.items(argument)) texts.push_back(item.bytes());
  return texts;
}

std::optional<std::uint64_t> size(const sql::ProcedureCall& call, const std::string& argument) {
  if (!call.has(argument)) return std::nullopt;
  return parse_byte_size(call.text(argument));
}

OptimizeOptions options_of(const sql::ProcedureCall& call) {
  OptimizeOptions options;
  options.where = call.text("predicate", "");
  options.target_bytes = size(call, "target_size");
  options.z_order = names(call, "z_order");
  options.hilbert = names(call, "hilbert");
  options.sort_by = names(call, "sort_by");
  options.full = call.flag("full");
  options.purge = call.flag("purge");
  options.commit_bytes = size(call, "commit_bytes");
  if (call.has("most_deleted")) options.most_deleted = call.value("most_deleted").number();
  if (!(options.most_deleted >= 0 && options.most_deleted <= 1)) {
    throw Error(ErrorCode::InvalidArgument, "most_deleted is a share of a file's rows", "most_deleted => 0.05");
  }
  if (const auto seconds = call.integer("commit_seconds")) {
    if (*seconds < 0) throw Error(ErrorCode::InvalidArgument, "commit_seconds can't be negative");
    options.commit_interval = std::chrono::seconds(*seconds);
  }
  return options;
}

}  // namespace

sql::Procedure optimize_procedure(SessionState& state) {
  const Type list = Type::list(TypeKind::String);
  sql::Procedure procedure;
  procedure.name = "lake_optimize";
  procedure.positional = {table_parameter()};
  procedure.named = {{.name = "predicate", .type = TypeKind::String},
                     {.name = "target_size", .type = TypeKind::String},
                     {.name = "z_order", .type = list},
                     {.name = "hilbert", .type = list},
                     {.name = "sort_by", .type = list},
                     flag_parameter("full"),
                     flag_parameter("purge"),
                     {.name = "most_deleted", .type = TypeKind::Double},
                     {.name = "commit_bytes", .type = TypeKind::String},
                     {.name = "commit_seconds", .type = TypeKind::Int64},
                     flag_parameter("dry_run")};
  procedure.columns = Schema({{.name = "version", .type = TypeKind::Int64},
                              {.name = "groups", .type = TypeKind::Int64},
                              {.name = "files_removed", .type = TypeKind::Int64},
                              {.name = "files_added", .type = TypeKind::Int64},
                              {.name = "bytes_removed", .type = TypeKind::Int64},
                              {.name = "bytes_added", .type = TypeKind::Int64},
                              {.name = "rows_copied", .type = TypeKind::Int64},
                              {.name = "rows_purged", .type = TypeKind::Int64}});
  procedure.run = [&state](const sql::ProcedureCall& call) {
    const OptimizeOptions options = options_of(call);
    Table table = table_of(state, call);
    if (call.flag("dry_run")) {
      const OptimizePlan plan = table.plan_optimize(options);
      std::int64_t removed = 0, added = 0, bytes = 0;
      for (const OptimizeGroup& group : plan.groups) {
        removed += group.files;
        added += group.files_after;
        bytes += static_cast<std::int64_t>(group.bytes);
      }
      const auto groups = static_cast<std::int64_t>(plan.groups.size());
      return sql::all_rows({{Value(), groups, removed, added, bytes, Value(), Value(), Value()}});
    }
    const OptimizeReport report = table.optimize(options);
    return sql::all_rows(
        {{report.version < 0 ? Value() : Value(report.version), report.groups, report.files_removed, report.files_added,
          report.bytes_removed, report.bytes_added, report.rows_copied, report.rows_purged}});
  };
  return procedure;
}

}  // namespace lakelet
