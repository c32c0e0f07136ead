// Stores that fail, sessions side by side, and rows of every type that are written again.
#include <atomic>
#include <thread>

#include "sql/sql_fixture.h"
#include "storage/faulty/faulty_store.h"

namespace lakelet::sql {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class FailureTest : public SqlFixture {
 protected:
  FailureTest() {
    faulty_ = std::make_shared<FaultyStore>(stores_->resolve("memory://lake/t").store);
    stores_->serve("memory", "lake", faulty_);
  }
  std::shared_ptr<FaultyStore> faulty_;
};

TEST_F(FailureTest, AFullDiskLeavesTheTableAsItWas) {
  const auto table = make_table("t", "id int");
  execute("INSERT INTO " + table + " SELECT range FROM range(1000)");
  const auto before = objects("t");
  for (const char* statement : {"INSERT INTO $ SELECT range FROM range(1000)", "DELETE FROM $ WHERE id = 5",
                                "UPDATE $ SET id = id + 1 WHERE id > 500"}) {
    Fault fault;
    fault.call = StoreCall::Create;
    fault.from_then_on = true;
    fault.code = ErrorCode::Exhausted;
    faulty_->inject(fault);
    std::string text = statement;
    text.replace(text.find('$'), 1, table);
    EXPECT_EQ(failure(text).code(), ErrorCode::Exhausted) << text;
    faulty_->clear();
    EXPECT_EQ(objects("t"), before) << text;
    EXPECT_EQ(value("SELECT sum(id) FROM " + table), "499500");
  }
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "1");
}

TEST_F(FailureTest, AnUnknownCommitKeepsItsFiles) {
  const auto table = make_table("t", "id int");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "0");  // what was committed so far has been read
  Fault lost;
  lost.call = StoreCall::PutIfAbsent;
  lost.effect = FaultEffect::UnknownDone;
  faulty_->inject(lost);
  Fault unreadable;
  unreadable.call = StoreCall::Open;
  unreadable.path_contains = "_memory_log";
  unreadable.from_then_on = true;
  faulty_->inject(unreadable);
  WriteOptions options;
  options.commit.retry_budget = std::chrono::milliseconds(50);
  EXPECT_EQ(failure("INSERT INTO " + table + " VALUES (1)", options).code(), ErrorCode::CommitUnknown);
  faulty_->clear();
  EXPECT_THAT(objects("t"), SizeIs(1));
  EXPECT_EQ(value("SELECT sum(id) FROM " + table), "1");
}

TEST_F(FailureTest, AFileThatCantBeReadEndsTheChange) {
  const auto table = make_table("t", "id int");
  execute("INSERT INTO " + table + " SELECT range FROM range(1000)");
  const auto before = objects("t");
  faulty_->remove(before.at(0));
  for (const char* statement : {"DELETE FROM $ WHERE id = 5", "SELECT * FROM $"}) {
    std::string text = statement;
    text.replace(text.find('$'), 1, table);
    const auto error = query_failure(text);
    EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
    EXPECT_THAT(error.message(), ::testing::HasSubstr(".parquet"));
  }
  EXPECT_THAT(objects("t"), IsEmpty());
  EXPECT_EQ(value("SELECT max(version) FROM lake_history(" + table + ")"), "1");
}

TEST_F(FailureTest, SessionsOnThreadsLoseNothing) {
  const auto table = make_table("t", "id int");
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      try {
        auto session = open_session();
        for (int i = 0; i < 5; ++i) {
          session->execute("INSERT INTO " + table + " VALUES (" + std::to_string(thread * 5 + i) + ")", {});
        }
      } catch (const std::exception& exception) {
        ADD_FAILURE() << exception.what();
        ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(value("SELECT sum(id) FROM " + table), "190");
  EXPECT_EQ(value("SELECT count(DISTINCT id) FROM " + table), "20");
}

TEST_F(FailureTest, RowsOfEveryTypeSurviveARewrite) {
  const std::string columns =
      "id int, flag boolean, tiny tinyint, small smallint, big bigint, f float, d double, amount decimal(38,10), "
      "name string, bytes binary, day date, instant timestamp, clock timestamp_ntz, "
      "place struct<x: int, y: struct<z: string>>, tags list<string>, counts map<string, bigint>";
  const auto table = make_table("t", columns);
  run("CREATE TABLE plain AS SELECT * FROM " + table);
  run("INSERT INTO plain SELECT range, range % 2 = 0, range % 100, -range, range * 10000000000, range / 7, range / 3, "
      "(range || '.0000000001')::DECIMAL(38,10), 'n' || range, encode('b' || range), DATE '1969-12-30' + range::INT, "
      "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00' + to_days(range::INT), TIMESTAMP '0001-01-01' + "
      "to_days(range::INT), "
      "{'x': range, 'y': {'z': 'z' || range}}, ['a', NULL, 'c' || range], MAP {'k' || range: range} FROM range(300)");
  run("INSERT INTO plain (id) VALUES (1000), (NULL)");
  run("INSERT INTO plain (id, place, tags, counts) VALUES (1001, {'x': NULL, 'y': NULL}, [], MAP {})");
  execute("INSERT INTO " + table + " SELECT * FROM plain");
  execute("UPDATE " + table + " SET name = 'changed' WHERE id = 7");
  execute("DELETE FROM " + table + " WHERE id = 8");
  run("UPDATE plain SET name = 'changed' WHERE id = 7");
  run("DELETE FROM plain WHERE id = 8");
  EXPECT_EQ(value("SELECT count(*) FROM (FROM plain EXCEPT ALL FROM " + table + ")"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM (FROM " + table + " EXCEPT ALL FROM plain)"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM " + table), "302");
}

}  // namespace
}  // namespace lakelet::sql
