// Changes are told in change files where readers can't tell them from whole files, and rows keep what they are known
// by.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ChangeRecordTest : public SqlFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  // 1, 2, 3, 4 in one file of one partition.
  std::string recorded(const std::string& name, bool partitioned = false) {
    const std::string t = make_table(
        name, "id bigint, p int, s string", partitioned ? std::vector<std::string>{"p"} : std::vector<std::string>{},
        {{"memory.rowRemoval", GetParam()}, {"memory.changeFeed", "files"}, {"memory.rowIds", "kept id"}});
    execute("INSERT INTO " + t + " SELECT i, 0, 'a' || i FROM range(1, 5) r(i)");
    return t;
  }
  void together(const std::vector<std::string>& statements) {
    run("BEGIN");
    for (const auto& statement : statements) run(statement);
    run("COMMIT");
  }
  std::vector<std::string> changes(const std::string& t, const std::string& version) {
    return rows("SELECT id, p, s, _change_type AS t FROM lake_changes(" + t + ", " + version + ", " + version + ")");
  }
  std::vector<std::string> ids(const std::string& t) {
    return rows("SELECT id, s, _row_id AS n, _row_version AS v FROM lake_scan(" + t + ", row_ids => true)");
  }
};
INSTANTIATE_TEST_SUITE_P(Both, ChangeRecordTest, ::testing::Values("rewrite", "positions"));

TEST_P(ChangeRecordTest, UpdateTellsBeforeAndAfter) {
  const std::string t = recorded("t");
  execute("UPDATE " + t + " SET s = 'b' WHERE id > 2");
  EXPECT_THAT(changes(t, "2"), ElementsAre("{'id': 3, 'p': 0, 's': a3, 't': update_preimage}",
                                           "{'id': 3, 'p': 0, 's': b, 't': update_postimage}",
                                           "{'id': 4, 'p': 0, 's': a4, 't': update_preimage}",
                                           "{'id': 4, 'p': 0, 's': b, 't': update_postimage}"));
}

TEST_P(ChangeRecordTest, DeleteOfSomeRowsTellsThem) {
  const std::string t = recorded("t");
  execute("DELETE FROM " + t + " WHERE id = 2");
  EXPECT_THAT(changes(t, "2"), ElementsAre("{'id': 2, 'p': 0, 's': a2, 't': delete}"));
  EXPECT_THAT(objects("t/changes"), SizeIs(1));
}

TEST_P(ChangeRecordTest, WholeFilesNeedNoChangeFile) {
  const std::string t = recorded("t");
  execute("DELETE FROM " + t + " WHERE id > 0");
  EXPECT_THAT(changes(t, "1"), SizeIs(4));
  EXPECT_THAT(changes(t, "2"), SizeIs(4));
  EXPECT_THAT(objects("t/changes"), IsEmpty());
}

TEST_P(ChangeRecordTest, AnUpdateThatSetsNothingNewIsAnUpdate) {
  const std::string t = recorded("t");
  execute("UPDATE " + t + " SET s = s WHERE id = 1");
  EXPECT_THAT(changes(t, "2"), ElementsAre("{'id': 1, 'p': 0, 's': a1, 't': update_postimage}",
                                           "{'id': 1, 'p': 0, 's': a1, 't': update_preimage}"));
  execute("UPDATE " + t + " SET s = 'x' WHERE id = 99");
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + t + ")"), "2");
}

TEST_P(ChangeRecordTest, AMergeTellsAllThatItDoes) {
  const std::string t = recorded("t", true);
  execute("MERGE INTO " + t +
          " AS target USING (VALUES (1, 1, 'n'), (2, 0, 'n'), (9, 1, 'n')) AS source(id, p, s) "
          "ON target.id = source.id WHEN MATCHED AND source.id = 2 THEN DELETE "
          "WHEN MATCHED THEN UPDATE SET p = source.p, s = source.s WHEN NOT MATCHED THEN INSERT");
  EXPECT_THAT(changes(t, "2"),
              ElementsAre("{'id': 1, 'p': 0, 's': a1, 't': update_preimage}",
                          "{'id': 1, 'p': 1, 's': n, 't': update_postimage}", "{'id': 2, 'p': 0, 's': a2, 't': delete}",
                          "{'id': 9, 'p': 1, 's': n, 't': insert}"));
}

TEST_P(ChangeRecordTest, AMergeThatOnlyInsertsNeedsNoChangeFile) {
  const std::string t = recorded("t");
  execute("MERGE INTO " + t +
          " AS target USING (VALUES (9, 1, 'n')) AS source(id, p, s) ON target.id = source.id "
          "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT");
  EXPECT_THAT(changes(t, "2"), ElementsAre("{'id': 9, 'p': 1, 's': n, 't': insert}"));
  EXPECT_THAT(objects("t/changes"), IsEmpty());
}

TEST_P(ChangeRecordTest, ATransactionTellsWhatItComesTo) {
  const std::string t = recorded("t");
  together({"INSERT INTO " + t + " VALUES (5, 0, 'new'), (6, 0, 'gone')",
            "UPDATE " + t + " SET s = 'once' WHERE id IN (1, 5)", "DELETE FROM " + t + " WHERE id IN (2, 6)",
            "UPDATE " + t + " SET s = 'twice' WHERE id = 1"});
  EXPECT_THAT(changes(t, "2"),
              ElementsAre("{'id': 1, 'p': 0, 's': a1, 't': delete}", "{'id': 1, 'p': 0, 's': twice, 't': insert}",
                          "{'id': 2, 'p': 0, 's': a2, 't': delete}", "{'id': 5, 'p': 0, 's': once, 't': insert}"));
}

TEST_P(ChangeRecordTest, ATransactionOnOtherRowsTellsUpdates) {
  const std::string t = recorded("t");
  execute("INSERT INTO " + t + " VALUES (50, 1, 'far'), (51, 1, 'far')");
  together({"INSERT INTO " + t + " VALUES (7, 0, 'new')", "DELETE FROM " + t + " WHERE id > 49",
            "UPDATE " + t + " SET s = 'b' WHERE id = 4"});
  EXPECT_THAT(
      changes(t, "3"),
      ElementsAre("{'id': 4, 'p': 0, 's': a4, 't': update_preimage}",
                  "{'id': 4, 'p': 0, 's': b, 't': update_postimage}", "{'id': 50, 'p': 1, 's': far, 't': delete}",
                  "{'id': 51, 'p': 1, 's': far, 't': delete}", "{'id': 7, 'p': 0, 's': new, 't': insert}"));
}

TEST_P(ChangeRecordTest, WhatCameAndWentIsToldByNobody) {
  const std::string t = recorded("t");
  together({"INSERT INTO " + t + " VALUES (5, 0, 'x')", "DELETE FROM " + t + " WHERE id = 5",
            "INSERT INTO " + t + " VALUES (6, 0, 'y')"});
  EXPECT_THAT(changes(t, "2"), ElementsAre("{'id': 6, 'p': 0, 's': y, 't': insert}"));
}

TEST_P(ChangeRecordTest, AnOverwriteAfterAChangeIsWholeFiles) {
  const std::string t = recorded("t");
  execute("UPDATE " + t + " SET s = 'b' WHERE id = 1");
  WriteOptions all;
  all.replace_all = true;
  execute("INSERT INTO " + t + " VALUES (8, 0, 'z')", all);
  EXPECT_THAT(changes(t, "3"),
              ElementsAre("{'id': 1, 'p': 0, 's': b, 't': delete}", "{'id': 2, 'p': 0, 's': a2, 't': delete}",
                          "{'id': 3, 'p': 0, 's': a3, 't': delete}", "{'id': 4, 'p': 0, 's': a4, 't': delete}",
                          "{'id': 8, 'p': 0, 's': z, 't': insert}"));
}

TEST_P(ChangeRecordTest, ARolledBackTransactionLeavesNoChangeFile) {
  const std::string t = recorded("t");
  run("BEGIN");
  run("UPDATE " + t + " SET s = 'b' WHERE id = 1");
  EXPECT_THAT(objects("t/changes"), SizeIs(1));
  run("ROLLBACK");
  EXPECT_THAT(objects("t/changes"), IsEmpty());
}

TEST_P(ChangeRecordTest, RowsKeepTheirIds) {
  const std::string t = recorded("t");
  EXPECT_THAT(ids(t), ElementsAre("{'id': 1, 's': a1, 'n': 0, 'v': 1}", "{'id': 2, 's': a2, 'n': 1, 'v': 1}",
                                  "{'id': 3, 's': a3, 'n': 2, 'v': 1}", "{'id': 4, 's': a4, 'n': 3, 'v': 1}"));
  execute("UPDATE " + t + " SET s = 'b' WHERE id = 3");
  EXPECT_THAT(ids(t), ElementsAre("{'id': 1, 's': a1, 'n': 0, 'v': 1}", "{'id': 2, 's': a2, 'n': 1, 'v': 1}",
                                  "{'id': 3, 's': b, 'n': 2, 'v': 2}", "{'id': 4, 's': a4, 'n': 3, 'v': 1}"));
  execute("DELETE FROM " + t + " WHERE id = 1");
  execute("UPDATE " + t + " SET s = 'c' WHERE id > 2");
  EXPECT_THAT(ids(t), ElementsAre("{'id': 2, 's': a2, 'n': 1, 'v': 1}", "{'id': 3, 's': c, 'n': 2, 'v': 4}",
                                  "{'id': 4, 's': c, 'n': 3, 'v': 4}"));
}

TEST_P(ChangeRecordTest, AMergeKeepsIdsAndGivesNewOnes) {
  const std::string t = recorded("t", true);
  execute("MERGE INTO " + t +
          " AS target USING (VALUES (1, 1, 'n'), (9, 1, 'n')) AS source(id, p, s) "
          "ON target.id = source.id WHEN MATCHED THEN UPDATE SET p = source.p, s = source.s "
          "WHEN NOT MATCHED THEN INSERT WHEN NOT MATCHED BY SOURCE AND target.id = 2 THEN DELETE");
  const auto rows = ids(t);
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[0], "{'id': 1, 's': n, 'n': 0, 'v': 2}");
  EXPECT_EQ(rows[1], "{'id': 3, 's': a3, 'n': 2, 'v': 1}");
  EXPECT_EQ(rows[2], "{'id': 4, 's': a4, 'n': 3, 'v': 1}");
  EXPECT_THAT(rows[3], HasSubstr("{'id': 9, 's': n, 'n': "));
  EXPECT_THAT(rows[3], HasSubstr("'v': 2}"));
}

class PlainTableTest : public SqlFixture {};

TEST_F(PlainTableTest, PlansAsBefore) {
  const std::string t = make_table("t", "id bigint");
  execute("INSERT INTO " + t + " SELECT * FROM range(9)");
  EXPECT_THAT(explained("UPDATE " + t + " SET id = 1 WHERE id = 2"), testing::Not(HasSubstr("stored_row_id")));
  const std::string tracked = make_table("tracked", "id bigint", {}, {{"memory.rowIds", "kept id"}});
  execute("INSERT INTO " + tracked + " SELECT * FROM range(9)");
  EXPECT_THAT(explained("UPDATE " + tracked + " SET id = 1 WHERE id = 2"), HasSubstr("stored_row_id"));
  EXPECT_EQ(value("SELECT count(*) FROM " + tracked), "9");
}

}  // namespace
}  // namespace lakelet::sql
