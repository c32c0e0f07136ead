#include "table/predicate.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakelet {

Predicate Predicate::always() {
  return Predicate();
}

Predicate Predicate::never() {
  Predicate predicate;
  predicate.kind_ = PredicateKind::False;
  return predicate;
}

Predicate Predicate::unknown() {
  Predicate predicate;
  predicate.kind_ = PredicateKind::Unknown;
  return predicate;
}

Predicate Predicate::all_of(std::vector<Predicate> parts) {
  if (parts.empty()) return always();
  if (parts.size() == 1) return std::move(parts.front());
  Predicate predicate;
  predicate.kind_ = PredicateKind::And;
  predicate.parts_ = std::move(parts);
  return predicate;
}

Predicate Predicate::any_of(std::vector<Predicate> parts) {
  if (parts.empty()) return never();
  if (parts.size() == 1) return std::move(parts.front());
  Predicate predicate;
  predicate.kind_ = PredicateKind::Or;
  predicate.parts_ = std::move(parts);
  return predicate;
}

Predicate Predicate::negation(Predicate part) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::Not;
  predicate.parts_.push_back(std::move(part));
  return predicate;
}

Predicate Predicate::compare(ColumnPath column, Comparison comparison, Value value) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::Compare;
  predicate.comparison_ = comparison;
  predicate.column_ = std::move(column);
  predicate.values_.push_back(std::move(value));
  return predicate;
}

Predicate Predicate::in(ColumnPath column, std::vector<Value> values) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::In;
  predicate.column_ = std::move(column);
  predicate.values_ = std::move(values);
  return predicate;
}

Predicate Predicate::is_null(ColumnPath column) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::IsNull;
  predicate.column_ = std::move(column);
  return predicate;
}

Predicate Predicate::is_not_null(ColumnPath column) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::IsNotNull;
  predicate.column_ = std::move(column);
  return predicate;
}

Predicate Predicate::starts_with(ColumnPath column, std::string prefix) {
  Predicate predicate;
  predicate.kind_ = PredicateKind::StartsWith;
  predicate.column_ = std::move(column);
  predicate.values_.push_back(Value(std::move(prefix)));
  return predicate;
}

namespace {

void collect_columns(const Predicate& predicate, std::vector<ColumnPath>& columns) {
  const ColumnPath& column = predicate.column();
  if (!column.empty() && std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
  for (const Predicate& part : predicate.parts()) collect_columns(part, columns);
}

std::string column_text(const ColumnPath& column) {
  return fmt::format("{}", fmt::join(column, "."));
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result.append(c == '\'' ? 2 : 1, c);
  return result + "'";
}

// Without its type a value shows as it is stored.
std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.storage())) return quoted(*text);
  if (std::holds_alternative<bool>(value.storage())) return to_text(value, TypeKind::Boolean);
  if (std::holds_alternative<double>(value.storage())) return to_text(value, TypeKind::Double);
  if (std::holds_alternative<Decimal>(value.storage())) return to_text(value, Type::decimal(38, 0));
  return to_text(value, TypeKind::Int64);
}

std::string values_text(const std::vector<Value>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const Value& value : values) texts.push_back(value_text(value));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string_view symbol(Comparison comparison) {
  switch (comparison) {
    case Comparison::Equal:
      return "=";
    case Comparison::NotEqual:
      return "<>";
    case Comparison::Less:
      return "<";
    case Comparison::LessOrEqual:
      return "<=";
    case Comparison::Greater:
      return ">";
    case Comparison::GreaterOrEqual:
      return ">=";
  }
  return "?";
}

std::string joined_parts(const Predicate& predicate, std::string_view between) {
  std::vector<std::string> texts;
  for (const Predicate& part : predicate.parts()) {
    const bool compound = part.kind() == PredicateKind::And || part.kind() == PredicateKind::Or;
    texts.push_back(compound ? fmt::format("({})", to_string(part)) : to_string(part));
  }
  return fmt::format("{}", fmt::join(texts, between));
}

}  // namespace

std::vector<ColumnPath> Predicate::columns() const {
  std::vector<ColumnPath> columns;
  collect_columns(*this, columns);
  return columns;
}

std::string to_string(const Predicate& predicate) {
  const std::string column = column_text(predicate.column());
  switch (predicate.kind()) {
    case PredicateKind::True:
      return "true";
    case PredicateKind::False:
      return "false";
    case PredicateKind::Unknown:
      return "unknown";
    case PredicateKind::And:
      return joined_parts(predicate, " and ");
    case PredicateKind::Or:
      return joined_parts(predicate, " or ");
    case PredicateKind::Not:
      return fmt::format("not ({})", to_string(predicate.parts().front()));
    case PredicateKind::Compare:
      return fmt::format("{} {} {}", column, symbol(predicate.comparison()), value_text(predicate.values().front()));
    case PredicateKind::In:
      return fmt::format("{} in ({})", column, values_text(predicate.values()));
    case PredicateKind::IsNull:
      return column + " is null";
    case PredicateKind::IsNotNull:
      return column + " is not null";
    case PredicateKind::StartsWith:
      return fmt::format("starts_with({}, {})", column, value_text(predicate.values().front()));
  }
  return "unknown";
}

}  // namespace lakelet
