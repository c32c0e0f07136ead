#include <fmt/format.h>

#include "lake/column_statistics.h"
#include "lake/query_binding.h"
#include "lake/scan_state.h"
#include "lakelet/error.h"
#include "sql/session/expression_text.h"

namespace lakelet {
namespace {

const Field& field_of(const Schema& schema, const std::string& column) {
  const Field* field = schema.find(column);
  if (field) return *field;
  throw Error(ErrorCode::InvalidArgument, fmt::format("the table has no column {}", column),
              "its columns: " + to_string(schema));
}

std::string column_name(const Schema& schema, const std::string& column) {
  return sql::quote_identifier(field_of(schema, column).name);
}

}  // namespace

Scan Scan::select(std::vector<std::string> columns) const {
  auto next = std::make_shared<Impl>(*impl_);
  next->columns = std::move(columns);
  return Scan(std::move(next));
}

Scan Scan::where(std::string predicate) const {
  auto next = std::make_shared<Impl>(*impl_);
  next->predicates.push_back(std::move(predicate));
  return Scan(std::move(next));
}

Scan Scan::order_by(std::string column, bool descending) const {
  auto next = std::make_shared<Impl>(*impl_);
  next->order.emplace_back(std::move(column), descending);
  return Scan(std::move(next));
}

Scan Scan::limit(std::int64_t rows) const {
  auto next = std::make_shared<Impl>(*impl_);
  next->limit = rows;
  return Scan(std::move(next));
}

std::string Scan::Impl::text(const std::string& relation) const {
  const Schema& schema = snapshot->schema();
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column_name(schema, column);
  std::string query = fmt::format("SELECT {} FROM {}", list.empty() ? "*" : list, relation);
  for (std::size_t i = 0; i < predicates.size(); ++i) {
    sql::require_expression(predicates[i], "predicate");
    query += fmt::format(" {} ({}\n)", i == 0 ? "WHERE" : "AND", predicates[i]);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    query += fmt::format("{} {} {}", i == 0 ? " ORDER BY" : ",", column_name(schema, order[i].first),
                         order[i].second ? "DESC NULLS LAST" : "ASC NULLS LAST");
  }
  if (limit) query += fmt::format(" LIMIT {}", *limit);
  return query;
}

Rows Scan::rows() const {
  return impl_->rows(nullptr);
}

Rows Scan::rows(const QueryControl& control) const {
  return impl_->rows(&control);
}

Rows Scan::Impl::rows(const QueryControl* control) const {
  const std::string text = this->text(relation);
  try {
    return leased_query(
        *state, text, {}, [&](sql::SqlSession& session) { session.bind_snapshot(kScanRelation, snapshot); }, control);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::InvalidArgument || predicates.empty()) throw;
    // Not where in our own query it is, but in whose words.
    Error plain(error.code(), error.message(), error.hint());
    throw plain.add_context("predicate: " + predicates.back());
  }
}

Rows Scan::statistics() const {
  return impl_->statistics(nullptr);
}

Rows Scan::statistics(const QueryControl& control) const {
  return impl_->statistics(&control);
}

Rows Scan::Impl::statistics(const QueryControl* control) const {
  std::vector<Field> counted;
  for (const std::string& column : columns) counted.push_back(field_of(snapshot->schema(), column));
  if (columns.empty()) counted = snapshot->schema().fields();
  const std::string text = column_statistics_text(counted, this->text(relation));
  return leased_query(
      *state, text, {}, [&](sql::SqlSession& session) { session.bind_snapshot(kScanRelation, snapshot); }, control);
}

Rows leased_query(SessionState& state, const std::string& text,
                  const std::vector<std::pair<std::string, std::string>>& parameters,
                  const std::function<void(sql::SqlSession&)>& before, const QueryControl* control) {
  std::shared_ptr<Lease> lease = state.borrow();
  if (control) QueryBinding::bind(*control, lease);
  if (before) before(lease->sql());
  sql::Rows rows = lease->sql().query(text, parameters);
  lease->answered();
  return Rows(std::move(rows.schema), std::move(rows.stream), std::move(lease));
}

}  // namespace lakelet
