// Judges a predicate against what is known of a file's columns. Each part is reduced to the set of outcomes that some
// row may have (true, false, null); the sets combine by Kleene's rules. A set may be too large, never too small: that
// is what makes pruning safe.
#include <cmath>

#include "table/predicate.h"

namespace lakelet {
namespace {

struct Outcomes {
  bool can_be_true = false;
  bool can_be_false = false;
  bool can_be_null = false;
};

constexpr Outcomes kTrue{true, false, false};
constexpr Outcomes kFalse{false, true, false};
constexpr Outcomes kNull{false, false, true};
constexpr Outcomes kAny{true, true, true};

Outcomes both(const Outcomes& a, const Outcomes& b) {
  Outcomes result;
  result.can_be_true = a.can_be_true && b.can_be_true;
  result.can_be_false = a.can_be_false || b.can_be_false;
  result.can_be_null =
      (a.can_be_null && (b.can_be_null || b.can_be_true)) || (b.can_be_null && (a.can_be_null || a.can_be_true));
  return result;
}

Outcomes opposite(const Outcomes& a) {
  return {a.can_be_false, a.can_be_true, a.can_be_null};
}

Outcomes either(const Outcomes& a, const Outcomes& b) {
  return opposite(both(opposite(a), opposite(b)));
}

// How the non-null values of a column may lie to a literal. `nan`: a NaN may be among them.
struct Relation {
  bool less = true;
  bool equal = true;
  bool greater = true;
  bool nan = false;
};

bool comparable(const Value& bound, const Value& literal) {
  if (bound.storage().index() != literal.storage().index()) return false;
  const double* number = std::get_if<double>(&bound.storage());
  return number == nullptr || !std::isnan(*number);
}

bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.storage());
  return number != nullptr && std::isnan(*number);
}

bool is_floating(const Type& type) {
  return type.kind() == TypeKind::Float || type.kind() == TypeKind::Double;
}

// Bounds that contradict each other say nothing.
bool bounds_usable(const ColumnStatistics& statistics) {
  if (!statistics.min || !statistics.max) return true;
  if (statistics.min->is_null() || statistics.max->is_null()) return true;
  return comparable(*statistics.min, *statistics.max) && compare_values(*statistics.min, *statistics.max) <= 0;
}

Relation relate(const KnownColumn& column, const Value& literal) {
  Relation relation;
  const ColumnStatistics& statistics = column.statistics;
  relation.nan = statistics.has_nan && is_floating(column.type);
  if (is_nan(literal) || !bounds_usable(statistics)) return relation;
  if (statistics.min && comparable(*statistics.min, literal)) {
    const int order = compare_values(*statistics.min, literal);
    if (order >= 0) relation.less = false;
    if (order > 0) relation.equal = false;
  }
  if (statistics.max && comparable(*statistics.max, literal)) {
    const int order = compare_values(*statistics.max, literal);
    if (order <= 0) relation.greater = false;
    if (order < 0) relation.equal = false;
  }
  return relation;
}

// Every value is null. A file that also has bounds contradicts itself, and isn't believed.
bool all_null(const KnownColumn& column) {
  const ColumnStatistics& statistics = column.statistics;
  return column.rows && statistics.null_count && *statistics.null_count == *column.rows && *column.rows > 0 &&
         !statistics.min && !statistics.max && !statistics.has_nan;
}

bool no_null(const KnownColumn& column) {
  return column.statistics.null_count == std::int64_t{0};
}

Outcomes judge_is_null(const KnownColumn& column) {
  if (no_null(column)) return kFalse;
  if (all_null(column)) return kTrue;
  return {true, true, false};
}

// What a comparison gives for the non-null values. For a NaN the order is left open: engines differ.
Outcomes judge_comparison(Comparison comparison, const Relation& at) {
  switch (comparison) {
    case Comparison::Equal:
      return {at.equal, at.less || at.greater || at.nan, false};
    case Comparison::NotEqual:
      return {at.less || at.greater || at.nan, at.equal, false};
    case Comparison::Less:
      return {at.less, at.equal || at.greater || at.nan, false};
    case Comparison::LessOrEqual:
      return {at.less || at.equal, at.greater || at.nan, false};
    case Comparison::Greater:
      return {at.greater || at.nan, at.less || at.equal || at.nan, false};
    case Comparison::GreaterOrEqual:
      return {at.greater || at.equal || at.nan, at.less || at.nan, false};
  }
  return kAny;
}

Outcomes judge_compare(const KnownColumn& column, Comparison comparison, const Value& literal) {
  if (literal.is_null() || all_null(column)) return kNull;
  if (is_nan(literal)) return {true, true, !no_null(column)};
  Outcomes outcomes = judge_comparison(comparison, relate(column, literal));
  outcomes.can_be_null = !no_null(column);
  return outcomes;
}

Outcomes judge_in(const KnownColumn& column, const std::vector<Value>& literals) {
  Outcomes outcomes = kFalse;
  for (const Value& literal : literals) {
    outcomes = either(outcomes, judge_compare(column, Comparison::Equal, literal));
  }
  return outcomes;
}

Outcomes judge_starts_with(const KnownColumn& column, const Value& literal) {
  if (literal.is_null() || all_null(column)) return kNull;
  Outcomes outcomes{true, true, !no_null(column)};
  const ColumnStatistics& statistics = column.statistics;
  if (!std::holds_alternative<std::string>(literal.storage()) || !bounds_usable(statistics)) return outcomes;
  const std::string& prefix = literal.bytes();
  const bool min_known = statistics.min && comparable(*statistics.min, literal);
  const bool max_known = statistics.max && comparable(*statistics.max, literal);
  // Values with the prefix lie from the prefix itself up to the last string that begins with it.
  if (min_known && statistics.min->bytes().compare(0, prefix.size(), prefix) > 0) outcomes.can_be_true = false;
  if (max_known && statistics.max->bytes().compare(prefix) < 0) outcomes.can_be_true = false;
  if (min_known && max_known && statistics.min->bytes().starts_with(prefix) &&
      statistics.max->bytes().starts_with(prefix)) {
    outcomes.can_be_false = false;
  }
  return outcomes;
}

Outcomes judge(const Predicate& predicate, const ColumnKnowledge& known);

Outcomes judge_leaf(const Predicate& predicate, const ColumnKnowledge& known) {
  const std::optional<KnownColumn> column = known(predicate.column());
  if (!column) return kAny;
  switch (predicate.kind()) {
    case PredicateKind::Compare:
      return judge_compare(*column, predicate.comparison(), predicate.values().front());
    case PredicateKind::In:
      return judge_in(*column, predicate.values());
    case PredicateKind::IsNull:
      return judge_is_null(*column);
    case PredicateKind::IsNotNull:
      return opposite(judge_is_null(*column));
    case PredicateKind::StartsWith:
      return judge_starts_with(*column, predicate.values().front());
    default:
      return kAny;
  }
}

Outcomes judge(const Predicate& predicate, const ColumnKnowledge& known) {
  switch (predicate.kind()) {
    case PredicateKind::True:
      return kTrue;
    case PredicateKind::False:
      return kFalse;
    case PredicateKind::Unknown:
      return kAny;
    case PredicateKind::Not:
      return opposite(judge(predicate.parts().front(), known));
    case PredicateKind::And: {
      Outcomes outcomes = kTrue;
      for (const Predicate& part : predicate.parts()) outcomes = both(outcomes, judge(part, known));
      return outcomes;
    }
    case PredicateKind::Or: {
      Outcomes outcomes = kFalse;
      for (const Predicate& part : predicate.parts()) outcomes = either(outcomes, judge(part, known));
      return outcomes;
    }
    default:
      return judge_leaf(predicate, known);
  }
}

}  // namespace

Match match(const Predicate& predicate, const ColumnKnowledge& known) {
  const Outcomes outcomes = judge(predicate, known);
  if (!outcomes.can_be_true) return Match::None;
  return outcomes.can_be_false || outcomes.can_be_null ? Match::Some : Match::All;
}

}  // namespace lakelet
