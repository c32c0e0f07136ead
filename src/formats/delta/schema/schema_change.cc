#include "formats/delta/schema/schema_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

[[noreturn]] void invalid(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::InvalidArgument, message, hint);
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return same_name(f.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

struct FeatureKey {
  std::string_view prefix, feature;
};
constexpr std::array<FeatureKey, 4> kFeatureKeys = {{{"delta.invariants", "invariants"},
                                                     {"delta.generationExpression", "generatedColumns"},
                                                     {"delta.identity.", "identityColumns"},
                                                     {"CURRENT_DEFAULT", "allowColumnDefaults"}}};

void check_metadata(const Field& field, const Field* before) {
  for (const auto& [key, value] : field.metadata) {
    for (const FeatureKey& known : kFeatureKeys) {
      if (!key.starts_with(known.prefix) || (before && before->metadata.contains(key))) continue;
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the column '{}' asks for the Delta feature {}, which lakelet doesn't write yet",
                              field.name, known.feature),
                  fmt::format("leave the metadata entry {} out", key));
    }
  }
}

void check_fields(const std::vector<Field>& fields, const std::vector<Field>& before, bool structure) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.name.empty()) invalid("a column has no name");
    const Field* old = find(before, field.name);
    if (field.type.kind() == TypeKind::Null && !(old && old->type.kind() == TypeKind::Null)) {
      invalid(fmt::format("the column '{}' has no type, only nulls", field.name),
              "cast it to the type that it should have");
    }
    for (std::size_t j = 0; structure && j < i; ++j) {
      if (same_name(fields[j].name, field.name)) {
        invalid(fmt::format("the columns '{}' and '{}' have the same name", fields[j].name, field.name),
                "Delta's column names don't tell upper from lower case");
      }
    }
    check_metadata(field, old);
    check_fields(field.type.children(), old ? old->type.children() : std::vector<Field>(),
                 field.type.kind() == TypeKind::Struct);
  }
}

void check_fields_evolve(const std::vector<Field>& before, const std::vector<Field>& after, const std::string& parent);

void check_field_evolves(const Field& before, const Field& after, const std::string& name) {
  if (before.nullable && !after.nullable) {
    invalid(fmt::format("the column '{}' can't become NOT NULL: rows that are there may have nulls", name));
  }
  if (before.type.kind() == after.type.kind() && before.type.nested()) {
    return check_fields_evolve(before.type.children(), after.type.children(), name + ".");
  }
  if (!(before.type == after.type)) {
    invalid(fmt::format("the column '{}' is {}, it can't become {}: files that are there keep the old type", name,
                        to_string(before.type), to_string(after.type)),
            "write the values in the column's own type, or overwrite the whole table");
  }
}

void check_fields_evolve(const std::vector<Field>& before, const std::vector<Field>& after, const std::string& parent) {
  for (const Field& field : before) {
    const Field* now = find(after, field.name);
    if (!now) {
      invalid(fmt::format("the column '{}{}' can't be dropped or renamed: files that are there have it under this name",
                          parent, field.name),
              "overwrite the whole table to change its columns");
    }
    check_field_evolves(field, *now, parent + field.name);
  }
  for (const Field& field : after) {
    if (!find(before, field.name) && !field.nullable) {
      invalid(fmt::format("the new column '{}{}' can't be NOT NULL: rows that are there have no value for it", parent,
                          field.name));
    }
  }
}

}  // namespace

void check_schema(const Schema& schema, const Schema& before) {
  if (schema.empty()) invalid("a table needs at least one column", "give a schema such as \"id int, name string\"");
  check_fields(schema.fields(), before.fields(), true);
}

void check_evolution(const Schema& before, const Schema& after) {
  check_fields_evolve(before.fields(), after.fields(), "");
}

void check_partitioning(const Partitioning& partitioning, const Schema& schema) {
  std::vector<std::string> seen;
  for (const PartitionField& field : partitioning.fields) {
    if (field.transform != Transform::Identity) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("Delta partitions by the values of columns, not by a function of '{}'", field.column),
                  "add a column with the function's result and partition by it");
    }
    const Field* column = find_field(schema, {field.column});
    if (!column) invalid(fmt::format("there is no column '{}' to partition by", field.column));
    if (column->type.nested() || column->type.kind() == TypeKind::Variant || column->type.kind() == TypeKind::Null) {
      invalid(
          fmt::format("a table can't be partitioned by '{}', its type is {}", column->name, to_string(column->type)));
    }
    if (std::any_of(seen.begin(), seen.end(), [&](const auto& name) { return same_name(name, field.column); })) {
      invalid(fmt::format("the partition column '{}' is named twice", field.column));
    }
    seen.push_back(field.column);
  }
  if (!seen.empty() && seen.size() == schema.size()) {
    invalid("a table can't be partitioned by all of its columns", "leave at least one column for the files");
  }
}

Partitioning partition_by(const std::vector<std::string>& columns, const Schema& schema) {
  Partitioning out;
  for (const std::string& name : columns) {
    const Field* column = find_field(schema, {name});
    const std::string& spelling = column ? column->name : name;
    out.fields.push_back({.column = spelling, .transform = Transform::Identity, .argument = 0, .name = spelling});
  }
  check_partitioning(out, schema);
  return out;
}

}  // namespace lakelet::delta
