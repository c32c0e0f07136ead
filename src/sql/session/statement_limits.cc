#include "sql/session/statement_limits.h"

#include <fmt/format.h>

#include <duckdb/parser/parsed_data/create_info.hpp>
#include <duckdb/parser/statement/create_statement.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/prepare_statement.hpp>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

using duckdb::StatementType;

const duckdb::SQLStatement& innermost(const duckdb::SQLStatement& statement) {
  if (statement.type == StatementType::EXPLAIN_STATEMENT) {
    return innermost(*statement.Cast<duckdb::ExplainStatement>().stmt);
  }
  if (statement.type == StatementType::PREPARE_STATEMENT) {
    return innermost(*statement.Cast<duckdb::PrepareStatement>().statement);
  }
  return statement;
}

bool reads(StatementType type) {
  switch (type) {
    case StatementType::SELECT_STATEMENT:
    case StatementType::EXECUTE_STATEMENT:
    case StatementType::TRANSACTION_STATEMENT:
    case StatementType::RELATION_STATEMENT:
    case StatementType::LOGICAL_PLAN_STATEMENT:
      return true;
    default:
      return false;
  }
}

bool makes_secret(const duckdb::SQLStatement& statement) {
  return statement.type == StatementType::CREATE_STATEMENT &&
         statement.Cast<duckdb::CreateStatement>().info->type == duckdb::CatalogType::SECRET_ENTRY;
}

bool changes_tables(StatementType type) {
  switch (type) {
    case StatementType::INSERT_STATEMENT:
    case StatementType::UPDATE_STATEMENT:
    case StatementType::DELETE_STATEMENT:
    case StatementType::MERGE_INTO_STATEMENT:
    case StatementType::CREATE_STATEMENT:
    case StatementType::DROP_STATEMENT:
    case StatementType::ALTER_STATEMENT:
    case StatementType::CALL_STATEMENT:
      return true;
    default:
      return false;
  }
}

}  // namespace

void require_allowed(const duckdb::SQLStatement& statement, const StatementLimits& limits) {
  const duckdb::SQLStatement& inner = innermost(statement);
  const StatementType type = inner.type;
  if (reads(type) || (!limits.confined && !limits.read_only)) return;
  const std::string name = duckdb::StatementTypeToString(type);
  if (limits.read_only) throw Error(ErrorCode::Permission, fmt::format("{}: this session only reads", name));
  if (!changes_tables(type) || makes_secret(inner)) {
    throw Error(ErrorCode::Permission, fmt::format("{}: this session works on its tables alone", name));
  }
}

}  // namespace lakelet::sql
