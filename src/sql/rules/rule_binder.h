// The expressions of a table's RowRules, bound to the columns of a chunk of its rows.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/index_map.hpp>
#include <duckdb/parser/column_list.hpp>
#include <string>
#include <vector>

#include "sql/dialect/spark_expression.h"
#include "table/row_rules.h"

namespace lakelet::sql {

struct BoundRule {
  duckdb::unique_ptr<duckdb::Expression> expression;  // its columns are BoundReferenceExpressions by position
  std::vector<duckdb::idx_t> columns;                 // those that it needs
};

class RuleBinder {
 public:
  // `columns` are the table's, none of them generated in DuckDB's sense. Keeps the references.
  RuleBinder(duckdb::ClientContext& context, const duckdb::ColumnList& columns, SqlDialect dialect)
      : context_(context), columns_(columns), dialect_(dialect) {}

  // Both throw Error(UnsupportedFeature) that begins with `what`, quotes the text and says what in it isn't understood.
  // `target`: what the value is cast to.
  BoundRule bind(const std::string& what, const std::string& text, const duckdb::LogicalType& target) const;
  // A condition in the engine's words, for a query over the table's rows.
  std::string engine_text(const std::string& what, const std::string& text) const;
  // An expression in the engine's words as the table keeps it; what binds there, and means the same. `constant`: a
  // default. Throws Error(UnsupportedFeature) that begins with `what`.
  std::string kept_text(const std::string& what, const duckdb::ParsedExpression& expression, bool constant) const;
  // Of an expression in the engine's words.
  duckdb::LogicalType type_of(const duckdb::ParsedExpression& expression) const;
  // A default, not bound yet: without columns.
  ParsedPointer parse_default(const std::string& what, const std::string& text) const;

 private:
  SparkScope scope(bool constant) const;
  ParsedPointer parse(const std::string& text, bool constant) const;
  duckdb::unique_ptr<duckdb::Expression> bind(const duckdb::ParsedExpression& expression,
                                              const duckdb::LogicalType& target,
                                              duckdb::physical_index_set_t& columns) const;

  duckdb::ClientContext& context_;
  const duckdb::ColumnList& columns_;
  SqlDialect dialect_;
};

}  // namespace lakelet::sql
