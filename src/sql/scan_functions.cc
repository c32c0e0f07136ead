#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/tableref/at_clause.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "engine/engine_error.h"
#include "sql/connection_state.h"
#include "sql/paths_catalog.h"
#include "sql/table_functions.h"
#include "sql/version_clause.h"

namespace lakelet::sql {
namespace {

constexpr const char* kSuffix = "_scan";
constexpr const char* kAnyFormat = "lake";

// Named arguments that other formats or later versions of this one have: known, and refused by name.
constexpr const char* kNotYet[] = {"changes_from", "changes_to", "row_ids",      "snapshot",  "instant",
                                   "query",        "table",      "from_instant", "to_instant"};

const char* unit_of(const std::string& argument) {
  if (argument == "version") return "VERSION";
  if (argument == "timestamp") return "TIMESTAMP";
  if (argument == "timestamp_ms") return kTimestampMsUnit;
  if (argument == "ref") return kReferenceUnit;
  return nullptr;
}

duckdb::unique_ptr<duckdb::AtClause> at_clause(const std::string& function,
                                               const duckdb::named_parameter_map_t& arguments) {
  duckdb::unique_ptr<duckdb::AtClause> clause;
  for (const auto& [name, value] : arguments) {
    const char* unit = unit_of(duckdb::StringUtil::Lower(name));
    if (!unit) {
      throw Error(ErrorCode::UnsupportedFeature, function + "(" + name + " => ...) isn't supported yet");
    }
    if (clause)
      throw Error(ErrorCode::InvalidArgument, function + " takes one of version, timestamp, timestamp_ms, ref");
    clause = duckdb::make_uniq<duckdb::AtClause>(unit, duckdb::make_uniq<duckdb::ConstantExpression>(value));
  }
  return clause;
}

// lake_scan('p', version => 3) is FROM 'p' AT (VERSION => 3).
duckdb::unique_ptr<duckdb::TableRef> scan_reference(duckdb::ClientContext& context,
                                                    duckdb::TableFunctionBindInput& input) {
  return engine::inside_engine([&] {
    const std::string function = input.table_function.name;
    if (input.inputs[0].IsNull()) throw Error(ErrorCode::InvalidArgument, function + " needs a path or URI");
    const std::string uri = input.inputs[0].GetValue<duckdb::string>();
    auto reference = duckdb::make_uniq<duckdb::BaseTableRef>();
    reference->catalog_name = kPathsCatalog;
    reference->schema_name = kPathsSchema;
    reference->table_name = uri;
    reference->alias = input.ref.alias.empty() ? function : input.ref.alias;
    reference->column_name_alias = input.ref.column_name_alias;
    reference->at_clause = at_clause(function, input.named_parameters);
    const OpenTable opened = ConnectionState::of(context).open(uri);
    const std::string wanted = function.substr(0, function.size() - std::string(kSuffix).size());
    if (wanted != kAnyFormat && wanted != opened.format->name()) {
      throw Error(ErrorCode::InvalidArgument,
                  "the table at " + opened.table->location().uri + " is of the format " +
                      std::string(opened.format->name()) + ", not " + wanted,
                  "lake_scan reads every format");
    }
    return duckdb::unique_ptr_cast<duckdb::BaseTableRef, duckdb::TableRef>(std::move(reference));
  });
}

}  // namespace

void register_scan_functions(duckdb::DatabaseInstance& database, const FormatRegistry& formats) {
  duckdb::ExtensionLoader loader(database, "lakelet");
  std::vector<std::string> names{std::string(kAnyFormat) + kSuffix};
  for (const auto& format : formats.formats()) names.push_back(std::string(format->name()) + kSuffix);
  for (const auto& name : names) {
    if (loader.TryGetTableFunction(name)) continue;
    duckdb::TableFunction function(name, {duckdb::LogicalType::VARCHAR}, nullptr, nullptr);
    function.bind_replace = scan_reference;
    function.named_parameters["version"] = duckdb::LogicalType::ANY;
    function.named_parameters["timestamp"] = duckdb::LogicalType::ANY;
    function.named_parameters["timestamp_ms"] = duckdb::LogicalType::ANY;
    function.named_parameters["ref"] = duckdb::LogicalType::VARCHAR;
    for (const char* argument : kNotYet) function.named_parameters[argument] = duckdb::LogicalType::ANY;
    loader.RegisterFunction(function);
  }
}

}  // namespace lakelet::sql
