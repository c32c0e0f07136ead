// Changes of what a table is, rather than of its rows: columns, constraints, properties, names.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lakelet/metadata.h"
#include "lakelet/schema.h"
#include "lakelet/value_rule.h"

namespace lakelet {

// A column or a part of one, by logical names from the top: {"address", "city"}. A list's part is "element", those of a
// map are "key" and "value".
using ColumnPath = std::vector<std::string>;

// Among the columns of the same struct.
struct ColumnPosition {
  std::string after;  // empty: first
};

struct AddColumn {
  ColumnPath parent;                       // the struct that gets a field; empty: the table
  Field field;                             // NOT NULL over rows needs a default that fills them
  std::optional<ColumnPosition> position;  // absent: last
  bool if_not_exists = false;
  std::optional<ValueRule> rule{};  // over rows only where the format fills them with it, as they would have NULL
};
struct DropColumn {
  ColumnPath column;
  bool if_exists = false;
};
struct RenameColumn {
  ColumnPath column;
  std::string name;
};
struct MoveColumn {
  ColumnPath column;
  ColumnPosition position;
};
// To a type that holds every value of the present one.
struct SetColumnType {
  ColumnPath column;
  Type type;
};
struct SetNotNull {
  ColumnPath column;
  bool not_null = true;  // the rows that are there are checked
};
struct SetColumnComment {
  ColumnPath column;
  std::string text;  // empty: none
};
// For rows to come; those that are there stay as they are.
struct SetDefault {
  ColumnPath column;       // of the table itself
  std::string expression;  // as DefaultValue has it
  std::optional<Value> constant{};
};
struct DropDefault {
  ColumnPath column;
  bool if_exists = false;
};
// A condition that every row must meet, also those that are there.
struct AddConstraint {
  std::string name;
  std::string condition;  // SQL
};
struct DropConstraint {
  std::string name;
  bool if_exists = false;
};
struct SetProperties {
  Properties properties;  // the others stay
};
struct UnsetProperties {
  std::vector<std::string> names;
  bool if_exists = false;
};
struct SetTableName {
  std::string name;
};
struct SetDescription {
  std::string text;
};
// A text that an application keeps in the table under a name of its own, beside the properties ("domain metadata").
struct SetDomain {
  std::string name;
  std::optional<std::string> text;  // absent: it goes
};

using Alteration = std::variant<AddColumn, DropColumn, RenameColumn, MoveColumn, SetColumnType, SetNotNull,
                                SetColumnComment, SetDefault, DropDefault, AddConstraint, DropConstraint, SetProperties,
                                UnsetProperties, SetTableName, SetDescription, SetDomain>;

// "a.b.c", "`odd.name`.b", "\"odd.name\".b". Throws Error(InvalidArgument) for text that isn't one.
ColumnPath parse_column_path(const std::string& text);

}  // namespace lakelet
