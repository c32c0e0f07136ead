#include "table/predicate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "table/file_knowledge.h"

namespace lakelet {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

ColumnKnowledge knows(KnownColumn column) {
  return [column](const ColumnPath& path) {
    return path == ColumnPath{"a"} ? std::optional<KnownColumn>(column) : std::nullopt;
  };
}

KnownColumn between(Value min, Value max, std::optional<std::int64_t> null_count = 0) {
  KnownColumn column{TypeKind::Int64, 10, {}};
  column.statistics.min = std::move(min);
  column.statistics.max = std::move(max);
  column.statistics.null_count = null_count;
  return column;
}

Match compare(const KnownColumn& column, Comparison comparison, Value value) {
  return match(Predicate::compare({"a"}, comparison, std::move(value)), knows(column));
}

TEST(Match, EqualIsAllOnlyWhenTheBoundsAreTheValue) {
  EXPECT_EQ(compare(between(1, 5), Comparison::Equal, 3), Match::Some);
  EXPECT_EQ(compare(between(1, 5), Comparison::Equal, 6), Match::None);
  EXPECT_EQ(compare(between(1, 5), Comparison::Equal, 0), Match::None);
  EXPECT_EQ(compare(between(3, 3), Comparison::Equal, 3), Match::All);
  EXPECT_EQ(compare(between(3, 3, 1), Comparison::Equal, 3), Match::Some);
  EXPECT_EQ(compare(between(3, 3, std::nullopt), Comparison::Equal, 3), Match::Some);
  EXPECT_EQ(compare(between(3, 3, 1), Comparison::NotEqual, 3), Match::None);
}

TEST(Match, OrdersAgainstTheBounds) {
  EXPECT_EQ(compare(between(1, 5), Comparison::Less, 1), Match::None);
  EXPECT_EQ(compare(between(1, 5), Comparison::Less, 2), Match::Some);
  EXPECT_EQ(compare(between(1, 5), Comparison::Less, 6), Match::All);
  EXPECT_EQ(compare(between(1, 5), Comparison::LessOrEqual, 5), Match::All);
  EXPECT_EQ(compare(between(1, 5), Comparison::Greater, 5), Match::None);
  EXPECT_EQ(compare(between(1, 5), Comparison::GreaterOrEqual, 1), Match::All);
  KnownColumn one_sided{TypeKind::Int64, 10, {}};
  one_sided.statistics.min = Value(4);
  EXPECT_EQ(compare(one_sided, Comparison::Less, 4), Match::None);
  EXPECT_EQ(compare(one_sided, Comparison::Greater, 9), Match::Some);
}

TEST(Match, NullsAreNeverHeld) {
  KnownColumn nulls{TypeKind::Int64, 10, {}};
  nulls.statistics.null_count = 10;
  EXPECT_EQ(compare(nulls, Comparison::Equal, 3), Match::None);
  EXPECT_EQ(match(Predicate::negation(Predicate::compare({"a"}, Comparison::Equal, 3)), knows(nulls)), Match::None);
  EXPECT_EQ(match(Predicate::is_null({"a"}), knows(nulls)), Match::All);
  EXPECT_EQ(match(Predicate::is_not_null({"a"}), knows(nulls)), Match::None);
  EXPECT_EQ(match(Predicate::is_null({"a"}), knows(between(1, 2, 3))), Match::Some);
  EXPECT_EQ(match(Predicate::is_null({"a"}), knows(between(1, 2, 0))), Match::None);
  EXPECT_EQ(match(Predicate::is_not_null({"a"}), knows(between(1, 2, std::nullopt))), Match::Some);
  EXPECT_EQ(compare(between(1, 5), Comparison::Less, Value()), Match::None);
}

TEST(Match, NotOfNoneIsAllOnlyWithoutNulls) {
  const Predicate not_nine = Predicate::negation(Predicate::compare({"a"}, Comparison::Equal, 9));
  EXPECT_EQ(match(not_nine, knows(between(1, 5, 0))), Match::All);
  EXPECT_EQ(match(not_nine, knows(between(1, 5, 1))), Match::Some);
  EXPECT_EQ(match(Predicate::negation(Predicate::always()), knows(between(1, 5))), Match::None);
  EXPECT_EQ(match(Predicate::negation(Predicate::unknown()), knows(between(1, 5))), Match::Some);
}

TEST(Match, NotInWithANullHoldsForNoRow) {
  // x NOT IN (9, NULL) is never true.
  const Predicate predicate = Predicate::negation(Predicate::in({"a"}, {Value(9), Value()}));
  EXPECT_EQ(match(predicate, knows(between(1, 5, 0))), Match::None);
  EXPECT_EQ(match(Predicate::in({"a"}, {Value(9), Value(3)}), knows(between(3, 3))), Match::All);
  EXPECT_EQ(match(Predicate::in({"a"}, {}), knows(between(3, 3))), Match::None);
}

TEST(Match, UnknownColumnsMayHold) {
  for (const Predicate& predicate :
       {Predicate::compare({"b"}, Comparison::Equal, 1), Predicate::is_null({"b"}), Predicate::in({"b"}, {Value(1)}),
        Predicate::starts_with({"b"}, "x"), Predicate::unknown()}) {
    EXPECT_EQ(match(predicate, knows(between(1, 5))), Match::Some) << to_string(predicate);
    EXPECT_EQ(match(Predicate::negation(predicate), knows(between(1, 5))), Match::Some);
  }
  EXPECT_EQ(match(Predicate::all_of({Predicate::unknown(), Predicate::compare({"a"}, Comparison::Equal, 9)}),
                  knows(between(1, 5))),
            Match::None);
  EXPECT_EQ(match(Predicate::any_of({Predicate::unknown(), Predicate::compare({"a"}, Comparison::Less, 9)}),
                  knows(between(1, 5))),
            Match::All);
}

TEST(Match, NanMayLieAnywhereAboveTheBounds) {
  KnownColumn column = between(1.0, 5.0);
  column.type = TypeKind::Double;
  EXPECT_EQ(compare(column, Comparison::Greater, 9.0), Match::None);
  EXPECT_EQ(compare(column, Comparison::Less, 9.0), Match::All);
  column.statistics.has_nan = true;
  EXPECT_EQ(compare(column, Comparison::Greater, 9.0), Match::Some);
  EXPECT_EQ(compare(column, Comparison::GreaterOrEqual, 9.0), Match::Some);
  EXPECT_EQ(compare(column, Comparison::NotEqual, 9.0), Match::All);
  EXPECT_EQ(compare(column, Comparison::Equal, 9.0), Match::None);
  EXPECT_EQ(compare(column, Comparison::Less, 0.5), Match::None);
  EXPECT_EQ(compare(column, Comparison::Less, 9.0), Match::Some);
  EXPECT_EQ(compare(column, Comparison::Equal, kNan), Match::Some);
  EXPECT_EQ(compare(column, Comparison::Less, kNan), Match::Some);
}

TEST(Match, ContradictoryOrForeignBoundsSayNothing) {
  EXPECT_EQ(compare(between(5, 1), Comparison::Equal, 9), Match::Some);
  EXPECT_EQ(compare(between("a", "b"), Comparison::Equal, 9), Match::Some);
  EXPECT_EQ(compare(between(kNan, 5.0), Comparison::Equal, 9.0), Match::Some);
  EXPECT_EQ(compare(between(Value(), Value()), Comparison::Equal, 9), Match::Some);
  KnownColumn both = between(1, 5, 10);  // ten nulls in ten rows, and yet bounds
  EXPECT_EQ(compare(both, Comparison::Equal, 3), Match::Some);
}

TEST(Match, StartsWithLooksAtThePrefixes) {
  const auto prefix = [](const char* min, const char* max, const char* text) {
    return match(Predicate::starts_with({"a"}, text), knows(between(min, max)));
  };
  EXPECT_EQ(prefix("apple", "banana", "app"), Match::Some);
  EXPECT_EQ(prefix("apple", "banana", "c"), Match::None);
  EXPECT_EQ(prefix("apple", "banana", "aaa"), Match::None);
  EXPECT_EQ(prefix("apple", "apricot", "ap"), Match::All);
  EXPECT_EQ(prefix("ap", "apricot", "app"), Match::Some);
  EXPECT_EQ(prefix("apple", "apq", "app"), Match::Some);
  EXPECT_EQ(prefix("a", "b", ""), Match::All);
}

TEST(FileKnowledge, PartitionValuesAreConstants) {
  const Schema schema = parse_schema("City string, a bigint, d double, s struct<x: int>");
  const Partitioning partitioning = identity_partitioning(schema, {"City"});
  DataFile file;
  file.rows = 4;
  file.partition_values = {Value("Oslo")};
  file.statistics[{"A"}].max = Value(5);
  file.statistics[{"s", "x"}].max = Value(7);
  const auto judge = [&](const Predicate& predicate) { return match_file(predicate, file, schema, partitioning); };
  EXPECT_EQ(judge(Predicate::compare({"city"}, Comparison::Equal, "Oslo")), Match::All);
  EXPECT_EQ(judge(Predicate::compare({"city"}, Comparison::Equal, "Bern")), Match::None);
  EXPECT_EQ(judge(Predicate::compare({"a"}, Comparison::Greater, 5)), Match::None);
  EXPECT_EQ(judge(Predicate::compare({"S", "X"}, Comparison::Greater, 7)), Match::None);
  EXPECT_EQ(judge(Predicate::compare({"nowhere"}, Comparison::Greater, 7)), Match::Some);
  file.partition_values = {Value()};
  EXPECT_EQ(judge(Predicate::is_null({"City"})), Match::All);
  EXPECT_EQ(judge(Predicate::compare({"City"}, Comparison::NotEqual, "Bern")), Match::None);
  file.rows.reset();
  EXPECT_EQ(judge(Predicate::is_null({"City"})), Match::All);
  // A bucket says nothing of the value itself.
  const Partitioning bucket{0, {{"City", Transform::Bucket, 4, "b"}}};
  file.partition_values = {Value(3)};
  EXPECT_EQ(match_file(Predicate::compare({"City"}, Comparison::Equal, "Oslo"), file, schema, bucket), Match::Some);
}

TEST(FileKnowledge, ANanPartitionMatchesNan) {
  const KnownColumn column = constant_column(TypeKind::Double, kNan, 3);
  EXPECT_EQ(compare(column, Comparison::Equal, kNan), Match::Some);
  EXPECT_EQ(compare(column, Comparison::Greater, 1.0), Match::Some);
}

TEST(PredicateText, ReadsLikeSql) {
  const Predicate predicate = Predicate::all_of(
      {Predicate::compare({"a"}, Comparison::GreaterOrEqual, 3),
       Predicate::any_of({Predicate::is_null({"b"}), Predicate::in({"s", "c"}, {Value("x"), Value("it's")})})});
  EXPECT_EQ(to_string(predicate), "a >= 3 and (b is null or s.c in ('x', 'it''s'))");
  EXPECT_EQ(predicate.columns(), (std::vector<ColumnPath>{{"a"}, {"b"}, {"s", "c"}}));
  EXPECT_EQ(to_string(Predicate::negation(Predicate::starts_with({"a"}, "x"))), "not (starts_with(a, 'x'))");
}

}  // namespace
}  // namespace lakelet
