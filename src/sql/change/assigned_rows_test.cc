// Merges that assign some columns: the others are read of the rows that change alone, once they are known.
#include <fmt/format.h>

#include "sql/change/random_statements_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class PartialMergeTest : public RandomStatements {
 protected:
  std::string table(const std::string& name, const std::string& columns, Properties properties = {}) {
    properties["memory.rowRemoval"] = GetParam().removal;
    return make_table(name, columns, GetParam().partition_by(), std::move(properties));
  }
  std::string both(const std::string& text, const std::string& lake) {
    run(with(text, "$T", "plain"));
    WriteOptions options;
    options.files.row_group_rows = 5000;
    execute(with(text, "$T", lake), options);
    return value("SELECT count(*) FROM ((FROM plain EXCEPT ALL FROM " + lake + ") UNION ALL (FROM " + lake +
                 " EXCEPT ALL FROM plain))");
  }
};

INSTANTIATE_TEST_SUITE_P(EveryPolicy, PartialMergeTest, ::testing::ValuesIn(random_cases(1)));

// Many vectors, row groups and files; updates of different columns side by side, and rows without a file's order.
TEST_P(PartialMergeTest, LargeTablesHoldTheSameRows) {
  const auto lake = table("large", "k int, p string, v double, s string, l list<int>");
  run("CREATE TABLE plain (k INTEGER, p VARCHAR, v DOUBLE, s VARCHAR, l INTEGER[])");
  for (int file = 0; file < 3; ++file) {
    ASSERT_EQ(both(fmt::format("INSERT INTO $T SELECT k, CASE k % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END, k / 3, "
                               "md5(k::VARCHAR), [k, NULL] FROM (SELECT ((range * 7919) % 20011 + {})::INTEGER AS k "
                               "FROM range(20011))",
                               file * 24000),
                   lake),
              "0");
  }
  for (int round = 0; round < 2; ++round) {
    const int share = 1 + below(8), first = below(40000), seed = below(1000);
    const std::string source = fmt::format(
        "(SELECT k, 'c' AS p, k + 0.5 AS v, 'n' || k AS s FROM (SELECT ({} + range * {})::INTEGER AS k FROM "
        "range(8000)) ORDER BY hash(k + {}))",
        first, share, seed);
    const std::string text =
        "MERGE INTO $T AS target USING " + source +
        " AS source ON target.k = source.k"
        " WHEN MATCHED AND target.k % 5 = 0 THEN DELETE"
        " WHEN MATCHED AND target.v > 8000 AND length(target.s) = 32 THEN UPDATE SET v = source.v, l = [source.k]"
        " WHEN MATCHED AND source.k % 7 = 1 THEN UPDATE SET p = source.p, v = target.v + 1"
        " WHEN MATCHED AND source.k % 7 = 2 THEN UPDATE SET k = target.k, p = 'z', v = 0, s = source.s, l = NULL"
        " WHEN MATCHED THEN UPDATE SET s = source.s"
        " WHEN NOT MATCHED THEN INSERT (k, s) VALUES (source.k, source.s)";
    ASSERT_EQ(
        both(text + (round == 1 ? " WHEN NOT MATCHED BY SOURCE AND target.k % 11 = 3 THEN UPDATE SET l = []" : ""),
             lake),
        "0");
  }
}

TEST_P(PartialMergeTest, StatementsOfATransactionSeeWhatWasCompleted) {
  const auto lake = table("steps", "k int, p string, v int, s string");
  execute("INSERT INTO " + lake + " SELECT range, 'a', range, 's' || range FROM range(10)");
  const std::string merge = "MERGE INTO " + lake +
                            " AS target USING (SELECT range + 5 AS k FROM range(10)) AS source ON target.k = source.k "
                            "WHEN MATCHED THEN UPDATE SET v = target.v + 100 WHEN NOT MATCHED THEN INSERT (k, v) "
                            "VALUES (source.k, 0)";
  run("BEGIN");
  run(merge);
  run(merge);
  run("COMMIT");
  EXPECT_EQ(value("SELECT sum(v) FROM " + lake), std::to_string(10 + 5 * 200 + 35 + 5 * 100));
  EXPECT_EQ(value("SELECT count(*) FROM " + lake + " WHERE s = 's' || k"), "10");
}

TEST_P(PartialMergeTest, RulesAndReturningSeeWholeRows) {
  const auto lake = table("rules", "k int, p string, v int, w int, g int",
                          {{"memory.generated.g", "v + w"}, {"memory.check.small", "v + w < 100"}});
  execute("INSERT INTO " + lake + " (k, p, v, w) VALUES (1, 'a', 1, 10), (2, 'a', 2, 20), (3, NULL, 3, 30)");
  const auto merge = [&](const std::string& values) {
    return "MERGE INTO " + lake + " AS target USING (VALUES " + values +
           ") AS source(k, v) ON target.k = source.k WHEN MATCHED THEN UPDATE SET v = source.v";
  };
  auto given = session_->query(merge("(1, 5), (3, 6), (NULL, 7)") + " RETURNING concat_ws(' ', merge_action, k, w, g)");
  EXPECT_THAT(text_of(given), UnorderedElementsAre("UPDATE 1 10 15", "UPDATE 3 30 36"));
  EXPECT_EQ(query_failure(merge("(2, 90)")).code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(query_failure(merge("(2, 5), (2, 6)")).code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(value("SELECT sum(g) FROM " + lake), "73");
}

TEST_P(PartialMergeTest, ExplainSaysWhatIsReadAfterwards) {
  const auto lake = table("plans", "k int, p string, v int, s string");
  const std::string merge =
      "MERGE INTO " + lake +
      " AS target USING (VALUES (1, 2)) AS source(k, v) ON target.k = source.k WHEN MATCHED THEN ";
  const auto partial = explained(merge + "UPDATE SET v = source.v");
  EXPECT_THAT(partial, HasSubstr("ReadofChangedRows:\nk\np\ns\n"));
  EXPECT_THAT(explained(merge + "UPDATE SET k = 1, p = 'a', v = source.v, s = ''"), Not(HasSubstr("ReadofChanged")));
  EXPECT_THAT(explained(merge + "UPDATE SET v = source.v WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 0"),
              Not(HasSubstr("ReadofChanged")));
  EXPECT_THAT(explained("MERGE INTO " + lake + " AS target USING range(20001) AS source(k) ON target.k = source.k " +
                        "WHEN MATCHED THEN UPDATE SET v = 1"),
              Not(HasSubstr("ReadofChanged")));
  EXPECT_THAT(explained(merge + "DELETE"), Not(HasSubstr("ReadofChanged")));
}

}  // namespace
}  // namespace lakelet::sql
