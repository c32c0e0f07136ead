#include "sql/session/lost_race.h"

#include <algorithm>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/tableref/expressionlistref.hpp>
#include <thread>

#include "base/random.h"
#include "table/commit_loop.h"

namespace lakelet::sql {
namespace {

constexpr int kLongestAfter = 5;  // pauses don't grow any more: a run takes its own time

bool has_subquery(const duckdb::ParsedExpression& expression) {
  if (expression.GetExpressionClass() == duckdb::ExpressionClass::SUBQUERY) return true;
  bool found = false;
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      expression, [&](const duckdb::ParsedExpression& child) { found = found || has_subquery(child); });
  return found;
}

}  // namespace

bool may_run_again(const duckdb::SQLStatement& statement) {
  if (statement.type != duckdb::StatementType::INSERT_STATEMENT) return false;
  const auto values = statement.Cast<duckdb::InsertStatement>().GetValuesList();
  return values && std::ranges::none_of(values->values, [](const auto& row) {
           return std::ranges::any_of(row, [](const auto& value) { return has_subquery(*value); });
         });
}

duckdb::unique_ptr<duckdb::SQLStatement> copy_to_run_again(const duckdb::SQLStatement& statement) {
  return statement.type == duckdb::StatementType::INSERT_STATEMENT ? statement.Copy() : nullptr;
}

LostRaces::LostRaces(const CommitOptions& options)
    : options_(options), deadline_(std::chrono::steady_clock::now() + options.retry_budget) {}

bool LostRaces::another_run(const Error& error) {
  if (error.code() != ErrorCode::Conflict || options_.if_version) return false;
  const std::chrono::duration<double> longest = back_off_limit(std::min(++lost_, kLongestAfter));
  const auto pause = std::chrono::duration_cast<std::chrono::microseconds>(random_fraction() * longest);
  if (std::chrono::steady_clock::now() + pause >= deadline_) return false;
  std::this_thread::sleep_for(pause);
  options_.cancellation.check();
  return true;
}

}  // namespace lakelet::sql
