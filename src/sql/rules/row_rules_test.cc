// What a table demands of its rows, on every way by which rows come into it.
#include <fmt/format.h>

#include <thread>

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class RowRulesTest : public SqlFixture {
 protected:
  std::string violation(const std::string& text, const WriteOptions& options = {}) {
    const Error error = failure(text, options);
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
    return error.message();
  }
  std::string refusal(const std::string& text) {
    const Error error = failure(text);
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature) << error.what();
    return error.message();
  }
};

TEST_F(RowRulesTest, ChecksHoldOnEveryWayIn) {
  const auto t = make_table("checks", "x int, y int", {}, {{"memory.check.positive", "x > 0"}});
  execute("INSERT INTO " + t + " VALUES (1, 10), (2, 20)");
  const std::string expected = "the CHECK constraint positive (x > 0) doesn't hold for a row: x = -1";
  EXPECT_EQ(violation("INSERT INTO " + t + " VALUES (3, 1), (-1, 2)"), expected);
  EXPECT_EQ(violation("UPDATE " + t + " SET x = -1 WHERE y = 20"), expected);
  EXPECT_EQ(violation("MERGE INTO " + t +
                      " AS target USING (SELECT 1 AS x) s ON target.x = s.x "
                      "WHEN MATCHED THEN UPDATE SET x = -1"),
            expected);
  EXPECT_EQ(violation("MERGE INTO " + t +
                      " AS target USING (SELECT -1 AS x, 0 AS y) s ON target.x = s.x "
                      "WHEN NOT MATCHED THEN INSERT *"),
            expected);
  WriteOptions overwrite;
  overwrite.replace_all = true;
  EXPECT_EQ(violation("INSERT INTO " + t + " SELECT -1, 0", overwrite), expected);
  EXPECT_EQ(violation("INSERT INTO " + t + " BY NAME SELECT -1 AS x"), expected);
  EXPECT_THAT(rows("FROM " + t), UnorderedElementsAre("{'x': 1, 'y': 10}", "{'x': 2, 'y': 20}"));
  EXPECT_EQ(objects("checks").size(), 1u);
  execute("UPDATE " + t + " SET x = 5 WHERE y = 20");
  execute("DELETE FROM " + t + " WHERE x = 1");
  EXPECT_THAT(rows("FROM " + t), ElementsAre("{'x': 5, 'y': 20}"));
}

TEST_F(RowRulesTest, NullIsNotEnoughUnlessTheTableSaysSo) {
  const auto strict = make_table("strict", "x int", {}, {{"memory.check.c", "x > 0"}});
  EXPECT_EQ(violation("INSERT INTO " + strict + " VALUES (NULL)"),
            "the CHECK constraint c (x > 0) is NULL, which isn't enough, for a row: x = NULL");
  const auto standard =
      make_table("standard", "x int", {}, {{"memory.check.c", "x > 0"}, {"memory.nullPasses", "true"}});
  execute("INSERT INTO " + standard + " VALUES (NULL), (1)");
  EXPECT_THAT(violation("INSERT INTO " + standard + " VALUES (0)"), HasSubstr("x = 0"));
}

TEST_F(RowRulesTest, RowsThatAreCopiedAreNotLookedAt) {
  const auto t = make_table("copied", "x int, y int");
  execute("INSERT INTO " + t + " VALUES (-1, 1), (1, 2)");
  const Location location = stores_->resolve("memory://lake/copied");
  const FormatContext context{stores_, engine_->tabular(), "lakelet/test", {}};
  const auto table = formats_->formats().front()->open(context, location);
  auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->set_properties({{"memory.check.c", "x > 0"}});
  CommitInfo info;
  info.operation = Operation::Other;
  require_committed(transaction->commit(info, {}), location.uri);
  execute("UPDATE " + t + " SET y = 3 WHERE x = 1");
  execute("DELETE FROM " + t + " WHERE x = 1");
  EXPECT_THAT(rows("FROM " + t), ElementsAre("{'x': -1, 'y': 1}"));
  EXPECT_THAT(violation("UPDATE " + t + " SET y = 3"), HasSubstr("x = -1"));
}

TEST_F(RowRulesTest, GeneratedColumnsAreComputedOrCompared) {
  const auto t = make_table("generated", "a int, b int, g bigint", {}, {{"memory.generated.g", "a * 10 + 1"}});
  execute("INSERT INTO " + t + " (a, b) VALUES (1, 1), (2, 2)");
  execute("INSERT INTO " + t + " BY NAME SELECT 3 AS a, 3 AS b");
  execute("INSERT INTO " + t + " VALUES (4, 4, 41)");
  execute("INSERT INTO " + t + " (b) VALUES (5)");
  execute("INSERT INTO " + t + " VALUES (NULL, 6, NULL)");
  EXPECT_EQ(violation("INSERT INTO " + t + " VALUES (7, 7, 7)"),
            "column g is generated as a * 10 + 1, which is 71 for a = 7: a row has 7 for it");
  EXPECT_THAT(violation("INSERT INTO " + t + " VALUES (7, 7, NULL)"), HasSubstr("a row has NULL for it"));
  EXPECT_THAT(rows("SELECT a, g FROM " + t + " WHERE a IS NOT NULL"),
              UnorderedElementsAre("{'a': 1, 'g': 11}", "{'a': 2, 'g': 21}", "{'a': 3, 'g': 31}", "{'a': 4, 'g': 41}"));
  EXPECT_EQ(value("SELECT count(*) FROM " + t + " WHERE a IS NULL AND g IS NULL"), "2");
}

TEST_F(RowRulesTest, GeneratedColumnsFollowWhatTheyAreMadeOf) {
  const auto t = make_table("followed", "a int, b int, g bigint", {}, {{"memory.generated.g", "a * 10"}});
  execute("INSERT INTO " + t + " (a, b) VALUES (1, 1), (2, 2)");
  execute("UPDATE " + t + " SET a = a + 10 WHERE b = 1");
  execute("UPDATE " + t + " SET b = 20 WHERE b = 2");
  EXPECT_THAT(rows("FROM " + t), UnorderedElementsAre("{'a': 11, 'b': 1, 'g': 110}", "{'a': 2, 'b': 20, 'g': 20}"));
  execute("UPDATE " + t + " SET a = 3, g = DEFAULT WHERE b = 20");
  execute("UPDATE " + t + " SET a = 4, g = 40 WHERE b = 20");
  EXPECT_THAT(violation("UPDATE " + t + " SET g = 41 WHERE b = 20"), HasSubstr("which is 40 for a = 4"));
  execute("MERGE INTO " + t +
          " AS target USING (VALUES (1, 7), (30, 8)) s(b, a) ON target.b = s.b "
          "WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)");
  EXPECT_THAT(rows("SELECT a, g FROM " + t),
              UnorderedElementsAre("{'a': 7, 'g': 70}", "{'a': 4, 'g': 40}", "{'a': 8, 'g': 80}"));
}

TEST_F(RowRulesTest, DefaultsOfColumnsThatAreLeftOut) {
  const auto t = make_table("defaults", "id int, v string, n int not null", {},
                            {{"memory.default.v", "'none'"}, {"memory.default.n", "40 + 2"}});
  execute("INSERT INTO " + t + " (id) VALUES (1)");
  execute("INSERT INTO " + t + " VALUES (2, DEFAULT, 7), (3, NULL, DEFAULT)");
  execute("INSERT INTO " + t + " BY NAME SELECT 4 AS id, 'x' AS v");
  execute("MERGE INTO " + t +
          " AS target USING (SELECT 5 AS id) s ON target.id = s.id "
          "WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)");
  execute("UPDATE " + t + " SET v = DEFAULT WHERE id = 4");
  EXPECT_THAT(rows("FROM " + t), UnorderedElementsAre("{'id': 1, 'v': none, 'n': 42}", "{'id': 2, 'v': none, 'n': 7}",
                                                      "{'id': 3, 'v': NULL, 'n': 42}", "{'id': 4, 'v': none, 'n': 42}",
                                                      "{'id': 5, 'v': none, 'n': 42}"));
}

TEST_F(RowRulesTest, IdentityColumnsHandOutEachValueOnce) {
  const auto t = make_table("identity", "id bigint, v int", {}, {{"memory.identity.id", "100 10"}});
  execute("INSERT INTO " + t + " (v) VALUES (1), (2)");
  execute("INSERT INTO " + t + " (v) VALUES (3)");
  EXPECT_THAT(rows("FROM " + t),
              UnorderedElementsAre("{'id': 100, 'v': 1}", "{'id': 110, 'v': 2}", "{'id': 120, 'v': 3}"));
  execute("INSERT INTO " + t + " BY NAME SELECT range AS v FROM range(10000)");
  EXPECT_EQ(value("SELECT count(DISTINCT id) FROM " + t), "10003");
  EXPECT_EQ(value("SELECT max(id) FROM " + t), "100120");
  execute("INSERT INTO " + t + " VALUES (DEFAULT, 5), (DEFAULT, 6)");
  EXPECT_EQ(value("SELECT max(id) FROM " + t), "100140");
  EXPECT_THAT(violation("INSERT INTO " + t + " VALUES (7, 7)"), HasSubstr("hands out the values of id"));
  EXPECT_THAT(violation("UPDATE " + t + " SET id = 1"), HasSubstr("hands out the values of id"));
  execute("UPDATE " + t + " SET v = -1 WHERE id = 100");
  EXPECT_EQ(value("SELECT v FROM " + t + " WHERE id = 100"), "-1");
  // A transaction's statements go on where the last one ended.
  execute("INSERT INTO " + t + " (v) VALUES (8); INSERT INTO " + t + " (v) VALUES (9)");
  EXPECT_EQ(value("SELECT max(id) FROM " + t), "100160");
}

TEST_F(RowRulesTest, IdentityColumnsThatTakeValues) {
  const auto t = make_table("by_default", "id bigint, v int", {}, {{"memory.identity.id", "0 -1 explicit"}});
  execute("INSERT INTO " + t + " VALUES (50, 1)");
  execute("INSERT INTO " + t + " (v) VALUES (2), (3)");
  EXPECT_THAT(rows("FROM " + t), UnorderedElementsAre("{'id': 50, 'v': 1}", "{'id': 0, 'v': 2}", "{'id': -1, 'v': 3}"));
  const auto full = make_table("full", "id bigint, v int", {}, {{"memory.identity.id", "9223372036854775806 1"}});
  execute("INSERT INTO " + full + " (v) VALUES (1)");
  EXPECT_THAT(violation("INSERT INTO " + full + " (v) VALUES (2), (3)"), HasSubstr("has no values left"));
}

TEST_F(RowRulesTest, TwoWritersDoNotHandOutTheSame) {
  const auto t = make_table("raced", "id bigint, v int", {}, {{"memory.identity.id", "1 1"}});
  auto other = open_session();
  run("BEGIN");
  run("INSERT INTO " + t + " (v) VALUES (1)");
  other->execute("INSERT INTO " + t + " (v) VALUES (2)", {});
  EXPECT_EQ(query_failure("COMMIT").code(), ErrorCode::Conflict);
  execute("INSERT INTO " + t + " (v) VALUES (1)");
  EXPECT_THAT(rows("FROM " + t), UnorderedElementsAre("{'id': 1, 'v': 2}", "{'id': 2, 'v': 1}"));
}

// Another writer commits between the statement's last row and its commit.
TEST_F(RowRulesTest, AnInsertOfAQueryThatLostTheRaceRunsAgain) {
  const auto t = make_table("requeried", "id bigint, v int", {}, {{"memory.identity.id", "1 1"}});
  auto other = open_session();
  int commits = 0;
  WriteOptions options;
  options.commit.events = [&](const Event& event) {
    if (event.kind != EventKind::Stage || event.text != "commit" || ++commits > 2) return;
    other->execute("INSERT INTO " + t + " (v) SELECT 100", {});
  };
  run("CREATE TEMP TABLE source AS SELECT 7 AS v");
  execute("INSERT INTO " + t + " (v) SELECT range FROM range(3) UNION ALL FROM source", options);
  EXPECT_EQ(commits, 3);
  EXPECT_EQ(value("SELECT count(DISTINCT id) || ' of ' || count(*) || ' to ' || max(id) FROM " + t), "6 of 6 to 6");
  // Nobody knows whether this could be read once more.
  commits = 0;
  EXPECT_EQ(failure("INSERT INTO " + t + " (v) SELECT 1 FROM duckdb_settings() LIMIT 1", options).code(),
            ErrorCode::Conflict);
  EXPECT_EQ(commits, 1);
}

TEST_F(RowRulesTest, ManyWritersOfQueriesAllGetTheirOwnValues) {
  const auto t = make_table("crowded", "id bigint, v int", {}, {{"memory.identity.id", "1 1"}});
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      auto session = open_session();
      for (int i = 0; i < 5; ++i) {
        EXPECT_NO_THROW(
            session->execute("INSERT INTO " + t + " (v) SELECT " + std::to_string(writer) + " FROM range(10)", {}));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(value("SELECT count(DISTINCT id) || ' of ' || count(*) || ' to ' || max(id) FROM " + t),
            "200 of 200 to 200");
}

TEST_F(RowRulesTest, LengthsOfText) {
  const auto t = make_table("lengths", "v string", {}, {{"memory.longest.v", "3"}});
  execute("INSERT INTO " + t + " VALUES ('abc'), ('äöü'), ('ab    '), (NULL)");
  EXPECT_EQ(violation("INSERT INTO " + t + " VALUES ('abcd')"),
            "column v is varchar(3), and a row has the 4 characters 'abcd' for it");
  EXPECT_THAT(violation("UPDATE " + t + " SET v = v || 'x' WHERE v = 'abc'"), HasSubstr("varchar(3)"));
  EXPECT_EQ(value("SELECT string_agg(v, '|' ORDER BY v) FROM " + t), "ab |abc|äöü");
}

TEST_F(RowRulesTest, SparkExpressionsMeanWhatTheyMeanThere) {
  const auto generated = [&](const std::string& name, const std::string& columns, const std::string& expression,
                             const std::string& values) {
    const auto t = make_table(name, columns, {}, {{"memory.dialect", "spark"}, {"memory.generated.g", expression}});
    execute("INSERT INTO " + t + " BY NAME " + values);
    return value("SELECT g FROM " + t);
  };
  EXPECT_EQ(
      generated("s1", "t timestamp, g date", "CAST(t AS DATE)", "SELECT TIMESTAMPTZ '2024-02-29 23:30:00+00' AS t"),
      "2024-02-29");
  EXPECT_EQ(generated("s2", "a int, g double", "a / 2", "SELECT 7 AS a"), "3.5");
  EXPECT_EQ(generated("s3", "a int, g bigint", "a DIV 2", "SELECT -7 AS a"), "-3");
  EXPECT_EQ(generated("s4", "a string, g string", "concat(`a`, \"'x'\", 1)", "SELECT 'p' AS a"), "p'x'1");
  EXPECT_EQ(generated("s5", "a string, g string", "concat(a, 'x')", "SELECT NULL::VARCHAR AS a"), "NULL");
  EXPECT_EQ(generated("s6", "a double, g int", "CAST(a AS INT)", "SELECT -2.7::DOUBLE AS a"), "-2");
  EXPECT_EQ(generated("s7", "d date, g int", "dayofweek(d)", "SELECT DATE '2024-03-03' AS d"), "1");
  EXPECT_EQ(generated("s8", "t timestamp, g string", "date_format(t, 'yyyy-MM')",
                      "SELECT TIMESTAMPTZ '2024-02-29 23:30:00+00' AS t"),
            "2024-02");
  EXPECT_EQ(generated("s9", "a string, g string", "substring(a, 0, 2)", "SELECT 'hello' AS a"), "he");
  EXPECT_EQ(generated("s10", "s struct<b: int, `c d`: int>, g int", "s.b + s.`c d`", "SELECT {'b': 1, 'c d': 2} AS s"),
            "3");
  EXPECT_EQ(generated("s11", "`end` int, `select` int, g boolean", "end > select AND NOT end <=> NULL",
                      "SELECT 2 AS \"end\", 1 AS \"select\""),
            "true");
  EXPECT_EQ(
      generated("s12", "a int, g string", "CASE WHEN a > 1L THEN 'x' ELSE if(a == 1, 'y', 'z') END", "SELECT 1 AS a"),
      "y");
  EXPECT_EQ(generated("s14", "a string, g string", "upper(a)", "SELECT 'äb' AS a"), "ÄB");
  const auto letters =
      make_table("s15", "a string, g string", {}, {{"memory.dialect", "spark"}, {"memory.generated.g", "upper(a)"}});
  EXPECT_THAT(failure("INSERT INTO " + letters + " (a) VALUES ('straße')").message(), HasSubstr("letters whose case"));
  EXPECT_EQ(generated("s13", "a decimal(10,3), g decimal(12,2)", "round(a, 2)", "SELECT 2.675 AS a"), "2.68");
}

TEST_F(RowRulesTest, SparkExpressionsThatMayDifferAreRefused) {
  int number = 0;
  const auto refused = [&](const std::string& condition) {
    const std::string name = fmt::format("r{}", ++number);
    const auto t = make_table(name, "a int, s string, d double, f float, n decimal(10,2), t timestamp", {},
                              {{"memory.dialect", "spark"}, {"memory.check.c", condition}});
    const auto message = refusal("INSERT INTO " + t + " (a) VALUES (1)");
    EXPECT_THAT(message, HasSubstr("the CHECK constraint c (" + condition + ") can't be honoured: ")) << condition;
    EXPECT_TRUE(objects(name).empty()) << condition;
    return message;
  };
  EXPECT_THAT(refused("soundex(s) = 'x'"), HasSubstr("the function soundex isn't known to mean the same"));
  EXPECT_THAT(refused("round(d, 2) > 1"), HasSubstr("the function round"));
  EXPECT_THAT(refused("n / 2 > 1"), HasSubstr("the function /"));
  EXPECT_THAT(refused("a = s"), HasSubstr("a comparison of int with string"));
  EXPECT_THAT(refused("a > '5'"), HasSubstr("text with numbers"));
  EXPECT_THAT(refused("CAST(s AS INT) > 1"), HasSubstr("CAST from string to int"));
  EXPECT_THAT(refused("CAST(d AS STRING) = 'x'"), HasSubstr("CAST from double to string"));
  EXPECT_THAT(refused("a & 1 = 1"), HasSubstr("the sign '&'"));
  EXPECT_THAT(refused("s RLIKE 'x'"), HasSubstr("syntax error"));
  EXPECT_THAT(refused("s LIKE 'a\\\\_b'"), HasSubstr("LIKE with a backslash"));
  EXPECT_THAT(refused("a + 1"), HasSubstr("no condition"));
  EXPECT_THAT(refused("missing > 1"), HasSubstr("missing"));
  EXPECT_THAT(refused("a > 1) OR (a < 5"), HasSubstr("syntax error"));
  EXPECT_THAT(refused("current_date() > DATE '2020-01-01'"), HasSubstr("outside of a default"));
  EXPECT_THAT(refused("a IN (SELECT 1)"), HasSubstr(""));
  EXPECT_THAT(refused("date_format(t, 'EEE') = 'x'"), HasSubstr("with the pattern EEE"));
}

TEST_F(RowRulesTest, SparkComparesFloatsItsOwnWay) {
  // 0.1 as FLOAT is above the decimal 0.1 once both are DOUBLEs.
  const auto t = make_table("floats", "f float", {}, {{"memory.dialect", "spark"}, {"memory.check.c", "f > 0.1"}});
  execute("INSERT INTO " + t + " VALUES (0.1::FLOAT)");
  const auto dates = make_table("dates", "d date, t timestamp", {},
                                {{"memory.dialect", "spark"},
                                 {"memory.check.a", "d > '1900-01-01'"},
                                 {"memory.check.b", "t >= '2020-01-01 00:00:00' AND t >= d"}});
  execute("INSERT INTO " + dates + " VALUES (DATE '1999-12-31', TIMESTAMPTZ '2020-01-01 00:00:00+00')");
  EXPECT_THAT(violation("INSERT INTO " + dates + " VALUES (DATE '1899-12-31', TIMESTAMPTZ '2021-01-01 00:00:00+00')"),
              HasSubstr("d = 1899-12-31"));
}

TEST_F(RowRulesTest, ADefaultThatIsNotUnderstoodIsRefusedWhereItIsAskedFor) {
  const auto t = make_table("odd_default", "a int, v string, at timestamp", {},
                            {{"memory.dialect", "spark"},
                             {"memory.default.v", "soundex('x')"},
                             {"memory.default.at", "current_timestamp()"}});
  execute("INSERT INTO " + t + " (a, v) VALUES (1, 'given')");
  EXPECT_EQ(value("SELECT \"at\" IS NOT NULL FROM " + t), "true");
  EXPECT_THAT(failure("INSERT INTO " + t + " (a) VALUES (2)").message(), HasSubstr("the function soundex"));
  EXPECT_EQ(value("SELECT count(*) FROM " + t), "1");
}

}  // namespace
}  // namespace lakelet::sql
