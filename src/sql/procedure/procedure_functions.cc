#include "sql/procedure/procedure_functions.h"

#include <fmt/format.h>

#include <duckdb/main/attached_database.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/qualified_name.hpp>
#include <duckdb/planner/binder.hpp>
#include <duckdb/transaction/meta_transaction.hpp>

#include "engine/engine_error.h"
#include "engine/type_mapping.h"
#include "sql/catalog/lake_catalog.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/ddl/create_table.h"
#include "sql/session/connection_state.h"
#include "table/catalog_namespace.h"

namespace lakelet::sql {
namespace {

// The name in the catalog, for which DuckDB's functions have one entry in all sessions.
struct ProcedureInfo : duckdb::TableFunctionInfo {
  explicit ProcedureInfo(std::string given) : name(std::move(given)) {}
  const std::string name;
};

struct BoundCall : duckdb::TableFunctionData {
  std::string procedure;
  duckdb::vector<duckdb::Value> positional;
  duckdb::named_parameter_map_t named;
  Schema columns;
};

struct RunningCall : duckdb::GlobalTableFunctionState {
  std::optional<ProcedureCall> call;
  ProcedureRows rows;  // empty: not begun
};

const Procedure& procedure_of(const ConnectionState& state, const std::string& name) {
  const Procedure* found = state.procedures ? state.procedures->find(name) : nullptr;
  if (!found) throw Error(ErrorCode::InvalidArgument, fmt::format("this session has no procedure {}", name));
  return *found;
}

std::vector<Value> argument_values(const ProcedureParameter& parameter, const duckdb::Value& given) {
  const bool list = parameter.type.kind() == TypeKind::List;
  const Type type = list ? parameter.type.children().front().type : parameter.type;
  std::vector<Value> values;
  const auto add = [&](const duckdb::Value& item) {
    if (item.IsNull()) return;
    auto value = engine::from_engine_value(item, type);
    if (!value) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{} => {} isn't of type {}", parameter.name, item.ToString(), lakelet::to_string(type)));
    }
    values.push_back(std::move(*value));
  };
  if (given.IsNull()) return values;
  if (!list) {
    add(given);
  } else {
    for (const auto& item : duckdb::ListValue::GetChildren(given)) add(item);
  }
  return values;
}

// Where the table is that `text` names: a table of an attached lake, else what is at that path.
std::string table_uri(duckdb::ClientContext& context, const ConnectionState& state, const std::string& text) {
  const auto as_path = [&] { return state.context().stores->resolve(text).uri; };
  if (looks_like_path(text)) return as_path();
  if (duckdb::QualifiedName::ParseComponents(text).size() > 3) return as_path();
  auto name = duckdb::QualifiedName::Parse(text);
  duckdb::Binder::BindSchemaOrCatalog(context, name.catalog, name.schema);
  const auto entry = duckdb::Catalog::GetEntry(context, name.catalog, name.schema,
                                               duckdb::EntryLookupInfo(duckdb::CatalogType::TABLE_ENTRY, name.name),
                                               duckdb::OnEntryNotFound::RETURN_NULL);
  if (!entry) return as_path();
  const auto* table = dynamic_cast<const PathsTable*>(entry.get());
  if (!table) throw Error(ErrorCode::InvalidArgument, fmt::format("{} isn't a table of a lake", text));
  table->require_latest();
  return table->uri();
}

// The namespace that `text` names: "c.sales" in an attached catalog, else as it is.
std::string namespace_uri(duckdb::ClientContext& context, const std::string& text) {
  if (text.find('#') != std::string::npos) return text;
  const auto parts = duckdb::QualifiedName::ParseComponents(text);
  if (parts.size() != 2) return text;
  const auto catalog = duckdb::Catalog::GetCatalogEntry(context, parts[0]);
  const auto* lake = catalog ? dynamic_cast<const LakeCatalog*>(catalog.get()) : nullptr;
  return lake ? catalog_namespace_uri(lake->uri(), parts[1]) : text;
}

ProcedureCall call_of(duckdb::ClientContext& context, const BoundCall& bound) {
  const auto& state = ConnectionState::of(context);
  const Procedure& procedure = procedure_of(state, bound.procedure);
  std::map<std::string, std::vector<Value>> arguments;
  const auto take = [&](const ProcedureParameter& parameter, const duckdb::Value& given) {
    auto values = argument_values(parameter, given);
    if (values.empty()) return;
    if (parameter.table) values.front() = table_uri(context, state, values.front().bytes());
    if (parameter.name_space) values.front() = namespace_uri(context, values.front().bytes());
    arguments[parameter.name] = std::move(values);
  };
  for (std::size_t i = 0; i < procedure.positional.size(); ++i) take(procedure.positional[i], bound.positional[i]);
  for (const ProcedureParameter& parameter : procedure.named) {
    const auto given = bound.named.find(parameter.name);
    if (given != bound.named.end()) take(parameter, given->second);
  }
  ProcedureCall call(procedure.name, std::move(arguments), state.cancellation());
  for (const ProcedureParameter& parameter : procedure.positional) call.value(parameter.name);  // throws for a NULL
  return call;
}

// What the transaction changed isn't there yet for others, and the call would work on what was there before.
void require_unchanged(duckdb::ClientContext& context, const std::string& procedure, const std::string& uri) {
  auto& transactions = duckdb::MetaTransaction::Get(context);
  for (const auto& database : transactions.OpenedTransactions()) {
    auto transaction = transactions.TryGetTransaction(database.get());
    auto* lake = dynamic_cast<PathsTransaction*>(transaction.get());
    if (!lake || !lake->changes(uri)) continue;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} can't run in a transaction that has changed {}", procedure, uri),
                "COMMIT or ROLLBACK first");
  }
}

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext& context, duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<duckdb::LogicalType>& types,
                                              duckdb::vector<duckdb::string>& names) {
  return engine::inside_engine([&] {
    const auto& state = ConnectionState::of(context);
    auto bound = duckdb::make_uniq<BoundCall>();
    bound->procedure = input.info->Cast<ProcedureInfo>().name;
    bound->positional = input.inputs;
    bound->named = input.named_parameters;
    const Procedure& procedure = procedure_of(state, bound->procedure);
    if (procedure.changes && !state.statement.call) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("{} changes tables: it can't be a part of a query", procedure.name),
                  fmt::format("CALL {}(...)", procedure.name));
    }
    bound->columns = procedure.columns_of ? procedure.columns_of(call_of(context, *bound)) : procedure.columns;
    for (const Field& column : bound->columns.fields()) {
      names.push_back(column.name);
      types.push_back(engine::to_engine_type(column.type));
    }
    return duckdb::unique_ptr_cast<BoundCall, duckdb::FunctionData>(std::move(bound));
  });
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> begin(duckdb::ClientContext& context,
                                                           duckdb::TableFunctionInitInput& input) {
  return engine::inside_engine([&] {
    const auto& bound = input.bind_data->Cast<BoundCall>();
    auto running = duckdb::make_uniq<RunningCall>();
    running->call = call_of(context, bound);
    const Procedure& procedure = procedure_of(ConnectionState::of(context), bound.procedure);
    for (const ProcedureParameter& parameter : procedure.positional) {
      if (procedure.changes && parameter.table) {
        require_unchanged(context, procedure.name, running->call->text(parameter.name));
      }
    }
    return duckdb::unique_ptr_cast<RunningCall, duckdb::GlobalTableFunctionState>(std::move(running));
  });
}

void give(duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  engine::inside_engine([&] {
    const auto& bound = input.bind_data->Cast<BoundCall>();
    auto& running = input.global_state->Cast<RunningCall>();
    if (!running.rows) {
      running.rows = procedure_of(ConnectionState::of(context), bound.procedure).run(*running.call);
    }
    duckdb::idx_t count = 0;
    std::vector<Value> row;
    for (; count < STANDARD_VECTOR_SIZE && running.rows(row); ++count) {
      for (duckdb::idx_t column = 0; column < bound.columns.size(); ++column) {
        output.SetValue(column, count, engine::to_engine_value(row.at(column), bound.columns[column].type));
      }
    }
    output.SetCardinality(count);
  });
}

duckdb::LogicalType type_of(const ProcedureParameter& parameter) {
  return engine::to_engine_type(parameter.type);
}

}  // namespace

void register_procedures(duckdb::DatabaseInstance& database, const ProcedureRegistry& procedures) {
  duckdb::ExtensionLoader loader(database, "lakelet");
  for (const Procedure& procedure : procedures.procedures()) {
    if (loader.TryGetTableFunction(procedure.name)) continue;
    duckdb::vector<duckdb::LogicalType> positional;
    for (const ProcedureParameter& parameter : procedure.positional) positional.push_back(type_of(parameter));
    duckdb::TableFunction function(procedure.name, positional, give, bind, begin);
    for (const ProcedureParameter& parameter : procedure.named) {
      function.named_parameters[parameter.name] = type_of(parameter);
    }
    function.function_info = duckdb::make_shared_ptr<ProcedureInfo>(procedure.name);
    loader.RegisterFunction(function);
  }
}

}  // namespace lakelet::sql
