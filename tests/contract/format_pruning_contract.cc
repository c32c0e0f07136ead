// Whatever a plan leaves out has no row that matters: random files and predicates against each row judged by itself.
#include <algorithm>
#include <random>

#include "contract/format_contract.h"
#include "support/row_judge.h"

namespace lakelet {
namespace {

using Row = std::vector<Value>;

const Schema& lake_schema() {
  static const Schema kSchema = parse_schema(
      "id bigint, city string, day date, n int, d double, f float, t string, b boolean, ts timestamp, x decimal(20,3)");
  return kSchema;
}

class RandomTable {
 public:
  explicit RandomTable(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  Value value(std::size_t column) {
    if (one_in(6)) return Value();
    const Type& type = lake_schema()[column].type;
    switch (type.kind()) {
      case TypeKind::Boolean:
        return one_in(2);
      case TypeKind::Double:
      case TypeKind::Float:
        return one_in(10) ? std::nan("") : static_cast<double>(below(9)) / 4 - 1;
      case TypeKind::Decimal:
        return Decimal{static_cast<__int128>(below(9)) * 1'000'000'000'000'000 - 4};
      case TypeKind::TimestampTz:
        return parse_value("1969-12-31 23:59:59.998", type).integer() + static_cast<std::int64_t>(below(4000));
      case TypeKind::String:
        return text();
      default:
        return static_cast<std::int64_t>(below(9)) - 4;
    }
  }

  // Long ones share a prefix, so that a bound that was cut too short or not rounded up would show.
  Value text() {
    static const std::string kLong(40, 'm');
    static const std::vector<std::string> kTexts = {
        "a",
        "ab",
        "b",
        "\xc3\xa9",
        "\xf0\x9f\x98\x80",
        kLong,
        kLong + "a",
        kLong + "\xf4\x8f\xbf\xbf",
        std::string(31, 'm') + "\xf4\x8f\xbf\xbf" + "tail",
        "mm",
    };
    return kTexts[below(kTexts.size())];
  }

  Predicate predicate(int depth) {
    const std::size_t kind = below(depth > 0 ? 11 : 7);
    const std::size_t column = below(lake_schema().size());
    const ColumnPath path = {lake_schema()[column].name};
    if (kind == 0) return Predicate::is_null(path);
    if (kind == 1) return Predicate::is_not_null(path);
    if (kind == 2) return Predicate::in(path, {value(column), value(column)});
    if (kind == 3) return Predicate::starts_with({one_in(2) ? "city" : "t"}, one_in(2) ? "m" : std::string(33, 'm'));
    if (kind <= 6) return Predicate::compare(path, static_cast<Comparison>(below(6)), value(column));
    if (kind <= 8) return Predicate::negation(predicate(depth - 1));
    std::vector<Predicate> parts = {predicate(depth - 1), predicate(depth - 1)};
    return kind == 9 ? Predicate::any_of(std::move(parts)) : Predicate::all_of(std::move(parts));
  }

  // Rows of one partition; close to each other in most files, so that pruning has something to do.
  std::vector<Row> rows(const Row& partition) {
    std::vector<Row> rows;
    Row pattern;
    for (std::size_t column = 0; column < lake_schema().size(); ++column) pattern.push_back(value(column));
    std::copy(partition.begin(), partition.end(), pattern.begin() + 1);
    for (std::size_t i = 0; i < 1 + below(4); ++i) {
      Row row = pattern;
      for (std::size_t column = 0; column < row.size(); ++column) {
        if ((column == 0 || column > 2) && one_in(3)) row[column] = value(column);
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  std::mt19937_64 random_;
};

std::map<ColumnPath, ColumnStatistics> statistics_of(const std::vector<Row>& rows) {
  std::map<ColumnPath, ColumnStatistics> all;
  for (std::size_t column = 0; column < lake_schema().size(); ++column) {
    if (column == 1 || column == 2) continue;  // partition columns
    ColumnStatistics& statistics = all[{lake_schema()[column].name}];
    statistics.null_count = 0;
    for (const Row& row : rows) {
      const Value& value = row[column];
      const double* number = std::get_if<double>(&value.storage());
      if (value.is_null()) {
        ++*statistics.null_count;
      } else if (number && std::isnan(*number)) {
        statistics.has_nan = true;
      } else {
        if (!statistics.min || compare_values(value, *statistics.min) < 0) statistics.min = value;
        if (!statistics.max || compare_values(value, *statistics.max) > 0) statistics.max = value;
      }
    }
  }
  return all;
}

TEST_P(FormatContract, PruningNeverLosesAFile) {
  RandomTable random(7);
  CreateSpec wanted;
  wanted.schema = lake_schema();
  wanted.partition_by = {"city", "day"};
  const auto table = create(wanted);

  std::map<std::string, std::vector<Row>> rows_of;  // by the file's path in the store
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  for (int i = 0; i < 60; ++i) {
    const Row partition = {random.value(1), random.value(2)};
    const std::vector<Row> rows = random.rows(partition);
    DataFile added = file(*transaction, partition);
    added.rows = static_cast<std::int64_t>(rows.size());
    added.statistics = statistics_of(rows);
    rows_of[context.stores->resolve(added.uri).path] = rows;
    transaction->add(std::move(added));
  }
  commit(*transaction);

  const auto snapshot = latest();
  std::int64_t pruned = 0;
  for (int round = 0; round < 1500; ++round) {
    const Predicate predicate = random.predicate(2);
    std::set<std::string> kept;
    const auto plan = snapshot->plan({predicate, false});
    while (const auto task = plan->next()) kept.insert(context.stores->resolve(task->file.uri).path);
    const ScanCounts counts = plan->counts();
    EXPECT_EQ(counts.files_total, 60);
    EXPECT_EQ(counts.files_pruned, 60 - static_cast<std::int64_t>(kept.size()));
    pruned += counts.files_pruned;
    for (const auto& [path, rows] : rows_of) {
      if (kept.count(path)) continue;
      for (const Row& row : rows) {
        for (const bool nan_last : {true, false}) {
          const Truth truth = RowJudge{snapshot->schema(), row, nan_last}.judge(predicate);
          ASSERT_NE(truth, Truth::True) << to_string(predicate) << " lost " << path << " in round " << round;
        }
      }
    }
  }
  EXPECT_GT(pruned, 10'000);  // or it was no test
}

TEST_P(FormatContract, PrunesByPartitionAndStatistics) {
  const auto table = create(spec({"city"}));
  append(*table, {"Oslo"}, 0);
  append(*table, {"Oslo"}, 100);
  append(*table, {"Bern"}, 0);
  append(*table, {Value()}, 0);
  const auto kept = [&](const Predicate& predicate) { return plan(*latest(), predicate).size(); };
  EXPECT_EQ(kept({}), 4u);
  EXPECT_EQ(kept(Predicate::never()), 0u);
  EXPECT_EQ(kept(Predicate::unknown()), 4u);
  EXPECT_EQ(kept(Predicate::compare({"city"}, Comparison::Equal, "Oslo")), 2u);
  EXPECT_EQ(kept(Predicate::compare({"CITY"}, Comparison::NotEqual, "Oslo")), 1u);
  EXPECT_EQ(kept(Predicate::is_null({"city"})), 1u);
  EXPECT_EQ(kept(Predicate::compare({"id"}, Comparison::GreaterOrEqual, 100)), 1u);
  EXPECT_EQ(kept(Predicate::compare({"id"}, Comparison::Greater, 109)), 0u);
  EXPECT_EQ(kept(Predicate::all_of({Predicate::compare({"city"}, Comparison::Equal, "Bern"),
                                    Predicate::compare({"id"}, Comparison::Greater, 50)})),
            0u);
}

}  // namespace
}  // namespace lakelet
