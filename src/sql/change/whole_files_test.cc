// A DELETE that partition values decide: whole files go, and none is opened.
#include "sql/change/whole_files.h"

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

class WholeFilesTest : public SqlFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  // Four partitions of 25 rows: 'a', 'b', 'é' and NULL.
  std::string make(const std::string& name = "whole") {
    const auto table = make_table(name, "k int, p string, v double", {"p"}, {{"memory.rowRemoval", GetParam()}});
    execute("INSERT INTO " + table + " SELECT i, ['a', 'b', 'é', NULL][i % 4 + 1], i FROM range(100) AS r(i)");
    return table;
  }
  // From now on, whoever opens a data file fails.
  void ruin_data_files(const std::string& name) {
    const auto store = stores_->resolve("memory://lake/" + name).store;
    for (const auto& path : objects(name)) store->put(path, "nothing");
  }
};

INSTANTIATE_TEST_SUITE_P(EveryPolicy, WholeFilesTest, ::testing::Values("rewrite", "positions"));

TEST_P(WholeFilesTest, NoDataFileIsOpened) {
  struct Case {
    std::string where;
    int deleted, left;
  };
  const std::vector<Case> cases = {{" WHERE p = 'a'", 25, 3},
                                   {" WHERE p IS NULL", 25, 3},
                                   {" WHERE p IN ('a', 'é')", 50, 2},
                                   {" WHERE p <> 'b'", 50, 2},
                                   {" WHERE p > 'a' AND p < 'c'", 25, 3},
                                   {" WHERE p = 'nobody'", 0, 4},
                                   {"", 100, 0}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("DELETE" + cases[i].where);
    const std::string name = "whole" + std::to_string(i);
    const auto table = make(name);
    ruin_data_files(name);
    const auto report = execute("DELETE FROM " + table + cases[i].where);
    EXPECT_EQ(report.rows_deleted, cases[i].deleted);
    EXPECT_EQ(report.files_added, 0);
    EXPECT_EQ(report.files_removed, 4 - cases[i].left);
    EXPECT_EQ(report.files_scanned, 0);
    EXPECT_EQ(value("SELECT count(*) FROM lake_files(" + table + ")"), std::to_string(cases[i].left));
  }
}

TEST_P(WholeFilesTest, RowsThatWereDeletedBeforeDoNotCount) {
  const auto table = make();
  execute("DELETE FROM " + table + " WHERE k < 20");
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE p = 'a'").rows_deleted, 20);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "60");
}

TEST_P(WholeFilesTest, OtherColumnsAreLookedAt) {
  const auto table = make();
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE p = 'a' AND k < 50").rows_deleted, 13);
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE p = 'b' OR k < 50").rows_deleted, 25 + 12 + 12);
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE upper(p) = 'A'").rows_deleted, 12);
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE p IN (SELECT 'é')").rows_deleted, 13);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "13");
}

TEST_P(WholeFilesTest, AnEarlierStatementOfTheTransactionCounts) {
  const auto table = make();
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (1000, 'a', 1), (1001, 'b', 1)");
  run("DELETE FROM " + table + " WHERE k IN (0, 1, 1001)");
  run("DELETE FROM " + table + " WHERE p = 'a'");
  run("COMMIT");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "74");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE p = 'a'"), "0");
}

}  // namespace
}  // namespace lakelet::sql
