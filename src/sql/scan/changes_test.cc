// What changed, and between which versions, as SQL reads it.
#include <fmt/format.h>

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ChangesTest : public SqlFixture {
 protected:
  // "1 insert 3": version, type and id, in their order.
  std::vector<std::string> changes(const std::string& relation) {
    return rows("SELECT concat_ws(' ', _commit_version, _change_type, id) AS r FROM " + relation);
  }
  // Version 1: ids 0 to 9 in two partitions. Version 2: 4 is gone. Version 3: 5 is 50. Version 4: all of partition 1 is
  // gone.
  std::string changed_table(const std::string& name, const std::string& removal) {
    const std::string table = make_table(name, "id bigint, p int", {"p"}, {{"memory.rowRemoval", removal}});
    execute("INSERT INTO " + table + " SELECT range, range % 2 FROM range(10)");
    execute("DELETE FROM " + table + " WHERE id = 4");
    execute("UPDATE " + table + " SET id = 50 WHERE id = 5");
    execute("DELETE FROM " + table + " WHERE p = 1");
    return table;
  }
};

TEST_F(ChangesTest, RowsThatWereRemovedByPosition) {
  const std::string t = changed_table("p", "positions");
  EXPECT_EQ(changes("lake_changes(" + t + ", 1, 1)").size(), 10u);
  EXPECT_THAT(changes("lake_changes(" + t + ", 2, 3)"), ElementsAre("2 delete 4", "3 delete 5", "3 insert 50"));
  EXPECT_THAT(changes("lake_changes(" + t + ", 4)"),
              ElementsAre("4 delete 1", "4 delete 3", "4 delete 50", "4 delete 7", "4 delete 9"));
}

// A rewritten file is all its rows taken away and the ones that stay put back: what the commit says, and no less.
TEST_F(ChangesTest, FilesThatWereRewritten) {
  const std::string t = changed_table("r", "rewrite");
  EXPECT_THAT(changes("lake_changes(" + t + ", 2, 2)"),
              ElementsAre("2 delete 0", "2 delete 2", "2 delete 4", "2 delete 6", "2 delete 8", "2 insert 0",
                          "2 insert 2", "2 insert 6", "2 insert 8"));
  EXPECT_EQ(value("SELECT sum(CASE _change_type WHEN 'insert' THEN 1 ELSE -1 END) FROM lake_changes(" + t + ", 0)"),
            value("SELECT count(*) FROM " + t));
}

TEST_F(ChangesTest, TheScansTakeTheSameRange) {
  const std::string t = changed_table("t", "positions");
  const auto expected = changes("lake_changes(" + t + ", 2, 3)");
  EXPECT_EQ(changes("lake_scan(" + t + ", changes_from => 2, changes_to => 3)"), expected);
  EXPECT_EQ(changes("memory_format_scan(" + t + ", changes_from => '2', changes_to => 3)"), expected);
  EXPECT_EQ(changes("lake_scan(" + t + ", changes_from => 2)").size(), 8u);
  EXPECT_EQ(changes("lake_changes(" + t + ", 2, NULL)").size(), 8u);
}

TEST_F(ChangesTest, AVersionEndsThemAndHasTheirColumns) {
  const std::string t = changed_table("t", "positions");
  EXPECT_EQ(changes("lake_scan(" + t + ", changes_from => 1, version => 2)").size(), 11u);
  WriteOptions merge;
  merge.schema_mode = SchemaMode::Merge;
  execute("INSERT INTO " + t + " SELECT 200 AS id, 0 AS p, 'x' AS extra", merge);
  EXPECT_THAT(rows("SELECT id, extra FROM lake_changes(" + t + ", 4) WHERE id > 9"),
              ElementsAre("{'id': 200, 'extra': x}", "{'id': 50, 'extra': NULL}"));
  EXPECT_THAT(rows("FROM lake_scan(" + t + ", changes_from => 2, changes_to => 2, version => 2)"),
              ElementsAre(HasSubstr("{'id': 4, 'p': 0, '_change_type': delete, '_commit_version': 2,")));
}

TEST_F(ChangesTest, ColumnsAndTheirTypes) {
  const std::string t = changed_table("t", "positions");
  EXPECT_THAT(rows("SELECT column_name || ' ' || column_type AS r FROM (DESCRIBE FROM lake_changes(" + t + ", 0))"),
              ElementsAre("_change_type VARCHAR", "_commit_timestamp TIMESTAMP WITH TIME ZONE",
                          "_commit_version BIGINT", "id BIGINT", "p INTEGER"));
  EXPECT_EQ(value("SELECT count(DISTINCT _commit_timestamp) FROM lake_changes(" + t + ", 0)"), "4");
  EXPECT_EQ(value("SELECT count(*) FROM lake_changes(" + t + ", 0) c JOIN lake_history(" + t +
                  ") h ON c._commit_version = h.version AND c._commit_timestamp = h.timestamp"),
            value("SELECT count(*) FROM lake_changes(" + t + ", 0)"));
}

TEST_F(ChangesTest, FiltersAndAggregates) {
  const std::string t = changed_table("t", "positions");
  const std::string all = "lake_changes(" + t + ", 0)";
  EXPECT_THAT(changes(all + " WHERE _commit_version = 2"), ElementsAre("2 delete 4"));
  EXPECT_THAT(changes(all + " WHERE _change_type = 'insert' AND id > 8"), ElementsAre("1 insert 9", "3 insert 50"));
  EXPECT_THAT(changes(all + " WHERE p = 0 AND _commit_version > 1"), ElementsAre("2 delete 4"));
  EXPECT_THAT(changes(all + " WHERE _commit_timestamp < '2000-01-01'"), IsEmpty());
  EXPECT_EQ(value("SELECT count(*) FROM " + all), "18");
  EXPECT_EQ(value("SELECT min(_commit_version) + max(_commit_version) FROM " + all), "5");
  EXPECT_THAT(rows("SELECT _change_type, count(*) AS n FROM " + all + " GROUP BY ALL"),
              ElementsAre("{'_change_type': delete, 'n': 7}", "{'_change_type': insert, 'n': 11}"));
}

// One file is in several changes of one query, and in two queries of one statement.
TEST_F(ChangesTest, OneFileManyTimes) {
  const std::string t = changed_table("t", "positions");
  EXPECT_EQ(value("SELECT count(*) FROM lake_changes(" + t + ", 1) a JOIN lake_changes(" + t +
                  ", 1) b USING (id, _commit_version, _change_type)"),
            "18");
  EXPECT_EQ(value("SELECT count(*) FROM lake_changes(" + t + ", 1, 1) UNION ALL SELECT count(*) FROM lake_changes(" +
                  t + ", 2, 2) WHERE false LIMIT 1"),
            "10");
}

TEST_F(ChangesTest, TimesAsEnds) {
  const std::string t = changed_table("t", "positions");
  const std::string time = value("SELECT timestamp FROM lake_history(" + t + ") WHERE version = 2");
  EXPECT_THAT(changes(fmt::format("lake_changes({}, '{}', TIMESTAMPTZ '{}')", t, time, time)),
              ElementsAre("2 delete 4"));
}

TEST_F(ChangesTest, ATransactionSeesTheChangesUpToItsVersion) {
  const std::string t = changed_table("t", "positions");
  run("BEGIN");
  EXPECT_EQ(value("SELECT count(*) FROM " + t), "4");
  const auto other = open_session();
  other->execute("INSERT INTO " + t + " VALUES (100, 0)", {});
  EXPECT_EQ(value("SELECT max(_commit_version) FROM lake_changes(" + t + ", 0)"), "4");
  run("COMMIT");
  EXPECT_EQ(value("SELECT max(_commit_version) FROM lake_changes(" + t + ", 0)"), "5");
}

TEST_F(ChangesTest, WhatIsNoRangeIsRefused) {
  const std::string t = changed_table("t", "positions");
  const auto code = [&](const std::string& query) { return query_failure(query).code(); };
  EXPECT_EQ(code("FROM lake_changes(" + t + ", 9)"), ErrorCode::NotFound);
  EXPECT_EQ(code("FROM lake_changes(" + t + ", 3, 2)"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("FROM lake_changes(" + t + ", NULL)"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("FROM lake_changes(" + t + ", 'soon')"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("FROM lake_scan(" + t + ", changes_to => 2)"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("FROM lake_scan(" + t + ", changes_from => 2, version => 1)"), ErrorCode::NotFound);
  EXPECT_EQ(code("FROM lake_scan(" + t + ", changes_from => 2, row_ids => true)"), ErrorCode::InvalidArgument);
  EXPECT_EQ(code("FROM lake_changes('memory://lake/none', 0)"), ErrorCode::NotFound);
  EXPECT_THAT(query_failure("FROM lake_scan(" + t + ", row_ids => true)").message(),
              AllOf(HasSubstr("memory://lake/t"), HasSubstr("doesn't keep track of its rows")));
  EXPECT_EQ(rows("FROM lake_scan(" + t + ", row_ids => false)").size(), 4u);
}

TEST_F(ChangesTest, AColumnOfTheTablesOwnIsInTheWay) {
  const std::string t = make_table("t", "id bigint, _Change_Type string");
  execute("INSERT INTO " + t + " VALUES (1, 'x')");
  const Error error = query_failure("FROM lake_changes(" + t + ", 0)");
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.message(), HasSubstr("_change_type"));
}

}  // namespace
}  // namespace lakelet::sql
