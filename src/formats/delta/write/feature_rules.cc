#include "formats/delta/write/feature_rules.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/protocol/table_properties.h"
#include "formats/delta/schema/column_mapping.h"
#include "formats/delta/write/layout_rules.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

[[noreturn]] void invalid(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::InvalidArgument, message, hint);
}

void check_clustering(const TableShape& after, const std::map<std::string, DomainMetadata>& domains) {
  if (!has_feature(after.protocol, "clustering")) return;
  if (!after.metadata.partition_columns.empty()) {
    invalid("a clustered table can't be partitioned", "write the rows to a new table with partition columns");
  }
  for (const ColumnPath& column : clustering_columns(after.protocol, domains)) {
    const Field* found = find_physical(after.schema, column);
    if (!found) {
      invalid(fmt::format("the table is clustered by the column {}, which can't be dropped", fmt::join(column, ".")));
    }
  }
}

// The types that both versions of Iceberg compatibility leave to a table; V2 has lists and maps besides.
bool fits_compatibility(const Type& type, bool nested_allowed) {
  switch (type.kind()) {
    case TypeKind::Boolean:
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Date:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return true;
    case TypeKind::List:
    case TypeKind::Map:
      if (!nested_allowed) return false;
      [[fallthrough]];
    case TypeKind::Struct:
      return std::all_of(type.children().begin(), type.children().end(),
                         [&](const Field& child) { return fits_compatibility(child.type, nested_allowed); });
    default:
      return false;
  }
}

// "byte" -> "long" and so on: what Iceberg V2 can read after.
bool fits_change(std::string_view from, std::string_view to) {
  const bool whole = from == "byte" || from == "short" || from == "integer";
  if (whole && (to == "short" || to == "integer" || to == "long")) return true;
  if (from == "float" && to == "double") return true;
  if (!from.starts_with("decimal(") || !to.starts_with("decimal(")) return false;
  return from.substr(from.find(',')) == to.substr(to.find(','));  // the scale stays
}

void check_type_changes(const std::vector<Field>& fields, const std::string& feature) {
  for (const Field& field : fields) {
    check_type_changes(field.type.children(), feature);
    const auto changes = field.metadata.find("delta.typeChanges");
    if (changes == field.metadata.end()) continue;
    simdjson::dom::parser parser;
    simdjson::dom::array list;
    if (parser.parse(changes->second).get(list)) continue;  // looked at when the table was opened
    for (const auto change : list) {
      std::string_view from, to;
      if (change["fromType"].get(from) || change["toType"].get(to) || fits_change(from, to)) continue;
      invalid(fmt::format("the column {} went from {} to {}, which {} doesn't allow", field.name, from, to, feature));
    }
  }
}

void check_nested_ids(const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    const bool needs = field.type.kind() == TypeKind::List || field.type.kind() == TypeKind::Map;
    if (needs && !field.metadata.contains("delta.columnMapping.nested.ids")) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the column {} needs ids for what is in it (icebergCompatV2), which lakelet doesn't give "
                              "yet",
                              field.name),
                  "add the column with Spark");
    }
    if (field.type.kind() == TypeKind::Struct) check_nested_ids(field.type.children());
  }
}

// Whether a field of `before`, known by its name in files, is gone from `after` or goes by another name.
bool lacks_columns(const std::vector<Field>& before, const std::vector<Field>& after) {
  return std::any_of(before.begin(), before.end(), [&](const Field& field) {
    const auto now = std::find_if(after.begin(), after.end(),
                                  [&](const Field& each) { return each.file_name() == field.file_name(); });
    return now == after.end() || now->name != field.name || lacks_columns(field.type.children(), now->type.children());
  });
}

bool has_kind(const std::vector<Field>& fields, std::initializer_list<TypeKind> kinds) {
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
    const bool own = std::find(kinds.begin(), kinds.end(), field.type.kind()) != kinds.end();
    return own || has_kind(field.type.children(), kinds);
  });
}

// Files that are there must be as Iceberg's readers want them: nobody writes them again. Throws
// Error(UnsupportedFeature).
void check_files(const TableShape& before, const std::string& feature, const FilesThere& files,
                 const std::string& table_uri) {
  if (!files.any) return;
  const auto refuse = [&](const char* why) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("{} can't be switched on for {}: {}", feature, table_uri, why),
                "its files would have to be written again: make a new table, or overwrite this one");
  };
  if (column_mapping_mode(before.protocol, before.metadata) == ColumnMappingMode::None) {
    refuse("its files have no ids for their columns");
  }
  if (!before.metadata.partition_columns.empty()) refuse("its files don't have the values of partition columns");
  if (files.vectors) refuse("some of its files have deletion vectors");
  if (has_kind(before.schema.fields(), {TypeKind::List, TypeKind::Map})) {
    refuse("its files have no ids for what is in lists and maps");
  }
  // INT96, as Spark writes it where nobody says otherwise.
  if (has_kind(before.schema.fields(), {TypeKind::Timestamp, TypeKind::TimestampTz})) {
    refuse("its files may have timestamps in 96 bits");
  }
}

void check_compatibility(const TableShape* before, const TableShape& after, int version, const std::string& table_uri,
                         const std::function<FilesThere()>& files) {
  const StringMap& properties = after.metadata.configuration;
  if (!compatibility_on(after.protocol, properties, version)) return;
  const std::string feature = version == 1 ? "icebergCompatV1" : "icebergCompatV2";
  if (before && !compatibility_on(before->protocol, before->metadata.configuration, version)) {
    check_files(*before, feature, files(), table_uri);
  }
  if (compatibility_on(after.protocol, properties, 3 - version)) {
    invalid("a table can't have icebergCompatV1 and icebergCompatV2 at once");
  }
  if (column_mapping_mode(after.protocol, after.metadata) == ColumnMappingMode::None) {
    invalid(fmt::format("{} needs column mapping", feature), "set delta.columnMapping.mode to name too");
  }
  const bool vectors = version == 1 || property_is_true(properties, "delta.enableDeletionVectors");
  if (vectors && has_feature(after.protocol, "deletionVectors")) {
    invalid(fmt::format("a table with {} can't have deletion vectors", feature));
  }
  for (const Field& field : after.schema.fields()) {
    if (!fits_compatibility(field.type, version == 2)) {
      invalid(
          fmt::format("the column {} has type {}, which {} doesn't allow", field.name, to_string(field.type), feature));
    }
  }
  if (version == 2) check_nested_ids(after.schema.fields());
  check_type_changes(after.schema.fields(), feature);
  if (before && !before->metadata.partition_columns.empty() &&
      before->metadata.partition_columns != after.metadata.partition_columns) {
    invalid(fmt::format("the partition columns of a table with {} can't be others", feature));
  }
}

}  // namespace

void check_feature_rules(const TableShape* before, const TableShape& after,
                         const std::map<std::string, DomainMetadata>& domains, const std::string& table_uri,
                         const std::function<FilesThere()>& files) {
  check_clustering(after, domains);
  check_compatibility(before, after, 1, table_uri, files);
  check_compatibility(before, after, 2, table_uri, files);
}

void track_column_uses(const Protocol& protocol, const Schema& before, const Schema& after, Metadata& metadata) {
  if (!has_feature(protocol, "columnMappingUsageTracking")) return;
  if (column_mapping_mode(protocol, metadata) == ColumnMappingMode::None) return;
  if (lacks_columns(before.fields(), after.fields())) {
    metadata.configuration["delta.columnMapping.hasDroppedOrRenamed"] = "true";
  }
}

void check_added_files(const TableShape& after, const std::vector<Action>& actions) {
  const StringMap& properties = after.metadata.configuration;
  const bool compatible =
      compatibility_on(after.protocol, properties, 1) || compatibility_on(after.protocol, properties, 2);
  if (!compatible && !has_feature(after.protocol, "clustering")) return;
  for (const Action& action : actions) {
    const auto* add = std::get_if<AddFile>(&action);
    if (add && !add->stats) invalid("a file is added without its number of rows, which the table wants: " + add->path);
  }
}

}  // namespace lakelet::delta
