#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/tableref/at_clause.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/planner/tableref/bound_at_clause.hpp>

#include "engine/engine_error.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/version_clause.h"
#include "sql/scan/derived_rows.h"
#include "sql/scan/table_functions.h"
#include "sql/session/connection_state.h"

namespace lakelet::sql {
namespace {

constexpr const char* kSuffix = "_scan";
constexpr const char* kAnyFormat = "lake";

// Named arguments that other formats or later versions of this one have: known, and refused by name.
constexpr const char* kNotYet[] = {"instant", "query", "table", "from_instant", "to_instant"};

const char* unit_of(const std::string& argument) {
  if (argument == "version" || argument == "snapshot") return "VERSION";
  if (argument == "timestamp") return "TIMESTAMP";
  if (argument == "timestamp_ms") return kTimestampMsUnit;
  if (argument == "ref") return kReferenceUnit;
  return nullptr;
}

// What the named arguments of a scan ask for.
struct ScanArguments {
  std::string unit;  // of the version; empty: the newest
  duckdb::Value version;
  std::optional<ChangeRange> changes;
  bool row_ids = false;
};

void require_one_kind(const std::string& function, const ScanArguments& arguments, bool has_end) {
  if (has_end && !arguments.changes) {
    throw Error(ErrorCode::InvalidArgument, function + "(changes_to => ...) needs changes_from too");
  }
  if (arguments.changes && arguments.row_ids) {
    throw Error(ErrorCode::InvalidArgument, function + ": changes have no row ids", "leave row_ids out");
  }
}

ScanArguments read_arguments(const std::string& function, const duckdb::named_parameter_map_t& named) {
  ScanArguments arguments;
  std::optional<VersionSelector> from, to;
  for (const auto& [given, value] : named) {
    const std::string name = duckdb::StringUtil::Lower(given);
    if (name == "changes_from") {
      if (!value.IsNull()) from = version_or_time(name, value);
    } else if (name == "changes_to") {
      to = version_or_time(name, value);
    } else if (name == "row_ids") {
      arguments.row_ids = !value.IsNull() && duckdb::BooleanValue::Get(value);
    } else if (const char* unit = unit_of(name)) {
      if (!arguments.unit.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    function + " takes one of version, snapshot, timestamp, timestamp_ms, ref");
      }
      arguments.unit = unit;
      arguments.version = value;
    } else {
      throw Error(ErrorCode::UnsupportedFeature, function + "(" + name + " => ...) isn't supported yet");
    }
  }
  if (from) arguments.changes = ChangeRange{*from, to.value_or(LatestVersion{})};
  require_one_kind(function, arguments, to.has_value());
  return arguments;
}

// lake_scan('p', version => 3) is FROM 'p' AT (VERSION => 3).
duckdb::unique_ptr<duckdb::TableRef> table_reference(const std::string& uri, const ScanArguments& arguments) {
  auto reference = duckdb::make_uniq<duckdb::BaseTableRef>();
  reference->catalog_name = kPathsCatalog;
  reference->schema_name = kPathsSchema;
  reference->table_name = uri;
  if (!arguments.unit.empty()) {
    reference->at_clause = duckdb::make_uniq<duckdb::AtClause>(
        arguments.unit, duckdb::make_uniq<duckdb::ConstantExpression>(arguments.version));
  }
  return reference;
}

duckdb::unique_ptr<duckdb::TableRef> rows_reference(duckdb::ClientContext& context, const std::string& uri,
                                                    const ScanArguments& arguments) {
  if (!arguments.changes && !arguments.row_ids) return table_reference(uri, arguments);
  VersionSelector version = LatestVersion{};
  if (!arguments.unit.empty()) {
    duckdb::BoundAtClause clause(arguments.unit, arguments.version);
    version = selector_of(clause);
  }
  if (arguments.row_ids) return tracked_reference(context, uri, version);
  return changes_reference(context, uri, *arguments.changes, version);
}

duckdb::unique_ptr<duckdb::TableRef> scan_reference(duckdb::ClientContext& context,
                                                    duckdb::TableFunctionBindInput& input) {
  return engine::inside_engine([&] {
    const std::string function = input.table_function.name;
    if (input.inputs[0].IsNull()) throw Error(ErrorCode::InvalidArgument, function + " needs a path or URI");
    const std::string uri = input.inputs[0].GetValue<duckdb::string>();
    const ScanArguments arguments = read_arguments(function, input.named_parameters);
    const OpenTable opened = ConnectionState::of(context).open(uri);
    const std::string wanted = function.substr(0, function.size() - std::string(kSuffix).size());
    if (wanted != kAnyFormat && wanted != opened.format->name()) {
      throw Error(ErrorCode::InvalidArgument,
                  "the table at " + opened.table->location().uri + " is of the format " +
                      std::string(opened.format->name()) + ", not " + wanted,
                  "lake_scan reads every format");
    }
    auto reference = rows_reference(context, uri, arguments);
    reference->alias = input.ref.alias.empty() ? function : input.ref.alias;
    reference->column_name_alias = input.ref.column_name_alias;
    return reference;
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
    for (const char* argument : {"version", "snapshot", "timestamp", "timestamp_ms", "changes_from", "changes_to"}) {
      function.named_parameters[argument] = duckdb::LogicalType::ANY;
    }
    function.named_parameters["ref"] = duckdb::LogicalType::VARCHAR;
    function.named_parameters["row_ids"] = duckdb::LogicalType::BOOLEAN;
    for (const char* argument : kNotYet) function.named_parameters[argument] = duckdb::LogicalType::ANY;
    loader.RegisterFunction(function);
  }
  register_change_function(database);
}

}  // namespace lakelet::sql
