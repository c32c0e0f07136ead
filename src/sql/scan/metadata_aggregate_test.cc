#include "sql/scan/metadata_aggregate.h"

#include <fmt/format.h>

#include <random>

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class MetadataAggregateTest : public SqlFixture {
 protected:
  // Whether metadata answers, which rows it gives, and that reading the data gives the same.
  bool from_metadata(const std::string& query) {
    return explained(query).find("LAKE_METADATA_ROWS") != std::string::npos;
  }
  void expect_same(const std::string& query) {
    const auto with = rows(query);
    run("SET disabled_optimizers = 'extension'");
    const auto without = rows(query);
    EXPECT_FALSE(from_metadata(query));
    run("SET disabled_optimizers = ''");
    EXPECT_EQ(with, without) << query;
  }
};

TEST_F(MetadataAggregateTest, CountsAndExactBoundsNeedNoDataFile) {
  const auto table = make_table("t", "k bigint, d date, dec decimal(9,2), ok boolean, s string, p string", {"p"});
  run("INSERT INTO " + table +
      " VALUES (1, '2020-01-01', 1.5, true, 'x', 'a'), (NULL, NULL, NULL, NULL, NULL, 'b'), "
      "(7, '1999-12-31', -2.25, false, 'y', 'b'), (3, '2021-05-05', 0, true, 'z', NULL)");
  for (const auto& path : objects("t")) stores_->resolve("memory://lake/t").store->remove(path);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "4");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE p = 'b'"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE p IS NULL OR upper(p) = 'A'"), "2");
  EXPECT_EQ(value("SELECT count(k) FROM " + table), "3");
  EXPECT_EQ(value("SELECT count(p) FROM " + table), "3");
  EXPECT_EQ(value("SELECT count(s) FROM " + table + " WHERE p = 'b'"), "1");
  EXPECT_THAT(rows("SELECT min(k) a, max(k) b, min(d) c, max(d) d, min(dec) e, max(dec) f, min(ok) g, max(ok) h, "
                   "min(p) i, max(p) j FROM " +
                   table),
              ElementsAre("{'a': 1, 'b': 7, 'c': 1999-12-31, 'd': 2021-05-05, 'e': -2.25, 'f': 1.50, 'g': false, "
                          "'h': true, 'i': a, 'j': b}"));
  EXPECT_THAT(rows("SELECT p, count(*) AS n, max(k) AS m FROM " + table + " GROUP BY p"),
              ElementsAre("{'p': NULL, 'n': 1, 'm': 3}", "{'p': a, 'n': 1, 'm': 1}", "{'p': b, 'n': 2, 'm': 7}"));
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE p = 'nowhere'"), "0");
  EXPECT_EQ(value("SELECT min(k) IS NULL FROM " + table + " WHERE p = 'nowhere'"), "true");
  EXPECT_THAT(rows("SELECT p, count(*) FROM " + table + " WHERE p = 'nowhere' GROUP BY p"), ElementsAre());
  EXPECT_EQ(value("SELECT n + (SELECT count(*) FROM " + table + ") FROM (SELECT max(k) AS n FROM " + table + ")"),
            "11");
}

TEST_F(MetadataAggregateTest, WhatIsNotCertainIsRead) {
  const auto table = make_table("t", "k bigint, s string, x double, made timestamp, p string", {"p"});
  run("INSERT INTO " + table +
      " VALUES (1, 'x', 1.5, TIMESTAMPTZ '2020-01-01 00:00:00.000001+00', 'a'), "
      "(2, 'y', CAST('NaN' AS DOUBLE), TIMESTAMPTZ '2020-01-01 00:00:00.000002+00', 'b'), "
      "(5, 'z', 2.5, TIMESTAMPTZ '2020-01-01 00:00:00.000001+00', 'a')");
  EXPECT_TRUE(from_metadata("SELECT count(*), max(k) FROM " + table));
  for (const char* query :
       {"SELECT max(s) FROM ", "SELECT max(x) FROM ", "SELECT max(made) FROM ", "SELECT sum(k) FROM ",
        "SELECT count(DISTINCT k) FROM ", "SELECT max(k + 1) FROM ", "SELECT count(*) FILTER (k > 1) FROM ",
        "SELECT k, count(*) FROM ", "SELECT count(*) FROM (SELECT k FROM "}) {
    std::string text = query + table;
    if (text.starts_with("SELECT k, ")) text += " GROUP BY k";
    if (text.find("(SELECT") != std::string::npos) text += " LIMIT 1)";
    EXPECT_FALSE(from_metadata(text)) << text;
    expect_same(text);
  }
  EXPECT_FALSE(from_metadata("SELECT count(*) FROM " + table + " WHERE k = 1"));
  EXPECT_FALSE(from_metadata("SELECT count(*) FROM " + table + " WHERE p = 'a' OR k = 2"));
  EXPECT_FALSE(from_metadata("SELECT count(*) FROM " + table + " WHERE p > 'a' AND random() < 2"));
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE k = 1"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " TABLESAMPLE 100%"), "3");
  EXPECT_EQ(value("SELECT max(x) FROM " + table), "nan");
}

TEST_F(MetadataAggregateTest, ExplainSaysWhereTheAnswerIsFrom) {
  const auto table = make_table("t", "k bigint, p int", {"p"});
  run("INSERT INTO " + table + " SELECT range, range % 3 FROM range(30)");
  EXPECT_THAT(explained("SELECT count(*) FROM " + table + " WHERE p > 0"), HasSubstr("metadataof2files"));
  EXPECT_THAT(explained("SELECT sum(k) FROM " + table + " WHERE p > 0"), HasSubstr("Files:2of3"));
  EXPECT_THAT(explained("SELECT sum(k) FROM " + table + " WHERE p > 0", "EXPLAIN ANALYZE "),
              HasSubstr("FilesRead:2of3"));
}

TEST_F(MetadataAggregateTest, PreparedStatementsSeeEachValueAndEachVersion) {
  const auto table = make_table("t", "k bigint, p int", {"p"});
  run("INSERT INTO " + table + " SELECT range, range % 3 FROM range(10)");
  run("PREPARE counted AS SELECT CAST(count(*) AS VARCHAR) FROM " + table + " WHERE p = $1");
  const auto counted = [&](const char* p) {
    auto result = session_->query(std::string("EXECUTE counted(") + p + ")");
    return text_of(result);
  };
  EXPECT_THAT(counted("0"), ElementsAre("4"));
  EXPECT_THAT(counted("1"), ElementsAre("3"));
  run("INSERT INTO " + table + " VALUES (1, 1)");
  EXPECT_THAT(counted("1"), ElementsAre("4"));
}

// What DuckDB believes of a column it takes filters away for.
TEST_F(MetadataAggregateTest, StatisticsReachTheOptimiser) {
  const auto table = make_table("t", "k bigint, x double, s string, p int", {"p"});
  run("INSERT INTO " + table + " SELECT range, range, 'a', range % 3 FROM range(30)");
  EXPECT_THAT(explained("SELECT x FROM " + table + " WHERE k > 100"), HasSubstr("Files:0of3"));
  // The filter on files stays, that on rows is gone.
  EXPECT_THAT(explained("SELECT x FROM " + table + " WHERE k >= 0"), Not(HasSubstr("\nFilters:k>=0")));
  EXPECT_THAT(explained("SELECT x FROM " + table + " WHERE x > 5"), HasSubstr("x>5"));
  EXPECT_THAT(explained("SELECT x FROM " + table), HasSubstr("~30rows"));
  run("INSERT INTO " + table + " VALUES (NULL, CAST('NaN' AS DOUBLE), NULL, NULL)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE k >= 0"), "30");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE k IS NOT NULL"), "30");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE x > 1000"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE p IS NULL"), "1");
}

TEST_F(MetadataAggregateTest, FileNamesAndPositionsAreHiddenColumns) {
  const auto table = make_table("t", "k bigint", {});
  run("INSERT INTO " + table + " SELECT range FROM range(5)");
  run("INSERT INTO " + table + " VALUES (9)");
  EXPECT_EQ(value("SELECT count(DISTINCT filename) FROM " + table), "2");
  EXPECT_THAT(rows("SELECT k, file_row_number AS at FROM " + table + " WHERE k > 3"),
              ElementsAre("{'k': 4, 'at': 4}", "{'k': 9, 'at': 0}"));
  EXPECT_THAT(rows("SELECT * FROM " + table + " WHERE file_row_number = 2"), ElementsAre("{'k': 2}"));
  EXPECT_THAT(explained("SELECT * FROM " + table + " ORDER BY k LIMIT 1"), Not(HasSubstr("filename")));
}

struct Case {
  const char* removal;
  unsigned seed;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.removal << ", seed " << c.seed;
}

class RandomAggregateTest : public MetadataAggregateTest, public ::testing::WithParamInterface<Case> {
 protected:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string row() {
    const auto or_null = [&](std::string text) { return below(4) == 0 ? std::string("NULL") : text; };
    static const char* const kPartitions[] = {"'a'", "'b'", "''", "NULL", "'\u00e9 %/'"};
    static const char* const kFloats[] = {"'NaN'", "0.0", "-0.0", "1.5", "NULL", "'Infinity'"};
    return fmt::format(
        "({}, {}, {}, CAST({} AS DOUBLE), {}, {}, CAST({} AS FLOAT))", or_null(std::to_string(below(60) - 30)),
        kPartitions[below(5)], or_null(fmt::format("DATE '2020-01-01' + {}", below(900))), kFloats[below(6)],
        or_null(fmt::format("{}.25", below(99))), or_null(fmt::format("'s{}'", below(9))), kFloats[below(6)]);
  }
  void change(const std::string& table) {
    switch (below(4)) {
      case 0:
        run("DELETE FROM " + table + fmt::format(" WHERE k % 3 = {}", below(3)));
        break;
      case 1:
        run("DELETE FROM " + table + " WHERE " + (below(2) ? "p = 'a'" : "dec IS NULL AND p = 'b'"));
        break;
      default: {
        std::string values = row();
        for (int i = below(6); i > 0; --i) values += ", " + row();
        run("INSERT INTO " + table + " VALUES " + values);
      }
    }
  }
  std::string query(const std::string& from) {
    static const char* const kAggregates[] = {"count(*)", "count(k)", "count(p)", "count(s)", "min(k)",   "max(k)",
                                              "min(d)",   "max(d)",   "max(x)",   "min(x)",   "min(dec)", "max(dec)",
                                              "min(p)",   "max(p)",   "max(s)",   "min(f)",   "max(f)",   "count(f)"};
    static const char* const kFilters[] = {
        "",      "p = 'a'",  "p IS NOT NULL", "p <> 'b' OR p IS NULL", "length(p) = 1", "p IN ('a', 'b', NULL)",
        "f > 1", "isnan(f)", "k > 0",         "p = 'a' AND f = 0"};
    const bool grouped = below(3) == 0;
    std::string text = grouped ? "SELECT p, " : "SELECT ";
    for (int i = below(3); i >= 0; --i) text += fmt::format("{} AS c{}{}", kAggregates[below(18)], i, i ? ", " : "");
    text += " FROM " + from;
    const std::string filter = kFilters[below(10)];
    if (!filter.empty()) text += " WHERE " + filter;
    return grouped ? text + " GROUP BY p" : text;
  }
  std::mt19937 random_{GetParam().seed};
};

TEST_P(RandomAggregateTest, MetadataSaysWhatTheDataSays) {
  const auto table = make_table("t", "k bigint, p string, d date, x double, dec decimal(9,2), s string, f float",
                                {"p", "f"}, {{"memory.rowRemoval", GetParam().removal}});
  expect_same(query(table));
  run("INSERT INTO " + table + " VALUES " + row() + ", " + row());
  int answered = 0;
  for (int step = 0; step < 12; ++step) {
    const bool inside = below(3) == 0;
    if (inside) run("BEGIN");
    change(table);
    for (int i = 0; i < 4; ++i) {
      const std::string text = query(table);
      expect_same(text);
      answered += from_metadata(text);
    }
    if (inside) run(below(2) ? "COMMIT" : "ROLLBACK");
    expect_same(query(table + " AT (VERSION => 1)"));
  }
  EXPECT_GT(answered, 4);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomAggregateTest,
                         ::testing::Values(Case{"rewrite", 1}, Case{"positions", 2}, Case{"positions", 3},
                                           Case{"rewrite", 4}));

}  // namespace
}  // namespace lakelet::sql
