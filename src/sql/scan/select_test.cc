#include <chrono>
#include <fstream>
#include <thread>

#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SelectTest : public SqlFixture {
 protected:
  // Version 0: empty; 1: rows 1, 2; 2: row 3 too.
  std::string three_versions(const std::string& name) {
    const auto table = make_table(name, "id int, city string");
    run("INSERT INTO " + table + " VALUES (1, 'Oslo'), (2, NULL)");
    run("INSERT INTO " + table + " VALUES (3, 'Bern')");
    return table;
  }
};

TEST_F(SelectTest, AQuotedPathIsATable) {
  const auto table = three_versions("t");
  EXPECT_THAT(rows("SELECT * FROM " + table),
              ElementsAre("{'id': 1, 'city': Oslo}", "{'id': 2, 'city': NULL}", "{'id': 3, 'city': Bern}"));
  EXPECT_THAT(rows("SELECT t.id FROM " + table + " AS t WHERE city IS NULL"), ElementsAre("{'id': 2}"));
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " a JOIN " + table + " b USING (id)"), "3");
}

TEST_F(SelectTest, EveryVersionIsAddressable) {
  const auto table = three_versions("t");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " AT (VERSION => 0)"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " AT (VERSION => 1)"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM lake_scan(" + table + ", version => 1)"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM memory_format_scan(" + table + ")"), "3");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " AT (TIMESTAMP => '2999-01-01')"), "3");
  EXPECT_EQ(value("SELECT count(*) FROM lake_scan(" + table + ", timestamp => '2999-01-01T00:00:00Z')"), "3");
  EXPECT_EQ(value("SELECT count(*) FROM lake_scan(" + table + ", timestamp_ms => 32503680000000)"), "3");
  EXPECT_EQ(query_failure("SELECT * FROM " + table + " AT (VERSION => 9)").code(), ErrorCode::NotFound);
  EXPECT_EQ(query_failure("SELECT * FROM " + table + " AT (TIMESTAMP => 'never')").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(failure("DELETE FROM " + table + " AT (VERSION => 1)").code(), ErrorCode::InvalidArgument);
}

TEST_F(SelectTest, OneStatementSeesOneSnapshot) {
  const auto table = three_versions("t");
  auto other = open_session();
  auto result = session_->query("SELECT id FROM " + table);
  drain(other->query("INSERT INTO " + table + " VALUES (4, 'Rome')"));
  EXPECT_EQ(drain(std::move(result)), 3);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "4");
}

TEST_F(SelectTest, FilesThatAreNoTablesAreDuckDbs) {
  const std::string path = temp_folder_ + ".csv";
  std::ofstream(path) << "a,b\n1,x\n2,y\n";
  EXPECT_EQ(value("SELECT sum(a) FROM " + quote_literal(path)), "3");
  run("COPY (SELECT 7 AS a) TO " + quote_literal(temp_folder_ + ".parquet"));
  EXPECT_EQ(value("SELECT a FROM " + quote_literal(temp_folder_ + ".parquet")), "7");
  run("CREATE TABLE mine AS SELECT 1 AS a");
  EXPECT_EQ(value("SELECT a FROM mine"), "1");
  std::filesystem::remove(path);
  std::filesystem::remove(temp_folder_ + ".parquet");
}

TEST_F(SelectTest, WhatIsNotThereIsNotFound) {
  const auto missing = query_failure("SELECT * FROM 'memory://lake/nothing/here'");
  EXPECT_EQ(missing.code(), ErrorCode::NotFound);
  EXPECT_THAT(missing.message(), HasSubstr("nothing/here"));
  EXPECT_EQ(failure("INSERT INTO 'memory://lake/nothing' VALUES (1)").code(), ErrorCode::NotFound);
  EXPECT_EQ(query_failure("SELECT * FROM lake_scan('memory://lake/nothing')").code(), ErrorCode::NotFound);
  EXPECT_EQ(query_failure("SELECT * FROM no_such_table").code(), ErrorCode::NotFound);
  EXPECT_EQ(query_failure("SELEC 1").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(query_failure("").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(value("SELECT 1"), "1");  // the session goes on
}

TEST_F(SelectTest, NamedArgumentsOfLaterAreRefusedByName) {
  const auto table = three_versions("t");
  const auto error = query_failure("SELECT * FROM lake_scan(" + table + ", from_instant => 1)");
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.message(), HasSubstr("from_instant"));
}

TEST_F(SelectTest, AViewOverAPathWorks) {
  const auto table = three_versions("t");
  run("CREATE VIEW v AS SELECT city FROM " + table + " WHERE id = 3");
  EXPECT_EQ(value("SELECT city FROM v"), "Bern");
}

TEST_F(SelectTest, TablesTellOfThemselves) {
  const auto table = make_table("p", "id int, city string", {"city"});
  run("INSERT INTO " + table + " VALUES (1, 'Oslo'), (2, NULL), (3, 'Oslo')");
  EXPECT_THAT(rows("SELECT version FROM lake_history(" + table + ")"), ElementsAre("{'version': 0}", "{'version': 1}"));
  EXPECT_THAT(rows("SELECT rows, partition FROM lake_files(" + table + ")"),
              ElementsAre("{'rows': 1, 'partition': {city=NULL}}", "{'rows': 2, 'partition': {city=Oslo}}"));
  EXPECT_THAT(rows("SELECT partition, files, rows FROM lake_partitions(" + table + ")"),
              ElementsAre("{'partition': {city=NULL}, 'files': 1, 'rows': 1}",
                          "{'partition': {city=Oslo}, 'files': 1, 'rows': 2}"));
  EXPECT_EQ(value("SELECT count(*) FROM lake_files(" + table + ", version => 0)"), "0");
  EXPECT_THAT(rows("SELECT format, version, partition_columns FROM lake_metadata(" + table + ")"),
              ElementsAre("{'format': memory_format, 'version': 1, 'partition_columns': [city]}"));
}

TEST_F(SelectTest, ParametersAreBoundNotSpliced) {
  const auto table = three_versions("t");
  auto result = session_->query("SELECT city FROM " + table + " WHERE id = $id OR city = $city",
                                {{"id", "3"}, {"city", "x' OR 1=1 --"}, {"unused", "1"}});
  EXPECT_THAT(text_of(result), ElementsAre("Bern"));
  try {
    session_->query("SELECT $a");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(error.message(), HasSubstr("$a"));
  }
}

TEST_F(SelectTest, StreamsAndSnapshotsGetNames) {
  const auto table = three_versions("t");
  auto source = open_session();
  session_->bind_stream("source", std::move(source->query("SELECT range AS n FROM range(5000)").stream));
  EXPECT_EQ(value("SELECT sum(n) FROM source"), "12497500");
  session_->bind_snapshot("before", session_->table("memory://lake/t")->snapshot(Version{1}));
  EXPECT_EQ(value("SELECT count(*) FROM before"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " ANTI JOIN before USING (id)"), "1");
}

TEST_F(SelectTest, ResultsStreamAndEndEarly) {
  const auto table = make_table("big", "n bigint");
  run("INSERT INTO " + table + " SELECT range FROM range(500000)");
  auto result = session_->query("SELECT a.n FROM " + table + " a, range(1000)");
  EXPECT_GT(pull(result)->length, 0);
  result = Rows{};
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "500000");
}

TEST_F(SelectTest, ACancelledQueryThrowsCancelled) {
  std::thread canceller([&] {
    for (int i = 0; i < 100; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      session_->cancel();
    }
  });
  const auto error = query_failure("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b");
  canceller.join();
  EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  EXPECT_EQ(query_failure("SELECT 1").code(), ErrorCode::Cancelled);  // once and for all
}

}  // namespace
}  // namespace lakelet::sql
