#include "sql/rules/row_demands.h"

#include <fmt/format.h>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "sql/rules/text_length.h"

namespace lakelet::sql {
namespace {

bool has(const ComputedColumns& computed, duckdb::idx_t column) {
  return !computed.empty() && computed[column];
}

// Values of any length may stand in a row.
std::string short_text(const duckdb::Value& value) {
  constexpr std::size_t kMost = 60;
  const std::string text = value.IsNull() ? "NULL" : value.ToString();
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

duckdb::idx_t index_in(const Schema& schema, const std::string& column) {
  const int index = schema.index_of(column);
  if (index < 0) throw Error(ErrorCode::CorruptTable, "the table has a rule for a column that it lacks: " + column);
  return static_cast<duckdb::idx_t>(index);
}

}  // namespace

duckdb::ColumnList columns_of(const Schema& schema) {
  duckdb::ColumnList columns;
  for (const Field& field : schema.fields()) {
    columns.AddColumn(duckdb::ColumnDefinition(field.name, engine::to_engine_type(field.type)));
  }
  return columns;
}

RowDemands::RowDemands(duckdb::ClientContext& context, Schema schema, RowRules rules, IdentityMarks& marks)
    : schema_(std::move(schema)), marks_(marks) {
  for (const Field& field : schema_.fields()) has_lengths_ |= has_text_length(field);
  if (rules.empty()) return;
  const duckdb::ColumnList columns = columns_of(schema_);
  const RuleBinder binder(context, columns, rules.dialect);
  for (auto& column : rules.generated) {
    const auto index = index_in(schema_, column.column);
    auto value = binder.bind("the generated column " + column.column, column.expression,
                             engine::to_engine_type(schema_[index].type));
    generated_.push_back({std::move(column), index, std::move(value)});
  }
  for (auto& check : rules.checks) {
    auto condition = binder.bind(check.what, check.condition, duckdb::LogicalType::BOOLEAN);
    checks_.push_back({std::move(check), std::move(condition)});
  }
  for (auto& column : rules.identities) {
    const auto index = index_in(schema_, column.column);
    handed_out_.push_back({std::move(column), index});
  }
}

std::string RowDemands::describe(const duckdb::DataChunk& rows, const std::vector<duckdb::idx_t>& columns,
                                 duckdb::idx_t row) const {
  std::string out;
  for (const auto column : columns) {
    out +=
        fmt::format("{}{} = {}", out.empty() ? "" : ", ", schema_[column].name, short_text(rows.GetValue(column, row)));
  }
  return out;
}

RowDemands::Thread::Thread(duckdb::ClientContext& context, const RowDemands& demands)
    : demands_(demands), generated_(context), checks_(context) {
  for (const auto& column : demands.generated_) generated_.AddExpression(*column.value.expression);
  duckdb::vector<duckdb::LogicalType> types;
  for (const auto& check : demands.checks_) {
    checks_.AddExpression(*check.condition.expression);
    types.push_back(duckdb::LogicalType::BOOLEAN);
  }
  if (!types.empty()) conditions_.Initialize(context, types);
}

void RowDemands::Thread::apply(duckdb::DataChunk& rows, const ComputedColumns& computed) {
  if (demands_.has_lengths_) fit_text(demands_.schema_, rows);
  hand_out(rows, computed);
  generate(rows, computed);
  check_not_null(demands_.schema_, rows);
  check(rows);
}

void RowDemands::Thread::hand_out(duckdb::DataChunk& rows, const ComputedColumns& computed) {
  for (const auto& [column, index] : demands_.handed_out_) {
    if (!has(computed, index)) continue;
    const auto first = demands_.marks_.take(column, static_cast<std::int64_t>(rows.size()));
    duckdb::Vector values(duckdb::LogicalType::BIGINT, rows.size());
    auto* data = duckdb::FlatVector::GetData<std::int64_t>(values);
    for (duckdb::idx_t i = 0; i < rows.size(); ++i) data[i] = first + static_cast<std::int64_t>(i) * column.step;
    duckdb::Vector cast(rows.data[index].GetType(), rows.size());
    duckdb::VectorOperations::DefaultCast(values, cast, rows.size(), true);
    rows.data[index].Reference(cast);
  }
}

void RowDemands::Thread::generate(duckdb::DataChunk& rows, const ComputedColumns& computed) {
  for (std::size_t i = 0; i < demands_.generated_.size(); ++i) {
    const auto& [column, index, rule] = demands_.generated_[i];
    duckdb::Vector values(rule.expression->return_type, rows.size());
    generated_.SetChunk(rows);
    generated_.ExecuteExpression(i, values);
    if (has(computed, index)) {
      values.Flatten(rows.size());
      rows.data[index].Reference(values);
      continue;
    }
    duckdb::SelectionVector different(rows.size());
    const auto count =
        duckdb::VectorOperations::DistinctFrom(rows.data[index], values, nullptr, rows.size(), &different, nullptr);
    if (count == 0) continue;
    const auto row = different.get_index(0);
    throw Error(ErrorCode::ConstraintViolation,
                fmt::format("column {} is generated as {}, which is {} for {}: a row has {} for it", column.column,
                            column.expression, short_text(values.GetValue(row)),
                            demands_.describe(rows, rule.columns, row), short_text(rows.GetValue(index, row))),
                fmt::format("leave {} out, and the table computes it", column.column));
  }
}

void RowDemands::Thread::check(duckdb::DataChunk& rows) {
  if (demands_.checks_.empty()) return;
  conditions_.Reset();
  checks_.Execute(rows, conditions_);
  for (std::size_t i = 0; i < demands_.checks_.size(); ++i) {
    const auto& [check, condition] = demands_.checks_[i];
    duckdb::UnifiedVectorFormat data;
    conditions_.data[i].ToUnifiedFormat(rows.size(), data);
    const auto* holds = duckdb::UnifiedVectorFormat::GetData<bool>(data);
    for (duckdb::idx_t row = 0; row < rows.size(); ++row) {
      const auto at = data.sel->get_index(row);
      const bool known = data.validity.RowIsValid(at);
      if (known ? holds[at] : check.null_passes) continue;
      throw Error(ErrorCode::ConstraintViolation, fmt::format("{} ({}) {} for a row: {}", check.what, check.condition,
                                                              known ? "doesn't hold" : "is NULL, which isn't enough,",
                                                              demands_.describe(rows, condition.columns, row)));
    }
  }
}

}  // namespace lakelet::sql
