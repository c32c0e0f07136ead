// A condition on a table's rows in neutral form, for pruning files and for checking conflicts. It never decides about a
// row: the engine evaluates the full condition; this one may only be weaker.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "table/data_file.h"

namespace lakelet {

enum class PredicateKind { True, False, And, Or, Not, Compare, In, IsNull, IsNotNull, StartsWith, Unknown };
enum class Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };

class Predicate {
 public:
  Predicate() = default;  // True
  static Predicate always();
  static Predicate never();
  static Predicate unknown();  // something that we can't reason about: may hold for any row
  static Predicate all_of(std::vector<Predicate> parts);
  static Predicate any_of(std::vector<Predicate> parts);
  static Predicate negation(Predicate part);
  static Predicate compare(ColumnPath column, Comparison comparison, Value value);
  static Predicate in(ColumnPath column, std::vector<Value> values);
  static Predicate is_null(ColumnPath column);
  static Predicate is_not_null(ColumnPath column);
  static Predicate starts_with(ColumnPath column, std::string prefix);

  PredicateKind kind() const { return kind_; }
  Comparison comparison() const { return comparison_; }
  const ColumnPath& column() const { return column_; }
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Predicate>& parts() const { return parts_; }
  // Every column that it names, without duplicates.
  std::vector<ColumnPath> columns() const;

 private:
  PredicateKind kind_ = PredicateKind::True;
  Comparison comparison_ = Comparison::Equal;
  ColumnPath column_;
  std::vector<Value> values_;
  std::vector<Predicate> parts_;
};

// "a >= 3 and (b is null or c in ('x', 'y'))", for reports and messages.
std::string to_string(const Predicate& predicate);

// Which rows of a file a condition may hold for, judged by statistics alone. SQL's three-valued logic: a row for which
// the condition is NULL doesn't count as held.
enum class Match { None, Some, All };

// What is known of a column in the file: row count, null count, bounds. `rows` unknown: nullopt.
struct KnownColumn {
  Type type;
  std::optional<std::int64_t> rows;
  ColumnStatistics statistics;
};
// Returns nullopt for a column of which nothing is known. Partition columns answer with min = max = the value.
using ColumnKnowledge = std::function<std::optional<KnownColumn>(const ColumnPath&)>;

Match match(const Predicate& predicate, const ColumnKnowledge& known);

}  // namespace lakelet
