// What an INSERT may bring, what it may change of the table's columns, and how tables are made.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SchemaTest : public SqlFixture {
 protected:
  WriteOptions mode(SchemaMode schema_mode, bool replace_all = false) {
    WriteOptions options;
    options.schema_mode = schema_mode;
    options.replace_all = replace_all;
    return options;
  }
  // The statement ends in a ConstraintViolation that says `words`.
  void expect_violation(const std::string& text, const std::string& words) {
    const auto error = failure(text);
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << text << ": " << error.what();
    EXPECT_THAT(error.message(), HasSubstr(words)) << text;
  }
};

TEST_F(SchemaTest, ColumnsThatDontFitAreNamed) {
  const auto table = make_table("t", "id int not null, v float, name string, moment timestamp");
  const std::string insert = "INSERT INTO " + table + " ";
  expect_violation(insert + "BY NAME SELECT 1 AS id, 2 AS extra", "extra");
  EXPECT_THAT(failure(insert + "BY NAME SELECT 1 AS id, 2 AS extra").hint(), HasSubstr("--schema-mode merge"));
  expect_violation(insert + "BY NAME SELECT 1.5::FLOAT AS v", "column id is NOT NULL");
  expect_violation(insert + "(v) VALUES (1)", "column id is NOT NULL");
  expect_violation(insert + "VALUES (NULL, 1, 'a', NULL)", "column id is NOT NULL");
  expect_violation(insert + "SELECT NULL, 1, 'a', NULL", "column id is NOT NULL");
  expect_violation(insert + "VALUES (1, 1)", "2 columns");
  expect_violation(insert + "SELECT range FROM range(3)", "1 columns");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");
  execute(insert + "VALUES (1, 1, 'a', NULL)");
  expect_violation("UPDATE " + table + " SET id = NULL", "column id is NOT NULL");
}

TEST_F(SchemaTest, NoValueIsBentOnTheWay) {
  const auto table = make_table("t", "id int, name string, moment timestamp, amount decimal(10,2)");
  const std::string insert = "INSERT INTO " + table + " ";
  expect_violation(insert + "(id) SELECT 1.5::DOUBLE", "column id is int, the rows have double");
  expect_violation(insert + "(id) SELECT x FROM (VALUES (1.5)) t(x)", "column id is int");
  expect_violation(insert + "(id) SELECT upper('1')", "column id is int, the rows have string");
  expect_violation(insert + "(name) SELECT range FROM range(3)", "column name is string, the rows have bigint");
  expect_violation(insert + "(id) VALUES (1.5)", "1.5 isn't one");
  expect_violation(insert + "(moment) VALUES ('yesterday')", "yesterday isn't one");
  expect_violation(insert + "(amount) VALUES (1.234)", "1.234 isn't one");
  EXPECT_NE(failure(insert + "(id) SELECT range + 3000000000 FROM range(3)").code(), ErrorCode::Internal);
  execute(insert + "VALUES (1, 'a', '2025-01-31T12:00:00Z', 1.5)");
  execute(insert + "SELECT range, 'b', TIMESTAMP '2025-01-31 12:00:00', 2 FROM range(1)");
  EXPECT_EQ(value("SELECT count(DISTINCT moment) FROM " + table), "1");
  EXPECT_EQ(value("SELECT sum(amount) FROM " + table), "3.50");
}

TEST_F(SchemaTest, NestedNotNullIsChecked) {
  const auto table = make_table("t", "s struct<a: int not null, b: list<int>>");
  execute("INSERT INTO " + table + " VALUES (NULL), ({'a': 1, 'b': [1, NULL]})");
  expect_violation("INSERT INTO " + table + " VALUES ({'a': NULL, 'b': []})", "s.a");
}

TEST_F(SchemaTest, MergeModeAddsColumns) {
  const auto table = make_table("t", "id int");
  execute("INSERT INTO " + table + " VALUES (1)");
  const auto report = execute("INSERT INTO " + table + " SELECT 'x' AS name, 2 AS id", mode(SchemaMode::Merge));
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(rows("SELECT * FROM " + table), ElementsAre("{'id': 1, 'name': NULL}", "{'id': 2, 'name': x}"));
  execute("INSERT INTO " + table + " SELECT 3 AS id", mode(SchemaMode::Merge));
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "3");
  EXPECT_EQ(failure("INSERT INTO " + table + " SELECT 'x' AS id", mode(SchemaMode::Merge)).code(),
            ErrorCode::ConstraintViolation);
}

TEST_F(SchemaTest, OverwriteModeReplacesTheSchema) {
  const auto table = make_table("t", "id int not null");
  execute("INSERT INTO " + table + " VALUES (1)");
  execute("INSERT INTO " + table + " SELECT 'x' AS name, DATE '2025-01-31' AS day", mode(SchemaMode::Overwrite, true));
  EXPECT_THAT(rows("SELECT * FROM " + table), ElementsAre("{'name': x, 'day': 2025-01-31}"));
  EXPECT_EQ(failure("INSERT INTO " + table + " SELECT 1 AS a", mode(SchemaMode::Overwrite)).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(SchemaTest, TablesAreMade) {
  run("CREATE TABLE 'memory://lake/made' (id INTEGER NOT NULL, city VARCHAR) PARTITIONED BY (city)"
      " WITH (format = 'memory_format', 'memory.rowRemoval' = 'positions')");
  run("INSERT INTO 'memory://lake/made' VALUES (1, 'Oslo')");
  EXPECT_EQ(value("SELECT partition_columns[1] FROM lake_metadata('memory://lake/made')"), "city");
  EXPECT_EQ(query_failure("CREATE TABLE 'memory://lake/made' (id INTEGER)").code(), ErrorCode::AlreadyExists);
  run("CREATE TABLE IF NOT EXISTS 'memory://lake/made' (other INTEGER)");
  EXPECT_EQ(value("SELECT city FROM 'memory://lake/made'"), "Oslo");
  for (const char* definition : {"(a INTEGER PRIMARY KEY)", "(a INTEGER UNIQUE)", "(a INTEGER, PRIMARY KEY (a))"}) {
    EXPECT_EQ(query_failure(std::string("CREATE TABLE 'memory://lake/no' ") + definition).code(),
              ErrorCode::UnsupportedFeature)
        << definition;
  }
  EXPECT_EQ(query_failure("SELECT * FROM 'memory://lake/no'").code(), ErrorCode::NotFound);
}

TEST_F(SchemaTest, TablesAreMadeFromQueries) {
  const auto report = execute(
      "CREATE TABLE 'memory://lake/ctas' PARTITIONED BY (k) AS SELECT range AS n, range % 3 AS k FROM range(9)");
  EXPECT_EQ(report.version, 0);
  EXPECT_EQ(report.rows_inserted, 9);
  EXPECT_EQ(value("SELECT count(*) FROM lake_partitions('memory://lake/ctas')"), "3");
  EXPECT_EQ(value("SELECT sum(n) FROM 'memory://lake/ctas'"), "36");
  WriteOptions options;
  options.create = NewTable{};
  EXPECT_EQ(execute("INSERT INTO 'memory://lake/new' SELECT 1 AS a, 'x' AS b", options).version, 0);
  EXPECT_EQ(execute("INSERT INTO 'memory://lake/new' SELECT 2 AS a, 'y' AS b", options).version, 1);
  EXPECT_EQ(value("SELECT string_agg(b, '' ORDER BY a) FROM 'memory://lake/new'"), "xy");
}

}  // namespace
}  // namespace lakelet::sql
