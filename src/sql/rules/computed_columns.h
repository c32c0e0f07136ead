// How the columns of new and changed rows come by their values, as a statement's plan sees it: from the statement, by a
// default, or computed by the table while the rows are written (RowDemands).
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/index_vector.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/planner/operator/logical_update.hpp>
#include <string>

#include "sql/rules/row_demands.h"

namespace lakelet::sql {

class PathsTable;

// Gives the columns of a catalog entry the table's defaults. One that can't be honoured, and one of a column that the
// table computes, becomes an error of the statement that asks for it.
void add_defaults(duckdb::ClientContext& context, const RowRules& rules, duckdb::CreateTableInfo& info);

// Whether the table computes the column where a statement doesn't give it.
bool is_computed(const RowRules& rules, const std::string& column);
bool has_default(const RowRules& rules, const std::string& column);

using InsertedColumns = duckdb::IndexVector<duckdb::idx_t, duckdb::PhysicalIndex>;

// Of an INSERT, or that of a MERGE, into these columns (empty: all, by position); `defaults` of computed columns are
// replaced by a NULL that holds their place. Throws Error(ConstraintViolation) for values of an identity column that
// takes none.
ComputedColumns computed_by_insert(const PathsTable& table, const InsertedColumns& columns,
                                   duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& defaults);

// Before the columns that an UPDATE doesn't assign are added to it: DEFAULT for those that have to be computed anew.
// Throws Error(ConstraintViolation) for one that assigns an identity column.
void assign_computed(duckdb::ClientContext& context, const PathsTable& table, duckdb::LogicalUpdate& update);

// The values of an UPDATE in the order of the table's columns; for DEFAULT the column's default, or a NULL in its place
// and true in `computed`; a NULL in the place of those that it doesn't assign.
duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> updated_values(
    const PathsTable& table, const duckdb::vector<duckdb::PhysicalIndex>& columns,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& expressions,
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& defaults, ComputedColumns& computed);

}  // namespace lakelet::sql
