// How a row fares under a predicate, worked out by itself and without pruning: what match() and plans are held against.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "lakelet/schema.h"
#include "table/predicate.h"

namespace lakelet {

enum class Truth { False, Null, True };  // in this order "and" is the least and "or" the greatest

// `nan_last`: NaN is equal to itself and greater than all other numbers, as in DuckDB and Spark; otherwise as in IEEE
// 754.
struct RowJudge {
  const Schema& schema;
  const std::vector<Value>& row;  // one value for each column of the schema
  bool nan_last = true;

  Truth judge(const Predicate& predicate) const;

 private:
  const Value& value(const ColumnPath& column) const;
  Truth compare(const Value& a, Comparison comparison, const Value& b) const;
  Truth judge_in(const Predicate& predicate) const;
};

inline Truth truth(bool holds) {
  return holds ? Truth::True : Truth::False;
}

inline bool is_nan(const Value& value) {
  const double* number = std::get_if<double>(&value.storage());
  return number && std::isnan(*number);
}

inline bool ordered_as(int order, Comparison comparison) {
  switch (comparison) {
    case Comparison::Equal:
      return order == 0;
    case Comparison::NotEqual:
      return order != 0;
    case Comparison::Less:
      return order < 0;
    case Comparison::LessOrEqual:
      return order <= 0;
    case Comparison::Greater:
      return order > 0;
    case Comparison::GreaterOrEqual:
      return order >= 0;
  }
  return false;
}

inline const Value& RowJudge::value(const ColumnPath& column) const {
  return row.at(static_cast<std::size_t>(schema.index_of(column.at(0))));
}

inline Truth RowJudge::compare(const Value& a, Comparison comparison, const Value& b) const {
  if (a.is_null() || b.is_null()) return Truth::Null;
  if (!nan_last && (is_nan(a) || is_nan(b))) return truth(comparison == Comparison::NotEqual);
  return truth(ordered_as(compare_values(a, b), comparison));
}

inline Truth RowJudge::judge_in(const Predicate& predicate) const {
  Truth result = Truth::False;
  for (const Value& literal : predicate.values()) {
    result = std::max(result, compare(value(predicate.column()), Comparison::Equal, literal));
  }
  return result;
}

inline Truth RowJudge::judge(const Predicate& predicate) const {
  Truth result = Truth::Null;
  switch (predicate.kind()) {
    case PredicateKind::True:
      return Truth::True;
    case PredicateKind::False:
      return Truth::False;
    case PredicateKind::Unknown:
      return Truth::Null;  // any would do
    case PredicateKind::And:
      result = Truth::True;
      for (const Predicate& part : predicate.parts()) result = std::min(result, judge(part));
      return result;
    case PredicateKind::Or:
      result = Truth::False;
      for (const Predicate& part : predicate.parts()) result = std::max(result, judge(part));
      return result;
    case PredicateKind::Not:
      result = judge(predicate.parts().front());
      return result == Truth::Null ? result : truth(result == Truth::False);
    case PredicateKind::Compare:
      return compare(value(predicate.column()), predicate.comparison(), predicate.values().front());
    case PredicateKind::In:
      return judge_in(predicate);
    case PredicateKind::IsNull:
      return truth(value(predicate.column()).is_null());
    case PredicateKind::IsNotNull:
      return truth(!value(predicate.column()).is_null());
    case PredicateKind::StartsWith: {
      const Value& text = value(predicate.column());
      return text.is_null() ? Truth::Null : truth(text.bytes().starts_with(predicate.values().front().bytes()));
    }
  }
  return result;
}

}  // namespace lakelet
