// Random statements on a lake table and on a plain DuckDB table: after each, both hold the same rows.
#include "sql/change/random_statements_fixture.h"

namespace lakelet::sql {
namespace {

class RandomChangeTest : public RandomStatements {
 protected:
  std::string partition() { return one_of({"'a'", "'b'", "'x/y=z %'", "'\u00e9'", "NULL"}); }
  std::string number() { return below(5) == 0 ? "NULL" : std::to_string(below(40)); }
  std::string text() { return one_of({"NULL", "''", "'ab'", "'b'", "'a''c'"}); }
  std::string row(const std::string& key) {
    const std::string v = number();
    return "(" + key + ", " + partition() + ", " + (v == "NULL" ? v : v + ".5") + ", " + text() + ")";
  }
  std::string values(int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i ? ", " : "") + row(number());
    return list;
  }
  std::string predicate(const std::string& prefix = "") {
    const std::string n = std::to_string(below(40));
    switch (below(10)) {
      case 0:
        return prefix + "v > " + n;
      case 1:
        return "NOT (" + prefix + "v > " + n + ")";
      case 2:
        return prefix + "k = " + n;
      case 3:
        return prefix + "k BETWEEN " + n + " AND " + n + " + 5";
      case 4:
        return prefix + "p = " + partition();
      case 5:
        return prefix + "p IS NULL";
      case 6:
        return prefix + "s LIKE 'a%' AND " + prefix + "k < " + n;
      case 7:
        return prefix + "k IN (" + n + ", 3, NULL)";
      case 8:
        return prefix + "v IS NULL OR " + prefix + "p <> 'b'";
      default:
        return prefix + "k NOT IN (1, 2, " + n + ") AND " + prefix + "s IS NOT NULL";
    }
  }
  std::string assignment(const std::string& from) {
    switch (below(4)) {
      case 0:
        return "v = " + from + "v + 1";
      case 1:
        return "p = " + partition();
      case 2:
        return "s = " + from + "p, k = " + from + "k";
      default:
        return "v = NULL, s = 'u'";
    }
  }
  // Keys of the source are unique, so that no row of the target is matched twice.
  std::string merge() {
    const std::vector<int> keys = shuffled(40);
    std::string source = "(NULL, 'a', 1.5, 'n')";
    for (int i = below(12); i > 0; --i) source += ", " + row(std::to_string(keys[i]));
    std::string text =
        "MERGE INTO $T AS target USING (VALUES " + source + ") AS source(k, p, v, s) ON target.k = source.k";
    if (below(3) == 0) text += " AND target.p = 'a'";
    const std::size_t before = text.size();
    if (below(2)) text += " WHEN MATCHED AND " + predicate("target.") + " THEN DELETE";
    if (below(2)) text += " WHEN MATCHED AND " + predicate("source.") + " THEN UPDATE SET " + assignment("source.");
    if (below(2)) text += " WHEN MATCHED THEN " + one_of({"DO NOTHING", "UPDATE SET v = target.v + source.v"});
    if (below(2)) text += " WHEN NOT MATCHED AND source.v > 10 THEN INSERT (k, v) VALUES (source.k, source.v)";
    if (below(2)) text += " WHEN NOT MATCHED THEN INSERT";
    if (below(4) == 0) text += " WHEN NOT MATCHED BY SOURCE AND " + predicate("target.") + " THEN DELETE";
    if (below(4) == 0) text += " WHEN NOT MATCHED BY SOURCE AND target.k < 9 THEN UPDATE SET s = 'unmatched'";
    return text.size() == before ? text + " WHEN MATCHED THEN DELETE" : text;
  }
  std::string statement() {
    switch (below(9)) {
      case 0:
        return "INSERT INTO $T SELECT * FROM $T WHERE false";
      case 1:
        return "INSERT INTO $T SELECT k, p, v, 'copy' FROM $T WHERE k % 11 = 0";
      case 2:
        return "DELETE FROM $T WHERE " + predicate();
      case 3:
        return "UPDATE $T SET " + assignment("") + " WHERE " + predicate();
      case 4:
        return "DELETE FROM $T WHERE k IN (SELECT max(k) FROM $T)";
      case 5:
      case 6:
        return merge();
      default:
        return "INSERT INTO $T VALUES " + values(1 + below(25));
    }
  }
};

INSTANTIATE_TEST_SUITE_P(EveryPolicy, RandomChangeTest, ::testing::ValuesIn(random_cases(3)));

TEST_P(RandomChangeTest, BothTablesHoldTheSameRows) {
  const auto lake = make_table("random", "k int, p string, v double, s string", GetParam().partition_by(),
                               {{"memory.rowRemoval", GetParam().removal}});
  run("CREATE TABLE plain (k INTEGER, p VARCHAR, v DOUBLE, s VARCHAR)");
  const std::string differences = "SELECT count(*) FROM ((FROM plain EXCEPT ALL FROM " + lake + ") UNION ALL (FROM " +
                                  lake + " EXCEPT ALL FROM plain))";
  for (int step = 0; step < 30; ++step) {
    const std::string text = statement();
    SCOPED_TRACE("step " + std::to_string(step) + ": " + text);
    run(with(text, "$T", "plain"));
    ASSERT_NO_THROW(execute(with(text, "$T", lake))) << text;
    ASSERT_EQ(value(differences), "0");
  }
}

class SpillingMergeTest : public SqlFixture {
 protected:
  SpillingMergeTest() : SqlFixture(96 << 20) {}
};

// The condition needs the text of both sides: whichever the join keeps in memory, it doesn't fit.
TEST_F(SpillingMergeTest, AMergeLargerThanTheMemoryLimitFinishes) {
  const auto table = make_table("big", "id bigint, text string");
  execute("INSERT INTO " + table +
          " SELECT range, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) FROM range(600000)");
  const auto report = execute("MERGE INTO " + table +
                              " AS target USING (SELECT range + 300000 AS id, repeat(md5(range::VARCHAR), 4) AS text"
                              " FROM range(600000)) AS source ON target.id = source.id"
                              " WHEN MATCHED AND target.text <> source.text THEN UPDATE SET text = source.text"
                              " WHEN NOT MATCHED THEN INSERT");
  EXPECT_EQ(report.rows_updated, 300000);
  EXPECT_EQ(report.rows_inserted, 300000);
  EXPECT_EQ(report.rows_copied, 300000);
  EXPECT_GT(report.bytes_spilled, 0);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "900000");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE length(text) = 128"), "600000");
}

}  // namespace
}  // namespace lakelet::sql
