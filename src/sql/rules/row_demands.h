// What a table demands of the rows of one statement, honoured in one place: values that the statement leaves to the
// table are filled in, and every row is looked at before it is written.
#pragma once

#include <duckdb.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/schema.h"
#include "sql/rules/identity_marks.h"
#include "sql/rules/rule_binder.h"
#include "table/row_rules.h"

namespace lakelet::sql {

// By column of the table: whether the table gives the value (generated, or handed out); the chunk then has anything in
// its place. Empty: the statement gives all.
using ComputedColumns = std::vector<bool>;

// Shared by the threads of a statement. Thread-safe.
class RowDemands {
 public:
  // Throws Error(UnsupportedFeature) naming the first rule that can't be honoured. `marks` outlives it.
  RowDemands(duckdb::ClientContext& context, Schema schema, RowRules rules, IdentityMarks& marks);

  class Thread {
   public:
    Thread(duckdb::ClientContext& context, const RowDemands& demands);
    // `rows` have the table's columns; what the table fills in or fits is replaced in them. Throws
    // Error(ConstraintViolation) that names the rule, its condition and a row.
    void apply(duckdb::DataChunk& rows, const ComputedColumns& computed);

   private:
    void hand_out(duckdb::DataChunk& rows, const ComputedColumns& computed);
    void generate(duckdb::DataChunk& rows, const ComputedColumns& computed);
    void check(duckdb::DataChunk& rows);

    const RowDemands& demands_;
    duckdb::ExpressionExecutor generated_, checks_;
    duckdb::DataChunk conditions_;
  };

 private:
  struct Generated {
    GeneratedColumn column;
    duckdb::idx_t index = 0;
    BoundRule value;
  };
  struct Check {
    RowCheck check;
    BoundRule condition;
  };
  struct HandedOut {
    IdentityColumn column;
    duckdb::idx_t index = 0;
  };
  std::string describe(const duckdb::DataChunk& rows, const std::vector<duckdb::idx_t>& columns,
                       duckdb::idx_t row) const;

  Schema schema_;
  IdentityMarks& marks_;
  bool has_lengths_ = false;
  std::vector<Generated> generated_;
  std::vector<Check> checks_;
  std::vector<HandedOut> handed_out_;
};

// Throws Error(ConstraintViolation) if a column of `rows` that the schema calls NOT NULL has a NULL.
void check_not_null(const Schema& schema, duckdb::DataChunk& rows);

// The columns of a table for DuckDB's binders.
duckdb::ColumnList columns_of(const Schema& schema);

}  // namespace lakelet::sql
