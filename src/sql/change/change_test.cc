// INSERT, UPDATE, DELETE and MERGE on a table of each policy for removed rows.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ChangeTest : public SqlFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  Properties policy() const { return {{"memory.rowRemoval", GetParam()}}; }
  bool rewrites() const { return std::string(GetParam()) == "rewrite"; }
  // id 1..4 with v 10, NULL, 30, 40; in two files.
  std::string four_rows(const std::string& name, const std::vector<std::string>& partition_by = {}) {
    const auto table = make_table(name, "id int not null, v int", partition_by, policy());
    run("INSERT INTO " + table + " VALUES (1, 10), (2, NULL)");
    run("INSERT INTO " + table + " VALUES (3, 30), (4, 40)");
    return table;
  }
};

INSTANTIATE_TEST_SUITE_P(EveryPolicy, ChangeTest, ::testing::Values("rewrite", "positions"));

TEST_P(ChangeTest, InsertTakesColumnListsSelectsAndNames) {
  const auto table = make_table("t", "id int not null, v int", {}, policy());
  const auto report = execute("INSERT INTO " + table + " (v, id) VALUES (10, 1)");
  EXPECT_EQ(report.rows_inserted, 1);
  EXPECT_EQ(report.files_added, 1);
  EXPECT_EQ(report.version, 1);
  EXPECT_GT(report.bytes_added, 0);
  execute("INSERT INTO " + table + " SELECT 2, NULL");
  execute("INSERT INTO " + table + " BY NAME SELECT 30 AS v, 3 AS id");
  execute("INSERT INTO " + table + " BY NAME SELECT 4 AS id");
  execute("INSERT INTO " + table + " SELECT id + 4, v FROM " + table);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "8");
  EXPECT_THAT(rows("SELECT * FROM " + table + " WHERE id <= 4"),
              ElementsAre("{'id': 1, 'v': 10}", "{'id': 2, 'v': NULL}", "{'id': 3, 'v': 30}", "{'id': 4, 'v': NULL}"));
}

TEST_P(ChangeTest, InsertOfNothingCommitsNothing) {
  const auto table = four_rows("t");
  const auto report = execute("INSERT INTO " + table + " SELECT 1, 1 WHERE false");
  EXPECT_EQ(report.version, -1);
  EXPECT_EQ(report.rows_inserted, 0);
}

TEST_P(ChangeTest, DeleteKeepsRowsWhosePredicateIsNull) {
  const auto table = four_rows("t");
  const auto report = execute("DELETE FROM " + table + " WHERE v > 5 AND v < 35");
  EXPECT_THAT(rows("SELECT * FROM " + table), ElementsAre("{'id': 2, 'v': NULL}", "{'id': 4, 'v': 40}"));
  EXPECT_EQ(report.rows_deleted, 2);
  EXPECT_EQ(report.rows_copied, rewrites() ? 2 : 0);
  EXPECT_EQ(report.files_added, rewrites() ? 1 : 0);
  EXPECT_EQ(report.files_removed, rewrites() ? 2 : 0);
  EXPECT_EQ(report.files_scanned, 2);
  EXPECT_EQ(report.version, 3);
}

TEST_P(ChangeTest, DeleteOfAWholeFileCopiesNothing) {
  const auto table = four_rows("t");
  const auto report = execute("DELETE FROM " + table + " WHERE id >= 3");
  EXPECT_EQ(report.files_removed, 1);
  EXPECT_EQ(report.files_added, 0);
  EXPECT_EQ(report.rows_copied, 0);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "2");
  execute("DELETE FROM " + table);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
  EXPECT_EQ(value("SELECT count(*) FROM lake_files(" + table + ")"), "0");
  EXPECT_EQ(execute("DELETE FROM " + table).version, -1);
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE false").version, -1);
}

TEST_P(ChangeTest, DeleteTwiceInOneFileAddsUp) {
  const auto table = make_table("t", "id int", {}, policy());
  run("INSERT INTO " + table + " SELECT range::INT FROM range(100)");
  for (int i = 0; i < 5; ++i) execute("DELETE FROM " + table + " WHERE id % 10 = " + std::to_string(i));
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "50");
  EXPECT_EQ(value("SELECT min(id % 10) FROM " + table), "5");
  execute("DELETE FROM " + table + " WHERE id % 10 >= 5");
  EXPECT_EQ(value("SELECT count(*) FROM lake_files(" + table + ")"), "0");
}

TEST_P(ChangeTest, DeleteUsingAndSubqueries) {
  const auto table = four_rows("t");
  run("CREATE TABLE gone AS SELECT * FROM (VALUES (1), (1), (3)) x(id)");
  EXPECT_EQ(execute("DELETE FROM " + table + " AS t USING gone WHERE t.id = gone.id").rows_deleted, 2);
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE id = (SELECT max(id) FROM " + table + ")").rows_deleted, 1);
  EXPECT_THAT(rows("SELECT id FROM " + table), ElementsAre("{'id': 2}"));
}

TEST_P(ChangeTest, UpdateWritesWholeRows) {
  const auto table = four_rows("t");
  const auto report = execute("UPDATE " + table + " SET v = id * 100 WHERE v IS NULL OR id = 4");
  EXPECT_THAT(rows("SELECT * FROM " + table),
              ElementsAre("{'id': 1, 'v': 10}", "{'id': 2, 'v': 200}", "{'id': 3, 'v': 30}", "{'id': 4, 'v': 400}"));
  EXPECT_EQ(report.rows_updated, 2);
  EXPECT_EQ(report.rows_copied, rewrites() ? 2 : 0);
  EXPECT_EQ(report.files_added, 1);  // updated and kept rows share new files
  execute("UPDATE " + table + " SET id = id + 1, v = DEFAULT");
  EXPECT_EQ(value("SELECT sum(id) FROM " + table), "14");
  EXPECT_EQ(value("SELECT count(v) FROM " + table), "0");
}

TEST_P(ChangeTest, UpdateFromChangesARowOnce) {
  const auto table = four_rows("t");
  run("CREATE TABLE s AS SELECT * FROM (VALUES (1, 7), (1, 7), (3, 8)) x(id, v)");
  EXPECT_EQ(execute("UPDATE " + table + " AS t SET v = s.v FROM s WHERE t.id = s.id").rows_updated, 2);
  EXPECT_THAT(rows("SELECT * FROM " + table),
              ElementsAre("{'id': 1, 'v': 7}", "{'id': 2, 'v': NULL}", "{'id': 3, 'v': 8}", "{'id': 4, 'v': 40}"));
}

TEST_P(ChangeTest, UpdateMovesRowsBetweenPartitions) {
  const auto table = four_rows("t", {"v"});
  execute("UPDATE " + table + " SET v = 10 WHERE id = 4");
  EXPECT_THAT(
      rows("SELECT partition, rows FROM lake_partitions(" + table + ")"),
      ElementsAre(HasSubstr("{v=10}, 'rows': 2"), HasSubstr("{v=30}, 'rows': 1"), HasSubstr("{v=NULL}, 'rows': 1")));
  EXPECT_EQ(execute("DELETE FROM " + table + " WHERE v = 30").files_pruned, 3);
}

TEST_P(ChangeTest, MergeHasEveryClause) {
  const auto table = four_rows("t");
  run("CREATE TABLE s AS SELECT * FROM (VALUES (1, 100), (2, 200), (3, -1), (9, 900), (8, -8)) x(id, v)");
  const auto report = execute("MERGE INTO " + table +
                              " AS target USING s AS source ON target.id = source.id"
                              " WHEN MATCHED AND source.v < 0 THEN DELETE"
                              " WHEN MATCHED AND target.v IS NULL THEN DO NOTHING"
                              " WHEN MATCHED THEN UPDATE SET v = source.v"
                              " WHEN NOT MATCHED AND source.v > 0 THEN INSERT (id, v) VALUES (source.id, source.v)"
                              " WHEN NOT MATCHED BY SOURCE AND target.id = 4 THEN UPDATE SET v = target.v + 1"
                              " WHEN NOT MATCHED BY SOURCE THEN DELETE");
  EXPECT_THAT(rows("SELECT * FROM " + table),
              ElementsAre("{'id': 1, 'v': 100}", "{'id': 2, 'v': NULL}", "{'id': 4, 'v': 41}", "{'id': 9, 'v': 900}"));
  EXPECT_EQ(report.rows_read, 5);
  EXPECT_EQ(report.rows_updated, 2);
  EXPECT_EQ(report.rows_deleted, 1);
  EXPECT_EQ(report.rows_inserted, 1);
  EXPECT_EQ(report.version, 3);
}

TEST_P(ChangeTest, MergeUpserts) {
  const auto table = four_rows("t");
  for (const char* source : {"(VALUES (4, 44), (5, 55))", "(SELECT 1 AS a, 2 AS b WHERE false)"}) {
    execute("MERGE INTO " + table + " AS target USING " + source +
            " AS source(id, v) ON target.id = source.id WHEN MATCHED THEN UPDATE SET v = source.v"
            " WHEN NOT MATCHED THEN INSERT");
  }
  EXPECT_THAT(rows("SELECT * FROM " + table + " WHERE id > 3"),
              ElementsAre("{'id': 4, 'v': 44}", "{'id': 5, 'v': 55}"));
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "5");
  const auto self = execute("MERGE INTO " + table + " AS target USING " + table +
                            " AS source ON target.id = source.id + 1 WHEN MATCHED THEN UPDATE SET v = source.id");
  EXPECT_EQ(self.rows_updated, 4);
  EXPECT_EQ(self.rows_read, 5);
}

TEST_P(ChangeTest, TwoSourceRowsForOneRowAreRefusedByKey) {
  const auto table = four_rows("t");
  const auto before = objects("t");
  for (const char* action : {"UPDATE SET v = source.v", "DELETE"}) {
    const auto error = failure("MERGE INTO " + table +
                               " AS target USING (VALUES (3, 1), (3, 2), (7, 7)) AS source(id, v)"
                               " ON target.id = source.id AND target.v = 30 WHEN MATCHED THEN " +
                               action + " WHEN NOT MATCHED THEN INSERT");
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
    EXPECT_THAT(error.message(), HasSubstr("id = 3"));
    EXPECT_THAT(error.message(), HasSubstr("v = 30"));
  }
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "2");
  EXPECT_EQ(objects("t"), before);  // nothing is left behind
  EXPECT_EQ(value("SELECT sum(v) FROM " + table), "80");
}

TEST_P(ChangeTest, DoNothingForgivesTwoSourceRows) {
  const auto table = four_rows("t");
  const auto report = execute("MERGE INTO " + table +
                              " AS target USING (VALUES (3, 1), (3, 2)) AS source(id, v) ON target.id = source.id"
                              " WHEN MATCHED AND source.v = 1 THEN UPDATE SET v = 1 WHEN MATCHED THEN DO NOTHING");
  EXPECT_EQ(report.rows_updated, 1);
}

TEST_P(ChangeTest, TheHistorySaysWhatWasDone) {
  const auto table = four_rows("t");
  execute("DELETE FROM " + table + " WHERE id = 1");
  execute("MERGE INTO " + table + " t USING (SELECT 2 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE");
  WriteOptions options;
  options.operation = Operation::Overwrite;
  options.replace_all = true;
  options.user_metadata = {{"who", "me"}};
  execute("INSERT INTO " + table + " VALUES (1, 1)", options);
  EXPECT_THAT(rows("SELECT operation FROM lake_history(" + table + ")"), SizeIs(6));
  EXPECT_EQ(value("SELECT operation FROM lake_history(" + table + ") WHERE version = 3"), "delete");
  EXPECT_EQ(value("SELECT operation FROM lake_history(" + table + ") WHERE version = 4"), "merge");
  EXPECT_EQ(value("SELECT operation FROM lake_history(" + table + ") WHERE version = 5"), "overwrite");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "1");
}

TEST_P(ChangeTest, RowsAreGivenBack) {
  const auto table = four_rows("t");
  const auto given = [&](const std::string& statement) {
    auto result = session_->query(statement);
    return text_of(result);
  };
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "4");
  EXPECT_THAT(given("UPDATE " + table + " SET id = id + 100 WHERE id = 1 RETURNING (id - 100)::VARCHAR AS old"),
              ElementsAre("1"));
  EXPECT_THAT(given("DELETE FROM " + table + " WHERE id = 101 RETURNING id::VARCHAR"), ElementsAre("101"));
  EXPECT_THAT(given("DELETE FROM " + table + " WHERE id = 101 RETURNING id::VARCHAR"), IsEmpty());
  EXPECT_EQ(given("DELETE FROM " + table + " RETURNING id::VARCHAR").size(), 3u);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
}

TEST_P(ChangeTest, ExplainChangesNothing) {
  const auto table = four_rows("t");
  run("EXPLAIN DELETE FROM " + table);
  run("EXPLAIN INSERT INTO " + table + " VALUES (9, 9)");
  run("EXPLAIN CREATE TABLE 'memory://lake/explained' AS SELECT 1 AS a");
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "2");
  EXPECT_EQ(query_failure("SELECT * FROM 'memory://lake/explained'").code(), ErrorCode::NotFound);
}

}  // namespace
}  // namespace lakelet::sql
