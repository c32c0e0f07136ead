#include "operations/append.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "sql/session/expression_text.h"

namespace lakelet::operations {
namespace {

constexpr const char* kSpool = "temp.main.lakelet_spool";  // in full: a bare name might be that of a path

std::string order_of(const WriteOptions& options) {
  std::string order;
  for (const std::string& column : options.sort_by) {
    order += (order.empty() ? " ORDER BY " : ", ") + sql::quote_identifier(column) + " NULLS LAST";
  }
  return order;
}

Plan plan_insert(const std::string& verb, const std::string& table_uri, const Relation& source,
                 const WriteOptions& options, std::optional<sql::NewTable> create) {
  Plan plan;
  plan.verb = verb;
  plan.table_uri = table_uri;
  plan.statement = fmt::format("INSERT INTO {} BY NAME SELECT * FROM {}{}", sql::quote_identifier(table_uri),
                               source.from, order_of(options));
  plan.options = commit_options(options);
  plan.options.create = std::move(create);
  plan.parameters = source.parameters;
  plan.csv_files = source.csv_files;
  plan.source = source.shown;
  return plan;
}

}  // namespace

Plan plan_append(const std::string& table_uri, const Relation& source, const WriteOptions& options,
                 std::optional<sql::NewTable> create) {
  if (options.schema_mode == SchemaMode::Overwrite) {
    throw Error(ErrorCode::InvalidArgument, "an append can't replace the table's schema",
                "use the schema mode merge to add columns, or overwrite the table");
  }
  Plan plan = plan_insert("append", table_uri, source, options, std::move(create));
  plan.options.operation = Operation::Append;
  return plan;
}

Plan plan_overwrite(const std::string& table_uri, const Relation& source, const std::string& where,
                    const WriteOptions& options, std::optional<sql::NewTable> create) {
  Plan plan = plan_insert("overwrite", table_uri, source, options, std::move(create));
  plan.options.operation = Operation::Overwrite;
  if (where.empty()) {
    plan.options.replace_all = true;
    return plan;
  }
  if (options.schema_mode == SchemaMode::Overwrite) {
    throw Error(ErrorCode::InvalidArgument, "the schema can't be replaced where only some rows are",
                "leave the predicate out, or use the schema mode merge");
  }
  sql::require_expression(where, "predicate");
  const std::string table = sql::quote_identifier(table_uri);
  plan.options.predicate = where;
  plan.spool = Plan::Spool{kSpool, source.from, where};
  plan.statement = fmt::format("DELETE FROM {0} WHERE ({1}\n); INSERT INTO {0} BY NAME SELECT * FROM {2}{3}", table,
                               where, kSpool, order_of(options));
  return plan;
}

}  // namespace lakelet::operations
