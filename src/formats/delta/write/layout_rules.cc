#include "formats/delta/write/layout_rules.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json_writer.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr const char* kClusteringDomain = "delta.clustering";

using Element = simdjson::dom::element;

[[noreturn]] void not_understood(const std::string& configuration) {
  throw Error(ErrorCode::CorruptTable,
              fmt::format("the domain {} isn't as it should be: {}", kClusteringDomain, configuration));
}

// "a name", as the specification writes it, or ["a", "path"], as Spark does.
ColumnPath read_column(const Element& entry, const std::string& configuration) {
  if (entry.is_string()) return {std::string(entry.get_string().value())};
  ColumnPath path;
  if (!entry.is_array()) not_understood(configuration);
  for (const Element name : entry.get_array()) {
    if (!name.is_string()) not_understood(configuration);
    path.emplace_back(name.get_string().value());
  }
  if (path.empty()) not_understood(configuration);
  return path;
}

}  // namespace

bool compatibility_on(const Protocol& protocol, const StringMap& properties, int version) {
  return has_feature(protocol, version == 1 ? "icebergCompatV1" : "icebergCompatV2") &&
         property_is_true(properties, version == 1 ? "delta.enableIcebergCompatV1" : "delta.enableIcebergCompatV2");
}

std::vector<ColumnPath> clustering_columns(const Protocol& protocol,
                                           const std::map<std::string, DomainMetadata>& domains) {
  std::vector<ColumnPath> out;
  const auto domain = domains.find(kClusteringDomain);
  if (domain == domains.end() || !has_feature(protocol, "clustering")) return out;
  const std::string& configuration = domain->second.configuration;
  simdjson::dom::parser parser;
  simdjson::dom::array columns;
  if (parser.parse(configuration)["clusteringColumns"].get(columns)) not_understood(configuration);
  for (const Element entry : columns) out.push_back(read_column(entry, configuration));
  return out;
}

DomainMetadata clustering_domain(const std::vector<ColumnPath>& columns) {
  JsonWriter json;
  json.begin_object().key("clusteringColumns").begin_array();
  for (const ColumnPath& column : columns) {
    json.begin_array();
    for (const std::string& name : column) json.string(name);
    json.end_array();
  }
  json.end_array().key("domainName").string(kClusteringDomain).end_object();
  return {.domain = kClusteringDomain, .configuration = json.take(), .removed = false};
}

LayoutRules layout_rules(const Protocol& protocol, const StringMap& properties,
                         const std::map<std::string, DomainMetadata>& domains) {
  LayoutRules rules;
  rules.nested_ids = compatibility_on(protocol, properties, 2);
  rules.partition_columns_in_files = rules.nested_ids || compatibility_on(protocol, properties, 1) ||
                                     has_feature(protocol, "materializePartitionColumns") ||
                                     property_is_true(properties, "delta.writePartitionColumnsToParquet");
  rules.always_indexed = clustering_columns(protocol, domains);
  return rules;
}

std::optional<ColumnPath> logical_path(const Schema& schema, const ColumnPath& physical) {
  ColumnPath logical, so_far;
  for (const std::string& name : physical) {
    so_far.push_back(name);
    const Field* field = find_physical(schema, so_far);
    if (!field) return std::nullopt;
    logical.push_back(field->name);
  }
  return logical;
}

const Field* find_physical(const Schema& schema, const ColumnPath& physical) {
  const std::vector<Field>* fields = &schema.fields();
  const Field* found = nullptr;
  for (const std::string& name : physical) {
    if (found && found->type.kind() != TypeKind::Struct) return nullptr;
    found = nullptr;
    for (const Field& field : *fields) {
      if (field.file_name() == name) found = &field;
    }
    if (!found) return nullptr;
    fields = &found->type.children();
  }
  return found;
}

}  // namespace lakelet::delta
