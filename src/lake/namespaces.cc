// Namespaces of catalogs: their properties, and the procedures of SQL.
#include "lake/procedures.h"
#include "lake/running_work.h"
#include "lake/session_state.h"
#include "lakelet/error.h"
#include "table/catalog_namespace.h"

namespace lakelet {

NamespaceProperties Session::namespace_properties(const std::string& reference) {
  const RunningVerb running(*state_, "namespace");
  const CatalogNamespace found = catalog_namespace_of(*state_->stores, reference);
  return found.catalog->namespace_properties(found.name);
}

void Session::change_namespace(const std::string& reference, const NamespaceChange& change) {
  state_->require_writable("namespace");
  const RunningVerb running(*state_, "namespace");
  const CatalogNamespace found = catalog_namespace_of(*state_->stores, reference);
  for (const std::string& name : change.remove) {
    if (change.set.contains(name)) {
      throw Error(ErrorCode::InvalidArgument, "the property " + name + " is both set and removed");
    }
  }
  found.catalog->change_namespace(found.name, change);
}

namespace {

sql::ProcedureParameter namespace_parameter() {
  return {.name = "namespace", .type = TypeKind::String, .name_space = true};
}

Schema property_columns() {
  return Schema({{.name = "name", .type = TypeKind::String}, {.name = "value", .type = TypeKind::String}});
}

sql::ProcedureRows properties(SessionState& state, const sql::ProcedureCall& call) {
  std::vector<std::vector<Value>> rows;
  for (const auto& [name, value] : state.session().namespace_properties(call.text("namespace"))) {
    rows.push_back({Value(name), Value(value)});
  }
  return sql::all_rows(std::move(rows));
}

std::pair<std::string, std::string> name_and_value(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::InvalidArgument, "'" + text + "' isn't NAME=VALUE", "set => ['location=/lake/sales']");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

sql::ProcedureRows set_properties(SessionState& state, const sql::ProcedureCall& call) {
  NamespaceChange change;
  for (const Value& item : call.items("set")) {
    auto [name, value] = name_and_value(item.bytes());
    change.set.insert_or_assign(std::move(name), std::move(value));
  }
  for (const Value& item : call.items("remove")) change.remove.push_back(item.bytes());
  state.session().change_namespace(call.text("namespace"), change);
  return properties(state, call);
}

}  // namespace

sql::Procedure namespace_properties_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_namespace_properties";
  procedure.positional = {namespace_parameter()};
  procedure.columns = property_columns();
  procedure.changes = false;
  procedure.run = [&state](const sql::ProcedureCall& call) { return properties(state, call); };
  return procedure;
}

sql::Procedure set_namespace_properties_procedure(SessionState& state) {
  sql::Procedure procedure;
  procedure.name = "lake_set_namespace_properties";
  procedure.positional = {namespace_parameter()};
  procedure.named = {{.name = "set", .type = Type::list(Field{.name = "element", .type = TypeKind::String})},
                     {.name = "remove", .type = Type::list(Field{.name = "element", .type = TypeKind::String})}};
  procedure.columns = property_columns();
  procedure.run = [&state](const sql::ProcedureCall& call) { return set_properties(state, call); };
  return procedure;
}

}  // namespace lakelet
