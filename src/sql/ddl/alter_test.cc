// ALTER TABLE, DROP, CREATE OR REPLACE, TRUNCATE and ATTACH over a format that isn't Delta.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AlterTest : public SqlFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string table_of(const std::string& name, const std::string& schema) {
    return make_table(name, schema, {}, {{"memory.columns", GetParam()}});
  }
  std::string columns(const std::string& table) {
    return value("SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE " + table + ")");
  }
};

INSTANTIATE_TEST_SUITE_P(EveryNaming, AlterTest, ::testing::Values("id", "physical"));

TEST_P(AlterTest, ColumnsAreRenamedDroppedAndAddedAgain) {
  const auto table = table_of("t", "id int, a string, s struct<x: int, y: int>");
  execute("INSERT INTO " + table + " VALUES (1, 'one', {'x': 1, 'y': 2})");
  run("ALTER TABLE " + table + " RENAME COLUMN a TO b");
  EXPECT_EQ(value("SELECT b FROM " + table), "one");
  run("ALTER TABLE " + table + " DROP COLUMN b");
  run("ALTER TABLE " + table + " ADD COLUMN b VARCHAR");
  EXPECT_EQ(value("SELECT b FROM " + table), "NULL");
  run("ALTER TABLE " + table + " RENAME COLUMN s.x TO z");
  run("ALTER TABLE " + table + " ADD COLUMN s.w DATE");
  run("ALTER TABLE " + table + " DROP COLUMN s.y");
  EXPECT_THAT(rows("SELECT s FROM " + table), ElementsAre("{'s': {'z': 1, 'w': NULL}}"));
  run("ALTER TABLE " + table + " ALTER COLUMN b FIRST");
  run("ALTER TABLE " + table + " ADD COLUMN c INT AFTER id");
  EXPECT_EQ(columns(table), "b VARCHAR, id INTEGER, c INTEGER, s STRUCT(z INTEGER, w DATE)");
  execute("INSERT INTO " + table + " VALUES ('two', 2, 3, {'z': 4, 'w': DATE '2020-01-01'})");
  EXPECT_EQ(value("SELECT sum(s.z + id) FROM " + table), "8");
  EXPECT_EQ(value("SELECT a FROM " + table + " AT (VERSION => 1)"), "one");
}

TEST_P(AlterTest, RowsAreLookedAt) {
  const auto table = table_of("t", "id int, a int");
  execute("INSERT INTO " + table + " VALUES (1, 1), (2, NULL)");
  const auto error = query_failure("ALTER TABLE " + table + " ALTER COLUMN a SET NOT NULL");
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
  EXPECT_THAT(error.message(), HasSubstr("id = 2"));
  EXPECT_EQ(query_failure("ALTER TABLE " + table + " ADD COLUMN b INT NOT NULL").code(),
            ErrorCode::ConstraintViolation);
  run("BEGIN");
  run("UPDATE " + table + " SET a = 0 WHERE a IS NULL");
  run("ALTER TABLE " + table + " ALTER COLUMN a SET NOT NULL");
  run("COMMIT");
  EXPECT_EQ(failure("INSERT INTO " + table + " VALUES (3, NULL)").code(), ErrorCode::ConstraintViolation);
  run("ALTER TABLE " + table + " ALTER COLUMN a DROP NOT NULL");
  execute("INSERT INTO " + table + " VALUES (3, NULL)");
}

TEST_P(AlterTest, ATransactionSeesItsColumns) {
  const auto table = table_of("t", "id int, a int");
  execute("INSERT INTO " + table + " VALUES (1, 10), (2, 20)");
  run("BEGIN");
  run("ALTER TABLE " + table + " RENAME COLUMN a TO b");
  run("ALTER TABLE " + table + " ADD COLUMN c INT");
  EXPECT_EQ(value("SELECT sum(b) FROM " + table + " WHERE c IS NULL"), "30");
  run("INSERT INTO " + table + " VALUES (3, 30, 3)");
  run("UPDATE " + table + " SET c = id WHERE b = 10");
  EXPECT_EQ(value("SELECT string_agg(c, ' ' ORDER BY id) FROM " + table), "1 3");
  auto other = open_session();
  EXPECT_THAT(rows(*other, "SELECT sum(a) AS n FROM " + table), ElementsAre("{'n': 30}"));
  run("COMMIT");
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "2");
  EXPECT_EQ(value("SELECT sum(b) FROM " + table), "60");
  run("BEGIN");
  run("ALTER TABLE " + table + " DROP COLUMN b");
  run("ROLLBACK");
  EXPECT_EQ(value("SELECT sum(b) FROM " + table), "60");
}

TEST_P(AlterTest, RowsThatWereWrittenKeepTheirColumns) {
  const auto table = table_of("t", "id int, a int");
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (1, 10)");
  EXPECT_EQ(query_failure("ALTER TABLE " + table + " DROP COLUMN a").code(), ErrorCode::UnsupportedFeature);
  run("ROLLBACK");
}

TEST_P(AlterTest, PropertiesAndComments) {
  const auto table = table_of("t", "id int");
  run("ALTER TABLE " + table + " SET (my.Key = 'v', other = 5)");
  run("ALTER TABLE " + table + " RESET (other)");
  run("COMMENT ON TABLE " + table + " IS 'a table'");
  run("COMMENT ON COLUMN " + table + ".id IS 'the key'");
  EXPECT_EQ(value("SELECT properties['my.Key'] FROM lake_metadata(" + table + ")"), "v");
  EXPECT_EQ(value("SELECT description FROM lake_metadata(" + table + ")"), "a table");
  EXPECT_EQ(query_failure("ALTER TABLE " + table + " RESET (other)").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(query_failure("ALTER TABLE " + table + " SET (memory.columns = 'odd')").code(), ErrorCode::InvalidArgument);
}

TEST_P(AlterTest, WhatIsNotSupportedIsRefusedByName) {
  const auto table = table_of("t", "id int, a int");
  for (const auto& [statement, name] :
       std::vector<std::pair<std::string, std::string>>{{"RENAME TO u", "RENAME TO"},
                                                        {"ALTER a TYPE BIGINT USING a * 2", "USING"},
                                                        {"SET PARTITIONED BY (a)", "PARTITIONED BY"}}) {
    const auto error = query_failure("ALTER TABLE " + table + " " + statement);
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature) << statement;
    EXPECT_THAT(error.message(), HasSubstr(name));
  }
  for (const char* statement :
       {"DROP COLUMN nothing", "ADD COLUMN a INT", "RENAME COLUMN a TO id", "ALTER id AFTER zzz"}) {
    EXPECT_EQ(query_failure("ALTER TABLE " + table + " " + statement).code(), ErrorCode::InvalidArgument) << statement;
  }
}

TEST_P(AlterTest, AConflictSaysWhoWon) {
  const auto table = table_of("t", "id int, a int");
  auto other = open_session();
  run("BEGIN");
  run("ALTER TABLE " + table + " RENAME COLUMN a TO b");
  drain(other->query("ALTER TABLE " + table + " ADD COLUMN c INT"));
  const auto error = query_failure("COMMIT");
  EXPECT_EQ(error.code(), ErrorCode::Conflict);
  EXPECT_THAT(error.message(), HasSubstr("change schema"));
}

TEST_P(AlterTest, TypesGetWider) {
  const auto table = table_of("t", "id int, a int");
  execute("INSERT INTO " + table + " VALUES (1, 2147483647)");
  run("ALTER TABLE " + table + " ALTER COLUMN a TYPE BIGINT");
  execute("INSERT INTO " + table + " VALUES (2, 2147483648)");
  EXPECT_EQ(value("SELECT sum(a) FROM " + table), "4294967295");
  WriteOptions merge;
  merge.schema_mode = SchemaMode::Merge;
  execute("INSERT INTO " + table + " SELECT 3000000000 AS id, {'x': 1} AS s", merge);
  execute("INSERT INTO " + table + " SELECT 4::BIGINT AS id, {'x': 1, 'y': 'new'} AS s", merge);
  execute("INSERT INTO " + table + " SELECT 5::BIGINT AS id, {'y': 'only'} AS s", merge);
  EXPECT_EQ(columns(table), "id BIGINT, a BIGINT, s STRUCT(x INTEGER, y VARCHAR)");
  EXPECT_THAT(rows("SELECT s FROM " + table + " WHERE id > 3"),
              ElementsAre("{'s': {'x': 1, 'y': NULL}}", "{'s': {'x': 1, 'y': new}}", "{'s': {'x': NULL, 'y': only}}"));
}

class TableStatementTest : public SqlFixture {};

TEST_F(TableStatementTest, FilesThatWereWrittenKeepTheirNames) {
  const auto table = make_table("t", "id int");
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (1)");
  EXPECT_EQ(query_failure("ALTER TABLE " + table + " SET (memory.columns = 'id')").code(),
            ErrorCode::UnsupportedFeature);
  EXPECT_EQ(query_failure("COMMIT").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
}

TEST_F(TableStatementTest, ADroppedTableIsGone) {
  const auto table = make_table("t", "id int");
  execute("INSERT INTO " + table + " VALUES (1)");
  run("BEGIN");
  run("DROP TABLE " + table);
  EXPECT_EQ(query_failure("SELECT * FROM " + table).code(), ErrorCode::NotFound);
  run("ROLLBACK");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "1");
  run("DROP TABLE " + table);
  EXPECT_TRUE(objects("t").empty());
  run("DROP TABLE IF EXISTS " + table);
  EXPECT_EQ(query_failure("DROP TABLE " + table).code(), ErrorCode::NotFound);
  run("CREATE TABLE " + table + " (other VARCHAR)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
}

TEST_F(TableStatementTest, TruncateAndReplaceKeepTheHistory) {
  const auto table = make_table("t", "id int, p int", {"p"});
  execute("INSERT INTO " + table + " VALUES (1, 1), (2, 2)");
  run("TRUNCATE " + table);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
  run("CREATE OR REPLACE TABLE " + table + " PARTITIONED BY (name) AS SELECT 'x' AS name, range AS n FROM range(3)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE name = 'x'"), "3");
  EXPECT_EQ(value("SELECT sum(id) FROM " + table + " AT (VERSION => 1)"), "3");
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "3");
  run("CREATE OR REPLACE TABLE " + table + " (only_one DATE)");
  EXPECT_EQ(value("SELECT count(only_one) FROM " + table), "0");
  run("CREATE OR REPLACE TABLE 'memory://lake/new' AS SELECT 1 AS a");
  EXPECT_EQ(value("SELECT a FROM 'memory://lake/new'"), "1");
}

TEST_F(TableStatementTest, AnInsertGivesItsRowsBack) {
  const auto table = make_table("t", "id int, v string");
  auto result = session_->query("INSERT INTO " + table +
                                " BY NAME SELECT 7 AS id RETURNING CAST(id AS VARCHAR) || coalesce(v, '-')");
  EXPECT_THAT(text_of(result), ElementsAre("7-"));
  auto many = session_->query("INSERT INTO " + table + " SELECT range, 'x' FROM range(10000) RETURNING id");
  EXPECT_EQ(drain(std::move(many)), 10000);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "10001");
}

TEST_F(TableStatementTest, AnAttachedFolderIsACatalog) {
  make_table("one", "id int");
  make_table("sales/two", "name string");
  run("ATTACH 'memory://lake' AS lake (TYPE lakelet)");
  run("INSERT INTO lake.one VALUES (1), (2)");
  EXPECT_EQ(value("SELECT count(*) FROM lake.one"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM lake.one AT (VERSION => 0)"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM lake.sales.two"), "0");
  EXPECT_THAT(rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake'"),
              ElementsAre("{'schema_name': main, 'table_name': one}", "{'schema_name': sales, 'table_name': two}"));
  EXPECT_THAT(
      rows("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_catalog = 'lake'"),
      ElementsAre("{'table_name': one, 'column_name': id, 'data_type': INTEGER}",
                  "{'table_name': two, 'column_name': name, 'data_type': VARCHAR}"));
  run("CREATE TABLE lake.three (a INT, b VARCHAR) PARTITIONED BY (b)");
  run("INSERT INTO lake.three BY NAME SELECT 'x' AS b, 5 AS a");
  run("UPDATE lake.three SET a = a + 1");
  run("MERGE INTO lake.three AS t USING (SELECT 6 AS a) AS s ON t.a = s.a WHEN MATCHED THEN DELETE");
  EXPECT_EQ(value("SELECT count(*) FROM 'memory://lake/three'"), "0");
  run("ALTER TABLE lake.three ADD COLUMN c DATE");
  run("CREATE SCHEMA lake.fresh");
  run("CREATE TABLE lake.fresh.four AS SELECT 4 AS n");
  EXPECT_EQ(value("SELECT n FROM 'memory://lake/fresh/four'"), "4");
  run("USE lake");
  EXPECT_EQ(value("SELECT count(*) FROM one, 'memory://lake/fresh/four'"), "2");
  run("USE memory");
  run("DROP TABLE lake.fresh.four");
  EXPECT_EQ(value("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake'"), "3");
  EXPECT_EQ(query_failure("SELECT * FROM lake.nothing").code(), ErrorCode::NotFound);
  EXPECT_EQ(query_failure("CREATE TABLE lake.\"../out\" (a INT)").code(), ErrorCode::InvalidArgument);
  run("DETACH lake");
}

TEST_F(TableStatementTest, OneTableIsAttachedUnderItsName) {
  const auto table = make_table("one", "id int");
  execute("INSERT INTO " + table + " VALUES (7)");
  run("ATTACH 'memory://lake/one' AS single (TYPE lakelet, READ_ONLY)");
  EXPECT_EQ(value("SELECT id FROM single.one"), "7");
  EXPECT_EQ(value("SELECT id FROM single"), "7");
  EXPECT_EQ(query_failure("INSERT INTO single.one VALUES (8)").code(), ErrorCode::InvalidArgument);
  run("DETACH single");
}

}  // namespace
}  // namespace lakelet::sql
