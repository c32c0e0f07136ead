#include "sql/ddl/create_table.h"

#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>

#include "engine/type_mapping.h"
#include "sql/ddl/cluster_by.h"
#include "table/clustering.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& table) {
  throw Error(ErrorCode::UnsupportedFeature, what + " isn't supported for a lake table ('" + table + "')");
}

Schema schema_of(duckdb::CreateTableInfo& info) {
  std::vector<Field> fields;
  for (const auto& column : info.columns.Logical()) {
    if (column.Generated()) refuse("a generated column", info.table);
    if (column.HasDefaultValue()) refuse("a column default", info.table);
    Field field;
    field.name = column.Name();
    field.type = engine::from_engine_type(column.Type());
    fields.push_back(std::move(field));
  }
  for (const auto& constraint : info.constraints) {
    if (constraint->type == duckdb::ConstraintType::CHECK) refuse("a CHECK constraint", info.table);
    if (constraint->type == duckdb::ConstraintType::UNIQUE) refuse("a PRIMARY KEY or UNIQUE constraint", info.table);
    if (constraint->type != duckdb::ConstraintType::NOT_NULL) refuse("a FOREIGN KEY constraint", info.table);
    fields[constraint->Cast<duckdb::NotNullConstraint>().index.index].nullable = false;
  }
  return Schema(std::move(fields));
}

// "bucket(16, id)" as the room of tables reads it.
std::string transform_text(const duckdb::FunctionExpression& call, const std::string& table) {
  std::string text = call.function_name + "(";
  for (std::size_t i = 0; i < call.children.size(); ++i) {
    const auto& child = *call.children[i];
    if (i > 0) text += ", ";
    if (child.GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF) {
      const auto& names = child.Cast<duckdb::ColumnRefExpression>().column_names;
      text += duckdb::StringUtil::Join(names, ".");
    } else if (child.GetExpressionClass() == duckdb::ExpressionClass::CONSTANT) {
      text += child.Cast<duckdb::ConstantExpression>().value.ToString();
    } else {
      refuse("PARTITIONED BY an expression (" + call.ToString() + ")", table);
    }
  }
  return text + ")";
}

}  // namespace

NewTable new_table_of(duckdb::CreateTableInfo& info) {
  if (info.temporary) refuse("TEMPORARY", info.table);
  NewTable table;
  if (auto clustered = clustering_of(info)) {
    table.spec.properties[kClusterBy] = *std::move(clustered);
  } else if (!info.sort_keys.empty()) {
    refuse("SORTED BY", info.table);
  }
  table.spec.schema = schema_of(info);
  for (const auto& key : info.partition_keys) {
    if (key->GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
      table.spec.partition_by.push_back(transform_text(key->Cast<duckdb::FunctionExpression>(), info.table));
      continue;
    }
    if (key->GetExpressionClass() != duckdb::ExpressionClass::COLUMN_REF) {
      refuse("PARTITIONED BY an expression (" + key->ToString() + ")", info.table);
    }
    table.spec.partition_by.push_back(key->Cast<duckdb::ColumnRefExpression>().GetColumnName());
  }
  for (const auto& [name, value] : info.options) {
    if (value->GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) {
      throw Error(ErrorCode::InvalidArgument, "the option " + name + " of a table has to be a constant");
    }
    const std::string text = value->Cast<duckdb::ConstantExpression>().value.ToString();
    if (duckdb::StringUtil::CIEquals(name, "format")) {
      table.format = text;
    } else {
      table.spec.properties[name] = text;
    }
  }
  return table;
}

bool looks_like_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.find('\\') != std::string::npos || name.starts_with(".") ||
         name.find("://") != std::string::npos;
}

}  // namespace lakelet::sql
