// Rows with their ids, whichever way a format keeps them.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RowIdsTest : public SqlFixture {
 protected:
  // Files may keep a row's id in their column "kept".
  std::string tracked_table(const std::string& name, const std::string& schema) {
    return make_table(name, schema, {}, {{"memory.rowRemoval", "positions"}, {"memory.rowIds", "kept"}});
  }
};

TEST_F(RowIdsTest, AreTheFilesFirstAndThePosition) {
  const std::string t = tracked_table("t", "id bigint");
  execute("INSERT INTO " + t + " SELECT range * 10 FROM range(5)");
  execute("INSERT INTO " + t + " SELECT range * 10 FROM range(5, 8)");
  EXPECT_THAT(rows("SELECT id, _row_id, _row_version FROM lake_scan(" + t + ", row_ids => true) WHERE id >= 30"),
              ElementsAre("{'id': 30, '_row_id': 3, '_row_version': 1}", "{'id': 40, '_row_id': 4, '_row_version': 1}",
                          "{'id': 50, '_row_id': 5, '_row_version': 2}", "{'id': 60, '_row_id': 6, '_row_version': 2}",
                          "{'id': 70, '_row_id': 7, '_row_version': 2}"));
  EXPECT_EQ(value("SELECT id FROM lake_scan(" + t + ", row_ids => true) WHERE _row_id = 6"), "60");
}

TEST_F(RowIdsTest, RemovedRowsShiftNothing) {
  const std::string t = tracked_table("t", "id bigint");
  execute("INSERT INTO " + t + " SELECT range FROM range(5000)");
  execute("DELETE FROM " + t + " WHERE id % 3 = 0");
  EXPECT_EQ(value("SELECT count(*) FROM lake_scan(" + t + ", row_ids => true) WHERE id = _row_id"),
            value("SELECT count(*) FROM " + t));
  EXPECT_EQ(value("SELECT min(_row_id) FROM lake_scan(" + t + ", row_ids => true)"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM lake_scan(" + t + ", row_ids => true, version => 1)"), "5000");
}

TEST_F(RowIdsTest, WhatAFileKeepsCountsWhereItIsNotNull) {
  const std::string t = tracked_table("t", "id bigint, kept bigint");
  execute("INSERT INTO " + t + " VALUES (0, 100), (1, NULL), (2, 102)");
  EXPECT_THAT(rows("SELECT _row_id AS r FROM lake_scan(" + t + ", row_ids => true)"), ElementsAre("1", "100", "102"));
}

TEST_F(RowIdsTest, ComeBehindTheTablesColumns) {
  const std::string t = tracked_table("t", "first_row_id bigint, stored_row_id string");
  execute("INSERT INTO " + t + " VALUES (7, 'x')");
  EXPECT_THAT(rows("FROM lake_scan(" + t + ", row_ids => true)"),
              ElementsAre("{'first_row_id': 7, 'stored_row_id': x, '_row_id': 0, '_row_version': 1}"));
  EXPECT_THAT(rows("SELECT rows._row_id AS r FROM lake_scan(" + t + ", row_ids => true) AS rows"), ElementsAre("0"));
}

TEST_F(RowIdsTest, AColumnOfTheTablesOwnIsInTheWay) {
  for (const std::string column : {"_Row_Id", "_row_version", "file_row_number"}) {
    const std::string t = tracked_table("own" + column, "id bigint, " + column + " bigint");
    const Error error = query_failure("FROM lake_scan(" + t + ", row_ids => true)");
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature) << column;
    EXPECT_THAT(error.message(), HasSubstr("of its own"));
  }
}

}  // namespace
}  // namespace lakelet::sql
