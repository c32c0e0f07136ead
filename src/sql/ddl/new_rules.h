// What a CREATE TABLE says of rows beside the columns' types: CHECK, DEFAULT, GENERATED ALWAYS AS, IDENTITY. DuckDB
// binds such a statement as if the table were its own, which forbids some of it and forgets the names: for a lake table
// the rules are taken out of the statement before.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <string>
#include <vector>

#include "lakelet/value_rule.h"
#include "sql/dialect/spark_expression.h"

namespace lakelet::sql {

class PathsTransaction;
class PathsSchema;
class TableChange;

struct NewRules {
  struct Check {
    std::string name;
    ParsedPointer condition;
  };
  struct Value {
    std::string column;
    ValueRule rule;
    ParsedPointer expression;  // of a default or a generated column
  };
  std::vector<Check> checks;
  std::vector<Value> values;

  bool empty() const { return checks.empty() && values.empty(); }
};

// "a BIGINT GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY [(START WITH n INCREMENT BY n)]", which DuckDB's parser
// doesn't take, put otherwise; everything else as it is.
std::string rewrite_identity(const std::string& text);
// Whether a column of the statement was put otherwise by it.
bool has_identity(const duckdb::CreateTableInfo& info);

// Takes the rules out: the columns are plain afterwards. `text`: of the statement, in which checks have their names;
// those without one are called check_1, check_2 ... Throws Error(InvalidArgument) for a generated column without type.
NewRules take_rules(duckdb::CreateTableInfo& info, const std::string& text);

// Gives them to the table that was just made in this transaction. Throws Error(UnsupportedFeature) for an expression
// that the table can't keep, Error(InvalidArgument) for one that doesn't fit.
void keep_rules(duckdb::ClientContext& context, PathsTransaction& lake, PathsSchema& parent, const std::string& name,
                TableChange& change, const NewRules& rules);

}  // namespace lakelet::sql
