// Random predicates over random files, against each row judged by itself: a file that holds a matching row is never
// None, and All means every row.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "support/row_judge.h"
#include "table/file_knowledge.h"

namespace lakelet {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

using Row = std::vector<Value>;  // one for each column of kSchema
const Schema& table_schema() {
  static const Schema kSchema = parse_schema("i bigint, d double, t string, p string, x bigint");
  return kSchema;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  Value value(std::size_t column) {
    if (one_in(6)) return Value();
    switch (column) {
      case 1:
        return one_in(8) ? Value(kNan) : Value(static_cast<double>(below(9)) - 4.0);
      case 2:
      case 3: {
        static const char* const kTexts[] = {"", "a", "aa", "ab", "b", "\xc3\xa9", "\xff", "abc"};
        return Value(kTexts[below(8)]);
      }
      default:
        return Value(static_cast<std::int64_t>(below(9)) - 4);
    }
  }

  Predicate predicate(int depth) {
    const std::size_t kind = below(depth > 0 ? 12 : 7);
    const std::size_t column = below(table_schema().size());
    const ColumnPath path = {table_schema()[column].name};
    if (kind == 0) return Predicate::is_null(path);
    if (kind == 1) return Predicate::is_not_null(path);
    if (kind == 2) return Predicate::in(path, {value(column), value(column), value(column)});
    if (kind == 3) return Predicate::starts_with({one_in(2) ? "t" : "p"}, one_in(2) ? "a" : "ab");
    if (kind <= 6) {
      if (one_in(25)) return one_in(2) ? Predicate::always() : Predicate::never();
      return Predicate::compare(path, static_cast<Comparison>(below(6)), value(column));
    }
    if (kind <= 8) return Predicate::negation(predicate(depth - 1));
    std::vector<Predicate> parts;
    for (std::size_t i = 0; i < 2 + below(2); ++i) parts.push_back(predicate(depth - 1));
    return kind == 9 ? Predicate::any_of(std::move(parts)) : Predicate::all_of(std::move(parts));
  }

  // Partitioned by p; column x has no statistics. Bounds are sometimes missing, sometimes wider than the rows.
  DataFile file(std::vector<Row>& rows) {
    DataFile file;
    const Value partition = value(3);
    const bool narrow = one_in(2);
    const Row pattern = {value(0), value(1), value(2), partition, value(4)};
    const std::size_t count = 1 + below(5);
    for (std::size_t i = 0; i < count; ++i) {
      Row row = pattern;
      for (std::size_t column : {0, 1, 2, 4}) {
        if (!narrow) row[column] = value(column);
      }
      rows.push_back(row);
    }
    if (!one_in(4)) file.rows = static_cast<std::int64_t>(count);
    file.partition_values = {partition};
    for (std::size_t column = 0; column < 3; ++column) collect(file, rows, column);
    return file;
  }

 private:
  void collect(DataFile& file, const std::vector<Row>& rows, std::size_t column) {
    if (one_in(8)) return;
    ColumnStatistics statistics;
    std::int64_t nulls = 0;
    for (const Row& row : rows) {
      const Value& value = row[column];
      if (value.is_null()) {
        ++nulls;
        continue;
      }
      if (column == 1 && std::isnan(value.number())) {
        statistics.has_nan = true;
        continue;
      }
      if (!statistics.min || compare_values(value, *statistics.min) < 0) statistics.min = value;
      if (!statistics.max || compare_values(value, *statistics.max) > 0) statistics.max = value;
    }
    if (!one_in(4)) statistics.null_count = nulls;
    if (column == 1 && one_in(3)) statistics.has_nan = true;
    if (statistics.min && column == 0 && one_in(3)) statistics.min = Value(statistics.min->integer() - 1);
    if (statistics.max && column == 2 && one_in(3)) statistics.max = Value(statistics.max->bytes() + "\xff");
    if (one_in(6)) statistics.min.reset();
    if (one_in(6)) statistics.max.reset();
    file.statistics[{table_schema()[column].name}] = statistics;
  }

  std::mt19937_64 random_;
};

TEST(MatchProperty, NeverLosesARow) {
  Generator generate(20261122);
  const Partitioning partitioning = identity_partitioning(table_schema(), {"p"});
  int seen[3] = {0, 0, 0};
  for (int round = 0; round < 100'000; ++round) {
    std::vector<Row> rows;
    const DataFile file = generate.file(rows);
    const Predicate predicate = generate.predicate(3);
    const Match judged = match_file(predicate, file, table_schema(), partitioning);
    ++seen[static_cast<int>(judged)];
    for (const bool nan_last : {true, false}) {
      for (const Row& row : rows) {
        const bool holds = RowJudge{table_schema(), row, nan_last}.judge(predicate) == Truth::True;
        ASSERT_FALSE(holds && judged == Match::None) << to_string(predicate) << ", round " << round;
        ASSERT_FALSE(!holds && judged == Match::All) << to_string(predicate) << ", round " << round;
      }
    }
  }
  // The test means something only if all three answers are given often.
  for (const int count : seen) EXPECT_GT(count, 5'000);
}

}  // namespace
}  // namespace lakelet
