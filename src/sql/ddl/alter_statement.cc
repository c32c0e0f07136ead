#include "sql/ddl/alter_statement.h"

#include <fmt/format.h>

#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/parsed_data/alter_table_info.hpp>
#include <duckdb/parser/parsed_data/comment_on_column_info.hpp>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "sql/ddl/alter_text.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} isn't supported for lake tables", what), hint);
}

// Types that aren't bound yet are those that everybody knows, or none.
Type type_of(const duckdb::LogicalType& type) {
  return engine::from_engine_type(duckdb::UnboundType::TryDefaultBind(type));
}

Field field_of(const duckdb::ColumnDefinition& column) {
  Field field;
  field.name = column.Name();
  field.type = type_of(column.Type());
  return field;
}

std::optional<ValueRule> rule_of(const duckdb::ColumnDefinition& column) {
  if (column.Generated()) return GeneratedValue{column.GeneratedExpression().ToString()};
  if (column.HasDefaultValue()) return DefaultValue{column.DefaultValue().ToString()};
  return std::nullopt;
}

ColumnPath path_of(const duckdb::vector<duckdb::string>& names) {
  return ColumnPath(names.begin(), names.end());
}

std::string text_of(const duckdb::Value& comment) {
  return comment.IsNull() ? std::string() : comment.ToString();
}

Alteration type_change(const duckdb::ChangeColumnTypeInfo& info) {
  const bool cast = info.expression && info.expression->GetExpressionClass() == duckdb::ExpressionClass::CAST;
  const auto* child = cast ? info.expression->Cast<duckdb::CastExpression>().child.get() : nullptr;
  const bool plain = child && child->GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF &&
                     child->Cast<duckdb::ColumnRefExpression>().GetColumnName() == info.column_name;
  if (!plain) refuse("SET TYPE with USING", "UPDATE the rows, or write them to a new table");
  return SetColumnType{{info.column_name}, type_of(info.target_type)};
}

Alteration options_change(const duckdb::SetTableOptionsInfo& info) {
  for (const auto& [name, value] : info.table_options) {
    if (name == kAlterOption) return parse_alter(value->Cast<duckdb::ConstantExpression>().value.ToString());
  }
  refuse("this form of SET");
}

Alteration table_change(const duckdb::AlterTableInfo& info) {
  switch (info.alter_table_type) {
    case duckdb::AlterTableType::ADD_COLUMN: {
      const auto& add = info.Cast<duckdb::AddColumnInfo>();
      return AddColumn{{}, field_of(add.new_column), {}, add.if_column_not_exists, rule_of(add.new_column)};
    }
    case duckdb::AlterTableType::ADD_FIELD: {
      const auto& add = info.Cast<duckdb::AddFieldInfo>();
      return AddColumn{
          path_of(add.column_path), field_of(add.new_field), {}, add.if_field_not_exists, rule_of(add.new_field)};
    }
    case duckdb::AlterTableType::REMOVE_COLUMN: {
      const auto& drop = info.Cast<duckdb::RemoveColumnInfo>();
      return DropColumn{{drop.removed_column}, drop.if_column_exists};
    }
    case duckdb::AlterTableType::REMOVE_FIELD: {
      const auto& drop = info.Cast<duckdb::RemoveFieldInfo>();
      return DropColumn{path_of(drop.column_path), drop.if_column_exists};
    }
    case duckdb::AlterTableType::RENAME_COLUMN: {
      const auto& rename = info.Cast<duckdb::RenameColumnInfo>();
      return RenameColumn{{rename.old_name}, rename.new_name};
    }
    case duckdb::AlterTableType::RENAME_FIELD: {
      const auto& rename = info.Cast<duckdb::RenameFieldInfo>();
      return RenameColumn{path_of(rename.column_path), rename.new_name};
    }
    case duckdb::AlterTableType::ALTER_COLUMN_TYPE:
      return type_change(info.Cast<duckdb::ChangeColumnTypeInfo>());
    case duckdb::AlterTableType::SET_NOT_NULL:
      return SetNotNull{{info.Cast<duckdb::SetNotNullInfo>().column_name}, true};
    case duckdb::AlterTableType::DROP_NOT_NULL:
      return SetNotNull{{info.Cast<duckdb::DropNotNullInfo>().column_name}, false};
    case duckdb::AlterTableType::SET_TABLE_OPTIONS:
      return options_change(info.Cast<duckdb::SetTableOptionsInfo>());
    case duckdb::AlterTableType::SET_DEFAULT: {
      const auto& set = info.Cast<duckdb::SetDefaultInfo>();
      if (!set.expression) return DropDefault{{set.column_name}};
      return SetDefault{{set.column_name}, set.expression->ToString()};
    }
    case duckdb::AlterTableType::RENAME_TABLE:
      refuse("RENAME TO", "a table is where its folder is");
    case duckdb::AlterTableType::SET_PARTITIONED_BY:
      refuse("SET PARTITIONED BY", "CREATE OR REPLACE TABLE ... PARTITIONED BY (...) AS SELECT ... writes it anew");
    case duckdb::AlterTableType::SET_SORTED_BY:
      refuse("SET SORTED BY");
    case duckdb::AlterTableType::ADD_CONSTRAINT:
      refuse("a PRIMARY KEY or UNIQUE constraint");
    default:
      refuse("this form of ALTER TABLE");
  }
}

}  // namespace

std::optional<std::string> new_table_name(const duckdb::AlterInfo& info) {
  if (info.type != duckdb::AlterType::ALTER_TABLE) return std::nullopt;
  const auto& change = info.Cast<duckdb::AlterTableInfo>();
  if (change.alter_table_type != duckdb::AlterTableType::RENAME_TABLE) return std::nullopt;
  return change.Cast<duckdb::RenameTableInfo>().new_table_name;
}

Alteration alteration_of(const duckdb::AlterInfo& info) {
  switch (info.type) {
    case duckdb::AlterType::ALTER_TABLE:
      return table_change(info.Cast<duckdb::AlterTableInfo>());
    case duckdb::AlterType::SET_COMMENT:
      return SetDescription{text_of(info.Cast<duckdb::SetCommentInfo>().comment_value)};
    case duckdb::AlterType::SET_COLUMN_COMMENT: {
      const auto& comment = info.Cast<duckdb::SetColumnCommentInfo>();
      return SetColumnComment{{comment.column_name}, text_of(comment.comment_value)};
    }
    default:
      refuse("this form of ALTER");
  }
}

std::optional<LayoutChange> layout_change_of(const duckdb::AlterInfo& info) {
  if (info.type != duckdb::AlterType::ALTER_TABLE) return std::nullopt;
  const auto& table = info.Cast<duckdb::AlterTableInfo>();
  if (table.alter_table_type != duckdb::AlterTableType::SET_TABLE_OPTIONS) return std::nullopt;
  for (const auto& [name, value] : table.Cast<duckdb::SetTableOptionsInfo>().table_options) {
    if (name == kAlterOption) {
      return parse_layout_change(value->Cast<duckdb::ConstantExpression>().value.ToString());
    }
  }
  return std::nullopt;
}

}  // namespace lakelet::sql
