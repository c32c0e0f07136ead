#include "formats/delta/files/file_pruner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/json_writer.h"
#include "base/time.h"
#include "support/row_judge.h"

namespace lakelet::delta {
namespace {

// Random rows, statistics as writers make them of those, random conditions: pruning must never leave out a row.
using Row = std::vector<Value>;

const std::vector<std::string> kColumns = {"i", "d", "s", "t", "p"};

Schema table_schema() {
  const TypeKind kinds[] = {TypeKind::Int64, TypeKind::Double, TypeKind::String, TypeKind::TimestampTz,
                            TypeKind::Int32};
  std::vector<Field> fields(kColumns.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i].name = kColumns[i];
    fields[i].type = kinds[i];
  }
  return Schema(std::move(fields));
}

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool one_in(int n) { return below(n) == 0; }

  Value value(std::size_t column, bool may_be_null = true) {
    if (may_be_null && one_in(4)) return {};
    switch (column) {
      case 0:
        return Value(static_cast<std::int64_t>(below(20)));
      case 1:
        return one_in(6) ? Value(std::numeric_limits<double>::quiet_NaN()) : Value(below(20) / 4.0 - 2);
      case 2:
        return Value(std::string(one_in(2) ? 31 + below(4) : below(3), 'a') + (one_in(2) ? "b" : "\xC3\xA9"));
      case 3:
        return Value(static_cast<std::int64_t>(1'700'000'000'000'000 + below(5000)));
      default:
        return Value(static_cast<std::int64_t>(below(4)));
    }
  }

  Predicate predicate(int depth) {
    const int kind = below(depth > 0 ? 9 : 6);
    const std::size_t column = static_cast<std::size_t>(below(5));
    const ColumnPath path = {kColumns[column]};
    switch (kind) {
      case 0:
        return Predicate::is_null(path);
      case 1:
        return Predicate::is_not_null(path);
      case 2:
        return Predicate::in(path, {value(column, false), value(column, false)});
      case 3:
        if (column == 2) return Predicate::starts_with(path, std::string(below(34), 'a'));
        [[fallthrough]];
      case 4:
      case 5:
        return Predicate::compare(path, static_cast<Comparison>(below(6)), value(column, false));
      case 6:
        return Predicate::negation(predicate(depth - 1));
      case 7:
        return Predicate::all_of({predicate(depth - 1), predicate(depth - 1)});
      default:
        return Predicate::any_of({predicate(depth - 1), predicate(depth - 1)});
    }
  }

 private:
  std::mt19937 random_;
};

// As Spark writes them: text cut to 32 characters, times to milliseconds, NaN ignored.
void write_bound(JsonWriter& json, const Value& value, std::size_t column, bool max) {
  if (column == 0) json.integer(value.integer());
  if (column == 1) json.number(value.number());
  if (column == 3) json.string(format_iso8601(value.integer() / 1000 * 1000, 3));
  if (column != 2) return;
  std::string text = value.bytes();
  std::size_t characters = 0, cut = 0;
  while (cut < text.size() && characters < 32) {
    ++cut, ++characters;
    while (cut < text.size() && (text[cut] & 0xC0) == 0x80) ++cut;
  }
  const bool shortened = cut < text.size();
  text.resize(cut);
  if (shortened && max) text += "\xF4\x8F\xBF\xBF";
  json.string(text);
}

std::string write_stats(const std::vector<Row>& rows, Random& random, bool tight) {
  JsonWriter json;
  json.begin_object().key("numRecords").integer(static_cast<std::int64_t>(rows.size()));
  if (!tight) json.key("tightBounds").boolean(false);
  std::vector<bool> left_out(4);
  for (std::size_t column = 0; column < 4; ++column) left_out[column] = random.one_in(6);
  for (const bool max : {false, true}) {
    json.key(max ? "maxValues" : "minValues").begin_object();
    for (std::size_t column = 0; column < 4; ++column) {
      const Value* best = nullptr;
      for (const Row& row : rows) {
        const Value& value = row[column];
        if (value.is_null() || (column == 1 && std::isnan(value.number()))) continue;
        if (!best || (compare_values(value, *best) > 0) == max) best = &value;
      }
      if (!best || left_out[column]) continue;
      json.key(kColumns[column]);
      write_bound(json, *best, column, max);
    }
    json.end_object();
  }
  json.key("nullCount").begin_object();
  for (std::size_t column = 0; column < 4; ++column) {
    std::int64_t nulls = 0;
    for (const Row& row : rows) nulls += row[column].is_null();
    if (!random.one_in(6)) json.key(kColumns[column]).integer(nulls);
  }
  json.end_object().end_object();
  return json.take();
}

TEST(FilePruner, NeverLosesARow) {
  const Schema schema = table_schema();
  Partitioning partitioning;
  partitioning.fields.emplace_back();
  partitioning.fields[0].column = partitioning.fields[0].name = "p";
  int none = 0, all = 0;
  for (unsigned seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const Value partition = random.value(4);
    std::vector<Row> rows(static_cast<std::size_t>(1 + random.below(5)));
    for (Row& row : rows) {
      for (std::size_t column = 0; column < 4; ++column) row.push_back(random.value(column));
      row.push_back(partition);
    }
    const bool has_deleted = random.one_in(3);
    const std::string stats = random.one_in(10) ? std::string() : write_stats(rows, random, !has_deleted);
    // Bounds that were taken before rows were deleted are wide.
    if (has_deleted && rows.size() > 1) rows.pop_back();
    const Predicate predicate = random.predicate(3);
    FilePruner pruner(schema, partitioning, predicate);
    FileActionView file;
    file.path = "f";
    const std::string text = partition.is_null() ? std::string() : std::to_string(partition.integer());
    file.partition_values = {{"p", partition.is_null() ? std::nullopt : std::optional<std::string_view>(text)}};
    const Match by_partition = pruner.partition_match(file);
    const Match by_statistics = pruner.statistics_match(StatisticsReader(pruner.statistics()).read(stats));
    for (const Row& row : rows) {
      const bool held = RowJudge{schema, row}.judge(predicate) == Truth::True;
      ASSERT_FALSE(held && by_partition == Match::None) << seed << " " << to_string(predicate);
      ASSERT_FALSE(held && by_statistics == Match::None) << seed << " " << to_string(predicate) << " " << stats;
      ASSERT_FALSE(!held && by_statistics == Match::All) << seed << " " << to_string(predicate) << " " << stats;
    }
    none += by_statistics == Match::None;
    all += by_statistics == Match::All;
  }
  EXPECT_GT(none, 500);  // and it does prune
  EXPECT_GT(all, 200);
}

}  // namespace
}  // namespace lakelet::delta
