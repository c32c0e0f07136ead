// What becomes one commit, what is seen before it, and what is left after a failure.
#include "sql/sql_fixture.h"

namespace lakelet::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TransactionTest : public SqlFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string table_of(const std::string& name) {
    return make_table(name, "id int not null", {}, {{"memory.rowRemoval", GetParam()}});
  }
  std::string versions(const std::string& table) {
    return value("SELECT max(version) FROM lake_history(" + table + ")");
  }
};

INSTANTIATE_TEST_SUITE_P(EveryPolicy, TransactionTest, ::testing::Values("rewrite", "positions"));

TEST_P(TransactionTest, SeveralStatementsAreOneCommit) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  const auto report = execute("DELETE FROM " + table + " WHERE id < 5; INSERT INTO " + table + " VALUES (100), (101)");
  EXPECT_EQ(report.version, 2);
  EXPECT_EQ(report.rows_deleted, 5);
  EXPECT_EQ(report.rows_inserted, 2);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "7");
}

TEST_P(TransactionTest, AStatementSeesTheOnesBefore) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (10), (11)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "12");
  run("DELETE FROM " + table + " WHERE id IN (0, 10)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "10");
  run("UPDATE " + table + " SET id = id + 1000 WHERE id IN (1, 11)");
  EXPECT_EQ(value("SELECT count(*) FROM " + table + " WHERE id > 1000"), "2");
  run("DELETE FROM " + table + " WHERE id = 1011");
  auto other = open_session();
  EXPECT_THAT(rows(*other, "SELECT count(*) AS n FROM " + table), ElementsAre("{'n': 10}"));
  run("COMMIT");
  EXPECT_EQ(versions(table), "2");
  EXPECT_EQ(value("SELECT string_agg(id, ' ' ORDER BY id) FROM " + table), "2 3 4 5 6 7 8 9 1001");
}

TEST_P(TransactionTest, ARollbackLeavesNothing) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  const auto before = objects("t");
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (10)");
  run("DELETE FROM " + table + " WHERE id = 3");
  run("ROLLBACK");
  EXPECT_EQ(versions(table), "1");
  EXPECT_EQ(objects("t"), before);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "10");
}

TEST_P(TransactionTest, OneTransactionChangesOneTable) {
  const auto a = table_of("a");
  const auto b = table_of("b");
  const auto error = failure("INSERT INTO " + a + " VALUES (1); INSERT INTO " + b + " VALUES (1)");
  EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  EXPECT_THAT(error.message(), HasSubstr("one table"));
  EXPECT_EQ(versions(a), "0");
  EXPECT_THAT(objects("a"), IsEmpty());
}

TEST_P(TransactionTest, AFailureInTheMiddleLeavesNothing) {
  const auto table = table_of("t");
  const auto error =
      failure("INSERT INTO " + table + " SELECT CASE WHEN range < 300000 THEN range::INT END FROM range(300001)");
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
  EXPECT_THAT(objects("t"), IsEmpty());
  EXPECT_EQ(versions(table), "0");
  execute("INSERT INTO " + table + " VALUES (1)");  // the session goes on
  EXPECT_EQ(versions(table), "1");
}

TEST_P(TransactionTest, ALostRaceIsAConflictAndLeavesNoFiles) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  auto other = open_session();
  run("BEGIN");
  run("UPDATE " + table + " SET id = 50 WHERE id = 5");
  drain(other->query("DELETE FROM " + table + " WHERE id < 8"));
  const auto before = objects("t");
  const auto error = query_failure("COMMIT");
  EXPECT_EQ(error.code(), ErrorCode::Conflict) << error.what();
  EXPECT_LE(objects("t").size(), before.size());
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "2");
  WriteOptions options;
  options.commit.if_version = 1;
  EXPECT_EQ(failure("INSERT INTO " + table + " VALUES (1)", options).code(), ErrorCode::Conflict);
}

TEST_P(TransactionTest, AppendsDontConflict) {
  const auto table = table_of("t");
  auto other = open_session();
  run("BEGIN");
  run("INSERT INTO " + table + " VALUES (1)");
  drain(other->query("INSERT INTO " + table + " VALUES (2)"));
  run("COMMIT");
  EXPECT_EQ(value("SELECT sum(id) FROM " + table), "3");
  EXPECT_EQ(versions(table), "2");
}

TEST_P(TransactionTest, OnlyWhatWasReadConflicts) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  auto other = open_session();
  for (const auto& [appended, conflicts] : {std::pair{1, false}, {8, true}}) {
    run("BEGIN");
    run("DELETE FROM " + table + " WHERE id >= 5");
    run("INSERT INTO " + table + " VALUES (7)");
    drain(other->query("INSERT INTO " + table + " VALUES (" + std::to_string(appended) + ")"));
    if (conflicts) {
      EXPECT_EQ(query_failure("COMMIT").code(), ErrorCode::Conflict);
    } else {
      run("COMMIT");
    }
  }
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "8");  // 0..4, 7, 1, 8
}

TEST_P(TransactionTest, AStatementThatFailedIsNeverCommitted) {
  const auto table = table_of("t");
  execute("INSERT INTO " + table + " SELECT range FROM range(10)");
  run("BEGIN");
  run("DELETE FROM " + table + " WHERE id = 1");
  EXPECT_EQ(query_failure("UPDATE " + table + " SET id = NULL WHERE id = 2").code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(query_failure("COMMIT").code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "10");
  EXPECT_EQ(versions(table), "1");
}

TEST_P(TransactionTest, PreparedStatementsAreBoundAnew) {
  const auto table = table_of("t");
  run("PREPARE add AS INSERT INTO " + table + " VALUES ($1)");
  run("PREPARE ask AS SELECT count(*) FROM " + table);
  for (int i = 1; i <= 3; ++i) {
    run("EXECUTE add(" + std::to_string(i) + ")");
    run("EXECUTE ask");
  }
  EXPECT_EQ(value("SELECT sum(id) FROM " + table), "6");
  EXPECT_EQ(versions(table), "3");
}

TEST_P(TransactionTest, AnApplicationsWriteIsMadeOnce) {
  const auto table = table_of("t");
  WriteOptions options;
  options.application_version = {"loader", 7};
  execute("INSERT INTO " + table + " VALUES (1)", options);
  const auto before = objects("t");
  execute("INSERT INTO " + table + " VALUES (1)", options);
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "1");
  EXPECT_EQ(objects("t"), before);
}

}  // namespace
}  // namespace lakelet::sql
