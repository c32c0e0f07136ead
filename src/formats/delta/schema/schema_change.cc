#include "formats/delta/schema/schema_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/column_uses.h"
#include "formats/delta/schema/type_changes.h"
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
    check_fields(field.type.children(), old ? old->type.children() : std::vector<Field>(),
                 field.type.kind() == TypeKind::Struct);
  }
}

constexpr const char* kMapColumns =
    "set the property delta.columnMapping.mode to name first: columns then have names in the files that never change";

class Evolution {
 public:
  explicit Evolution(const EvolutionRules& rules) : rules_(rules) {}

  void check(const std::vector<Field>& before, const std::vector<Field>& after, const std::string& parent) const {
    for (const Field& field : before) {
      const Field* now = same_column(after, field);
      if (!now) {
        check_dropped(field, after, parent + field.name);
      } else {
        check_field(field, *now, parent + field.name);
      }
    }
    for (const Field& field : after) {
      if (same_column(before, field) || field.nullable || rules_.rows_read) continue;
      invalid(fmt::format("the new column '{}{}' can't be NOT NULL: rows that are there have no value for it", parent,
                          field.name));
    }
  }

 private:
  void check_dropped(const Field& field, const std::vector<Field>& after, const std::string& name) const {
    if (!rules_.columns_mapped) {
      throw Error(
          ErrorCode::UnsupportedFeature,
          fmt::format("the column '{}' can't be dropped or renamed: files that are there have it under this name",
                      name),
          kMapColumns);
    }
    if (find(after, field.name)) {
      invalid(fmt::format("the column '{}' can't be dropped and added again in one commit", name),
              "do it in two, one after the other");
    }
  }

  void check_field(const Field& before, const Field& after, const std::string& name) const {
    if (before.nullable && !after.nullable && !rules_.rows_read) {
      invalid(fmt::format("the column '{}' can't become NOT NULL: rows that are there may have nulls", name));
    }
    check_type(before.type, after.type, name);
  }

  void check_type(const Type& before, const Type& after, const std::string& name) const {
    if (before.kind() == TypeKind::Struct && after.kind() == TypeKind::Struct) {
      return check(before.children(), after.children(), name + ".");
    }
    if (before.kind() == after.kind() && before.nested()) {
      for (std::size_t i = 0; i < before.children().size(); ++i) {
        const Field& part = before.children()[i];
        check_field(part, after.children()[i], name + "." + part.name);
      }
      return;
    }
    if (before == after || before.kind() == TypeKind::Null) return;
    if (may_widen(before, after, rules_.compatible_only)) {
      if (rules_.types_widen) return;
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the column '{}' is {}, it can't become {}: the table doesn't widen types", name,
                              to_string(before), to_string(after)),
                  "set the property delta.enableTypeWidening to true first");
    }
    invalid(fmt::format("the column '{}' is {}, it can't become {}: files that are there keep the old type", name,
                        to_string(before), to_string(after)),
            "write the values in the column's own type, or overwrite the whole table");
  }

  const EvolutionRules rules_;
};

// Paths of the columns of `before` that `after` drops, renames or gives another type: {column, part}.
void collect_changed(const std::vector<Field>& before, const std::vector<Field>& after, const std::string& column,
                     std::vector<std::pair<std::string, std::string>>& out) {
  for (const Field& field : before) {
    const Field* now = same_column(after, field);
    const std::string top = column.empty() ? field.name : column;
    const bool same_shape = now && now->type.kind() == field.type.kind() && field.type.nested();
    if (!now || now->name != field.name || (!same_shape && !(now->type == field.type))) {
      out.emplace_back(top, column.empty() ? "" : field.name);
    } else if (same_shape) {
      collect_changed(field.type.children(), now->type.children(), top, out);
    }
  }
}

}  // namespace

void check_schema(const Schema& schema, const Schema& before) {
  if (schema.empty()) invalid("a table needs at least one column", "give a schema such as \"id int, name string\"");
  check_fields(schema.fields(), before.fields(), true);
}

void check_evolution(const Schema& before, const Schema& after, const EvolutionRules& rules) {
  Evolution(rules).check(before.fields(), after.fields(), "");
}

void check_unused(const Schema& before, const Schema& after, const StringMap& properties) {
  std::vector<std::pair<std::string, std::string>> changed;
  collect_changed(before.fields(), after.fields(), "", changed);
  for (const auto& [column, part] : changed) {
    const auto use = use_of(column, part, before, properties);
    if (!use) continue;
    invalid(fmt::format("the column '{}' can't be dropped, renamed or made another type: {} uses it",
                        part.empty() ? column : column + "." + part, *use),
            "drop that first");
  }
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
    if (!column && name.find('(') != std::string::npos) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("Delta partitions by the values of columns, not by a function: {}", name),
                  "add a column with the function's result and partition by it");
    }
    const std::string& spelling = column ? column->name : name;
    out.fields.push_back({.column = spelling, .transform = Transform::Identity, .argument = 0, .name = spelling});
  }
  check_partitioning(out, schema);
  return out;
}

}  // namespace lakelet::delta
